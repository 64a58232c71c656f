//! Error numbers of ArangoDB, with their default texts and the HTTP status the server answers them with.
//!
//! Both ends of the protocol share this table: the client names what a server reported, the embedded engine reports it.
//! Source: the error table of the ArangoDB 3.12 manual, and the status mapping the server documents with its HTTP API.

use serde::{Deserialize, Serialize};

/// An ArangoDB error number (`errorNum`). Numbers this table does not know are kept as they are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorNum(pub u16);

macro_rules! error_numbers {
    ($($name:ident = $number:literal, $text:literal;)*) => {
        #[expect(missing_docs, reason = "each constant's text is its documentation")]
        impl ErrorNum {
            $(pub const $name: Self = Self($number);)*

            /// The symbolic name without ArangoDB's `ERROR_` prefix, or `UNKNOWN`.
            pub fn name(self) -> &'static str {
                match self.0 {
                    $($number => stringify!($name),)*
                    _ => "UNKNOWN",
                }
            }

            /// ArangoDB's own text; may hold `%s` where a caller has to say what is concerned.
            pub fn text(self) -> &'static str {
                match self.0 {
                    $($number => $text,)*
                    _ => "unknown error",
                }
            }
        }
    };
}

error_numbers! {
    FAILED = 1, "failed";
    SYS_ERROR = 2, "system error";
    OUT_OF_MEMORY = 3, "out of memory";
    INTERNAL = 4, "internal error";
    ILLEGAL_NUMBER = 5, "illegal number";
    NUMERIC_OVERFLOW = 6, "numeric overflow";
    ILLEGAL_OPTION = 7, "illegal option";
    NOT_IMPLEMENTED = 9, "not implemented";
    BAD_PARAMETER = 10, "bad parameter";
    FORBIDDEN = 11, "forbidden";
    CANNOT_OVERWRITE_FILE = 16, "cannot overwrite file";
    TYPE_ERROR = 17, "type error";
    LOCK_TIMEOUT = 18, "lock timeout";
    REQUEST_CANCELED = 21, "canceled request";
    LOCKED = 28, "locked";
    DEADLOCK = 29, "deadlock detected";
    SHUTTING_DOWN = 30, "shutdown in progress";
    RESOURCE_LIMIT = 32, "resource limit exceeded";
    ICU_ERROR = 33, "icu error: %s";
    DISABLED = 36, "disabled";
    MALFORMED_JSON = 37, "malformed json";
    HTTP_BAD_PARAMETER = 400, "bad parameter";
    HTTP_UNAUTHORIZED = 401, "unauthorized";
    HTTP_FORBIDDEN = 403, "forbidden";
    HTTP_NOT_FOUND = 404, "not found";
    HTTP_METHOD_NOT_ALLOWED = 405, "method not supported";
    HTTP_NOT_ACCEPTABLE = 406, "request not acceptable";
    HTTP_REQUEST_TIMEOUT = 408, "request timeout";
    HTTP_CONFLICT = 409, "conflict";
    HTTP_GONE = 410, "content permanently deleted";
    HTTP_PRECONDITION_FAILED = 412, "precondition failed";
    HTTP_SERVER_ERROR = 500, "internal server error";
    HTTP_NOT_IMPLEMENTED = 501, "not implemented";
    HTTP_SERVICE_UNAVAILABLE = 503, "service unavailable";
    HTTP_GATEWAY_TIMEOUT = 504, "gateway timeout";
    CORRUPTED_JSON = 600, "invalid JSON object";
    HTTP_SUPERFLUOUS_SUFFICES = 601, "superfluous URL suffices";
    ILLEGAL_STATE = 1000, "illegal state";
    READ_ONLY = 1004, "read only";
    DUPLICATE_IDENTIFIER = 1005, "duplicate identifier";
    FILESYSTEM_FULL = 1104, "filesystem full";
    DATADIR_LOCKED = 1107, "database directory is locked";
    CONFLICT = 1200, "conflict";
    DOCUMENT_NOT_FOUND = 1202, "document not found";
    DATA_SOURCE_NOT_FOUND = 1203, "collection or view not found";
    COLLECTION_PARAMETER_MISSING = 1204, "parameter 'collection' not found";
    DOCUMENT_HANDLE_BAD = 1205, "illegal document identifier";
    DUPLICATE_NAME = 1207, "duplicate name";
    ILLEGAL_NAME = 1208, "illegal name";
    UNIQUE_CONSTRAINT_VIOLATED = 1210, "unique constraint violated";
    INDEX_NOT_FOUND = 1212, "index not found";
    CROSS_COLLECTION_REQUEST = 1213, "cross collection request not allowed";
    INDEX_HANDLE_BAD = 1214, "illegal index identifier";
    DOCUMENT_TOO_LARGE = 1216, "document too large";
    COLLECTION_TYPE_INVALID = 1218, "collection type invalid";
    ATTRIBUTE_PARSER_FAILED = 1220, "parsing attribute name definition failed";
    DOCUMENT_KEY_BAD = 1221, "illegal document key";
    DOCUMENT_KEY_UNEXPECTED = 1222, "unexpected document key";
    OUT_OF_KEYS = 1225, "out of keys";
    DOCUMENT_KEY_MISSING = 1226, "missing document key";
    DOCUMENT_TYPE_INVALID = 1227, "invalid document type";
    DATABASE_NOT_FOUND = 1228, "database not found";
    DATABASE_NAME_INVALID = 1229, "database name invalid";
    USE_SYSTEM_DATABASE = 1230, "operation only allowed in system database";
    INVALID_KEY_GENERATOR = 1232, "invalid key generator";
    INVALID_EDGE_ATTRIBUTE = 1233, "expecting both `_from` and `_to` attributes to be defined in the edge document and have the format `<collectionName>/<vertexKey>`";
    INDEX_CREATION_FAILED = 1235, "index creation failed";
    COLLECTION_TYPE_MISMATCH = 1237, "collection type mismatch";
    COLLECTION_NOT_LOADED = 1238, "collection not loaded";
    DOCUMENT_REV_BAD = 1239, "illegal document revision";
    TRY_AGAIN = 1302, "operation should be tried again";
    BUSY = 1303, "engine is busy";
    IO_ERROR = 1305, "storage engine I/O error";
    QUERY_KILLED = 1500, "query killed";
    QUERY_PARSE = 1501, "%s";
    QUERY_EMPTY = 1502, "query is empty";
    QUERY_NUMBER_OUT_OF_RANGE = 1504, "number out of range";
    QUERY_INVALID_GEO_VALUE = 1505, "invalid geo coordinate value";
    QUERY_VARIABLE_NAME_INVALID = 1510, "variable name '%s' has an invalid format";
    QUERY_VARIABLE_REDECLARED = 1511, "variable '%s' is assigned multiple times";
    QUERY_VARIABLE_NAME_UNKNOWN = 1512, "unknown variable '%s'";
    QUERY_COLLECTION_LOCK_FAILED = 1521, "unable to read-lock collection %s";
    QUERY_TOO_MANY_COLLECTIONS = 1522, "too many collections/shards";
    QUERY_TOO_MUCH_NESTING = 1524, "too much nesting or too many objects";
    QUERY_INVALID_OPTIONS_ATTRIBUTE = 1539, "unknown/invalid OPTIONS attribute used";
    QUERY_FUNCTION_NAME_UNKNOWN = 1540, "usage of unknown function '%s()'";
    QUERY_FUNCTION_ARGUMENT_NUMBER_MISMATCH = 1541, "invalid number of arguments for function '%s()', expected number of arguments: minimum: %d, maximum: %d";
    QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH = 1542, "invalid argument type in call to function '%s()'";
    QUERY_INVALID_REGEX = 1543, "invalid regex value";
    QUERY_BIND_PARAMETERS_INVALID = 1550, "invalid structure of bind parameters";
    QUERY_BIND_PARAMETER_MISSING = 1551, "no value specified for declared bind parameter '%s'";
    QUERY_BIND_PARAMETER_UNDECLARED = 1552, "bind parameter '%s' was not declared in the query";
    QUERY_BIND_PARAMETER_TYPE = 1553, "bind parameter '%s' has an invalid value or type";
    QUERY_INVALID_ARITHMETIC_VALUE = 1561, "invalid arithmetic value";
    QUERY_DIVISION_BY_ZERO = 1562, "division by zero";
    QUERY_ARRAY_EXPECTED = 1563, "array expected";
    QUERY_COLLECTION_USED_IN_EXPRESSION = 1568, "collection '%s' used as expression operand";
    QUERY_FAIL_CALLED = 1569, "FAIL(%s) called";
    QUERY_GEO_INDEX_MISSING = 1570, "no suitable geo index found for geo restriction on '%s'";
    QUERY_FULLTEXT_INDEX_MISSING = 1571, "no suitable fulltext index found for fulltext query on '%s'";
    QUERY_INVALID_DATE_VALUE = 1572, "invalid date value";
    QUERY_MULTI_MODIFY = 1573, "multi-modify query";
    QUERY_INVALID_AGGREGATE_EXPRESSION = 1574, "invalid aggregate expression";
    QUERY_COMPILE_TIME_OPTIONS = 1575, "query options must be readable at query compile time";
    QUERY_DNF_COMPLEXITY = 1576, "FILTER/PRUNE condition complexity is too high";
    QUERY_FORCED_INDEX_HINT_UNUSABLE = 1577, "could not use forced index hint";
    QUERY_DISALLOWED_DYNAMIC_CALL = 1578, "disallowed dynamic call to '%s'";
    QUERY_ACCESS_AFTER_MODIFICATION = 1579, "access after data-modification by %s";
    QUERY_FUNCTION_NOT_FOUND = 1582, "user function '%s()' not found";
    QUERY_NOT_FOUND = 1591, "query ID not found";
    QUERY_USER_ASSERT = 1593, "%s";
    QUERY_USER_WARN = 1594, "%s";
    QUERY_WINDOW_AFTER_MODIFICATION = 1595, "window operation after data-modification";
    CURSOR_NOT_FOUND = 1600, "cursor not found";
    CURSOR_BUSY = 1601, "cursor is busy";
    VALIDATION_FAILED = 1620, "schema validation failed";
    VALIDATION_BAD_PARAMETER = 1621, "invalid schema validation parameter";
    TRANSACTION_INTERNAL = 1650, "internal transaction error";
    TRANSACTION_NESTED = 1651, "nested transactions detected";
    TRANSACTION_UNREGISTERED_COLLECTION = 1652, "unregistered collection used in transaction";
    TRANSACTION_DISALLOWED_OPERATION = 1653, "disallowed operation inside transaction";
    TRANSACTION_ABORTED = 1654, "transaction aborted";
    TRANSACTION_NOT_FOUND = 1655, "transaction not found";
    USER_INVALID_NAME = 1700, "invalid user name";
    USER_DUPLICATE = 1702, "duplicate user";
    USER_NOT_FOUND = 1703, "user not found";
    USER_EXTERNAL = 1705, "user is external";
    GRAPH_INVALID_GRAPH = 1901, "invalid graph";
    GRAPH_INVALID_EDGE = 1906, "invalid edge";
    GRAPH_COLLECTION_MULTI_USE = 1920, "multi use of edge collection in edge def";
    GRAPH_COLLECTION_USE_IN_MULTI_GRAPHS = 1921, "edge collection already used in edge def";
    GRAPH_CREATE_MISSING_NAME = 1922, "missing graph name";
    GRAPH_CREATE_MALFORMED_EDGE_DEFINITION = 1923, "malformed edge definition";
    GRAPH_NOT_FOUND = 1924, "graph '%s' not found";
    GRAPH_DUPLICATE = 1925, "graph already exists";
    GRAPH_VERTEX_COL_DOES_NOT_EXIST = 1926, "vertex collection does not exist or is not part of the graph";
    GRAPH_WRONG_COLLECTION_TYPE_VERTEX = 1927, "collection not a vertex collection";
    GRAPH_NOT_IN_ORPHAN_COLLECTION = 1928, "collection is not in list of orphan collections";
    GRAPH_COLLECTION_USED_IN_EDGE_DEF = 1929, "collection already used in edge def";
    GRAPH_EDGE_COLLECTION_NOT_USED = 1930, "edge collection not used in graph";
    GRAPH_INVALID_NUMBER_OF_ARGUMENTS = 1935, "Invalid number of arguments. Expected:";
    GRAPH_INVALID_PARAMETER = 1936, "Invalid parameter type.";
    GRAPH_COLLECTION_USED_IN_ORPHANS = 1938, "collection used in orphans";
    GRAPH_EDGE_COL_DOES_NOT_EXIST = 1939, "edge collection does not exist or is not part of the graph";
    GRAPH_EMPTY = 1940, "empty graph";
    GRAPH_INTERNAL_DATA_CORRUPT = 1941, "internal graph data corrupt";
    GRAPH_MUST_NOT_DROP_COLLECTION = 1942, "must not drop collection while part of graph";
    GRAPH_CREATE_MALFORMED_ORPHAN_LIST = 1943, "malformed orphan list";
    GRAPH_EDGE_DEFINITION_IS_DOCUMENT = 1944, "edge definition collection is a document collection";
    GRAPH_COLLECTION_IS_INITIAL = 1945, "initial collection is not allowed to be removed manually";
    GRAPH_REFERENCED_VERTEX_COLLECTION_NOT_PART_OF_THE_GRAPH = 1947, "referenced vertex collection is not part of the graph";
    GRAPH_NEGATIVE_EDGE_WEIGHT = 1948, "negative edge weight found";
    GRAPH_COLLECTION_NOT_PART_OF_THE_GRAPH = 1949, "the given collection is not part of the graph";
    INTERNAL_AQL = 2200, "General internal AQL error";
}

