//! Words and characters of other languages, and what AQL has instead.

/// Words of other languages, in the order of their texts, and what AQL has instead.
const WORDS: &[(&str, &str)] = &[
    ("ALTER", "AQL cannot change collections or indexes: use the tools or the HTTP API for that"),
    ("AS", "AQL has no aliases: name values with LET name = …, or in an object: RETURN { name: value }"),
    ("BETWEEN", "AQL has no BETWEEN: use x >= low AND x <= high, or IN_RANGE()"),
    ("BY", "AQL sorts with SORT and groups with COLLECT, without BY"),
    ("CASE", "AQL has no CASE: use condition ? value : otherwise"),
    (
        "CREATE",
        "AQL cannot create collections, graphs or indexes, and documents are created with INSERT { … } INTO collection",
    ),
    ("CROSS", "AQL joins with nested FOR loops"),
    ("DELETE", "use REMOVE key IN collection instead of DELETE"),
    ("DROP", "AQL cannot drop collections or indexes: use the tools or the HTTP API for that"),
    ("ELSE", "AQL has no IF or CASE: use condition ? value : otherwise"),
    ("FROM", "AQL has no FROM: iterate with FOR doc IN collection"),
    ("FULL", "AQL joins with nested FOR loops"),
    ("GROUP", "use COLLECT instead of GROUP BY: COLLECT key = doc.attribute AGGREGATE total = SUM(doc.value)"),
    ("HAVING", "use FILTER after COLLECT instead of HAVING"),
    ("IF", "AQL has no IF: use condition ? value : otherwise"),
    ("ILIKE", "AQL has no ILIKE: use LIKE(text, pattern, true)"),
    ("INNER", "AQL joins with nested FOR loops: FOR a IN first FOR b IN second FILTER a.x == b.y RETURN { a, b }"),
    ("IS", "compare with == null or != null instead of IS NULL or IS NOT NULL"),
    ("JOIN", "AQL joins with nested FOR loops: FOR a IN first FOR b IN second FILTER a.x == b.y RETURN { a, b }"),
    ("LEFT", "AQL joins with nested FOR loops; a left join is a LET with a subquery"),
    ("MATCH", "AQL has no MATCH: traverse with FOR vertex, edge IN 1..1 OUTBOUND start edges, or GRAPH \"name\""),
    ("MERGE", "use UPSERT { … } INSERT { … } UPDATE { … } IN collection instead of MERGE"),
    ("OFFSET", "use LIMIT offset, count instead of LIMIT count OFFSET offset"),
    ("ON", "AQL joins with nested FOR loops and FILTER instead of JOIN … ON"),
    ("ORDER", "use SORT instead of ORDER BY"),
    ("SELECT", "AQL has no SELECT: write FOR doc IN collection FILTER … RETURN doc"),
    ("SET", "use UPDATE key WITH { attribute: value } IN collection instead of SET"),
    ("SKIP", "use LIMIT offset, count instead of SKIP"),
    ("THEN", "AQL has no IF or CASE: use condition ? value : otherwise"),
    ("TOP", "use LIMIT count"),
    ("TRUNCATE", "use FOR doc IN collection REMOVE doc IN collection, or truncate the collection with a tool"),
    ("UNION", "AQL has no UNION between queries: use UNION((FOR …), (FOR …))"),
    ("UNWIND", "use FOR element IN array instead of UNWIND"),
    ("VALUES", "use INSERT { attribute: value } INTO collection instead of VALUES"),
    ("WHEN", "AQL has no CASE: use condition ? value : otherwise"),
    ("WHERE", "use FILTER instead of WHERE"),
    ("YIELD", "use RETURN instead of YIELD"),
];