impl ErrorNum {
    /// The HTTP status code an ArangoDB server answers this error with.
    pub fn http_status(self) -> u16 {
        match self.0 {
            400..=599 => self.0,
            11 | 1004 | 1942 => 403,
            9 | 31 => 501,
            28 | 30 | 38 => 503,
            29 | 1200 | 1207 | 1210 | 1302 | 1601 | 1702 | 1925 => 409,
            1202 | 1203 | 1212 | 1228 | 1591 | 1600 | 1655 | 1703 | 1924 | 1926 | 1930 | 1939 => 404,
            1500 | 1654 => 410,
            5..=7
            | 10
            | 17
            | 33
            | 37
            | 600
            | 601
            | 1204
            | 1205
            | 1208
            | 1213
            | 1214
            | 1216
            | 1218
            | 1220..=1222
            | 1225..=1227
            | 1229
            | 1230
            | 1232
            | 1233
            | 1237..=1239
            | 1501..=1595
            | 1620
            | 1621
            | 1651..=1653
            | 1700
            | 1901..=1923
            | 1927..=1929
            | 1932..=1938
            | 1940
            | 1943..=1949 => 400,
            _ => 500,
        }
    }
}

impl std::fmt::Debug for ErrorNum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({})", self.name(), self.0)
    }
}

impl std::fmt::Display for ErrorNum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