/// Words that other languages put between operands or behind them.
const INFIX: &[(&str, &str)] = &[
    ("CONTAINS", "use CONTAINS(text, search), or value IN list"),
    ("DIV", "use FLOOR(a / b) instead of DIV"),
    ("DO", "clauses follow each other directly, without DO, braces or colons"),
    ("ENDS", "use LIKE: text LIKE \"%end\""),
    ("EXCEPT", "use MINUS((FOR …), (FOR …)) instead of EXCEPT"),
    ("FETCH", "use LIMIT offset, count instead of FETCH"),
    ("INTERSECT", "use INTERSECTION((FOR …), (FOR …)) instead of INTERSECT"),
    ("MOD", "use % instead of MOD"),
    ("NULLS", "null sorts before all else; SORT doc.a == null, doc.a puts it last"),
    ("OUTER", "AQL joins with nested FOR loops; an outer join is a LET with a subquery"),
    ("OVER", "use WINDOW { preceding: 1, following: 1 } AGGREGATE name = SUM(doc.value) instead of OVER"),
    ("REGEXP", "use text =~ \"pattern\""),
    ("RIGHT", "AQL joins with nested FOR loops; an outer join is a LET with a subquery"),
    ("RLIKE", "use text =~ \"pattern\""),
    ("STARTS", "use STARTS_WITH(text, prefix), or text LIKE \"start%\""),
    ("XOR", "use a != b between two conditions instead of XOR"),
];

/// Words that begin statements of other languages.
const STATEMENTS: &[(&str, &str)] = &[
    ("BEGIN", "a query is a transaction of its own: leave BEGIN and COMMIT out"),
    ("CONST", "use LET variable = expression"),
    ("DB", "this is JavaScript: in AQL write FOR doc IN collection FILTER … RETURN doc"),
    (
        "DESCRIBE",
        "AQL has no DESCRIBE: a tool describes collections, and FOR doc IN collection LIMIT 1 RETURN doc shows one",
    ),
    ("DETACH", "use REMOVE, for the edges first: FOR v, e IN 1..1 ANY start edges REMOVE e IN edges"),
    ("EXPLAIN", "send the query alone; a tool explains it"),
    ("FOREACH", "use FOR element IN array"),
    (
        "OPTIONAL",
        "use FOR vertex, edge IN 1..1 OUTBOUND start edges in a LET with a subquery instead of OPTIONAL MATCH",
    ),
    ("SHOW", "AQL has no SHOW: a tool lists collections, and so does RETURN COLLECTIONS()"),
    ("USE", "a query runs in one database, which the call chooses: leave USE out"),
    ("VAR", "use LET variable = expression"),
    ("WHILE", "AQL has no WHILE: iterate with FOR variable IN 1..10"),
];

/// What AQL has instead of a word, wherever it stands.
pub(super) fn known(name: &str) -> Option<&'static str> {
    find(WORDS, name)
}

/// What AQL has instead of a word behind an operand.
pub(super) fn infix(name: &str) -> Option<&'static str> {
    find(INFIX, name)
}

/// What AQL has instead of a word at the beginning of a text.
pub(super) fn statement(name: &str) -> Option<&'static str> {
    find(STATEMENTS, name)
}

fn find(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    let at = table.binary_search_by(|(word, _)| (*word).cmp(name.as_str())).ok()?;
    table.get(at).map(|(_, hint)| *hint)
}

/// What is wrong with a character that begins no token.
pub(super) fn character(c: char) -> Option<&'static str> {
    match c {
        ';' => Some("a text holds one query, and no semicolon ends it"),
        '#' => Some("comments begin with // or stand in /* */"),
        '|' => Some("use || or OR"),
        '^' => Some("use POW(base, exponent) instead of ^"),
        '~' => Some("use text =~ \"pattern\""),
        '&' => Some("use && or AND"),
        '“' | '”' | '„' | '‘' | '’' => Some("use straight quotes, \" or '"),
        '$' => Some("bind parameters are written @name"),
        '@' => Some("bind parameters are written @name, with a letter or digit in the name"),
        '\u{a0}' | '\u{200b}' | '\u{feff}' => Some("an invisible character stands here: use plain blanks"),
        '_' => Some("a name needs a letter behind its underscores"),
        other if other.is_alphabetic() => Some("quote names with letters beyond a to z in backticks"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{INFIX, STATEMENTS, WORDS};

    #[test]
    fn words_are_in_the_order_that_they_are_searched_in() {
        for table in [WORDS, INFIX, STATEMENTS] {
            assert!(table.is_sorted_by(|a, b| a.0 < b.0));
        }
    }
}
