//! `OPTIONS { … }`: constant objects whose attributes each kind of clause knows.

use super::Lowerer;
use crate::{
    aql::ast,
    embedded::{
        error::Error,
        plan::{
            expr::Expr,
            graph::{GraphOptions, Order, Uniqueness},
            modify::ModifyOptions,
            node::IndexHint,
        },
        store::OverwriteMode,
        value::{Object, Str, Value, ops},
    },
    wire::ErrorNum,
};

/// What `FOR` knows.
pub(super) const FOR: &[&str] = &[
    "indexHint",
    "forceIndexHint",
    "disableIndex",
    "maxProjections",
    "useCache",
    "lookahead",
    "waitForSync",
    "conditionOptimization",
    "countApproximate",
    "parallelism",
];
/// What `COLLECT` knows.
pub(super) const COLLECT: &[&str] = &["method", "disableIndex", "aggregateIntoExpressionOnDBServers"];
const TRAVERSAL: &[&str] = &[
    "order",
    "bfs",
    "uniqueVertices",
    "uniqueEdges",
    "edgeCollections",
    "vertexCollections",
    "weightAttribute",
    "defaultWeight",
    "parallelism",
    "maxProjections",
    "useCache",
    "indexHint",
    "forceIndexHint",
];
const PATH_SEARCH: &[&str] =
    &["weightAttribute", "defaultWeight", "useCache", "algorithm", "indexHint", "forceIndexHint"];
const MODIFY: &[&str] = &[
    "waitForSync",
    "ignoreErrors",
    "ignoreRevs",
    "exclusive",
    "keepNull",
    "mergeObjects",
    "overwrite",
    "overwriteMode",
    "refillIndexCaches",
    "versionAttribute",
    "indexHint",
    "forceIndexHint",
    "disableIndex",
    "readOwnWrites",
];

impl Lowerer<'_> {
    /// Reads an `OPTIONS` object; warns of attributes that are not known.
    pub(super) fn options(&mut self, expr: &ast::Expr, clause: &str, known: &[&str]) -> Result<Object, Error> {
        let lowered = self.expr(expr)?;
        let Expr::Constant(Value::Object(object)) = lowered else {
            return Err(ErrorNum::QUERY_COMPILE_TIME_OPTIONS.into());
        };
        for name in object.keys() {
            if !known.contains(&&**name) {
                self.warnings.add(
                    ErrorNum::QUERY_INVALID_OPTIONS_ATTRIBUTE,
                    format!("unknown {clause} OPTIONS attribute: '{name}'"),
                )?;
            }
        }
        Ok((*object).clone())
    }

    /// What `OPTIONS` say about indexes.
    pub(super) fn index_hint(options: &Object) -> IndexHint {
        let names = match options.get("indexHint") {
            Some(Value::String(name)) => vec![Str::clone(name)],
            Some(Value::Array(names)) => {
                let texts = names.iter().filter(|name| name.as_str().is_some());
                texts.map(ops::to_text).collect()
            }
            _ => Vec::new(),
        };
        let flag = |name: &str| options.get(name).is_some_and(ops::truth);
        IndexHint { names, forced: flag("forceIndexHint"), disabled: flag("disableIndex") }
    }

    pub(super) fn modify_options(&mut self, expr: Option<&ast::Expr>, clause: &str) -> Result<ModifyOptions, Error> {
        let mut result = ModifyOptions::default();
        let Some(expr) = expr else {
            return Ok(result);
        };
        let options = self.options(expr, clause, MODIFY)?;
        let flag = |name: &str, default: bool| options.get(name).map_or(default, ops::truth);
        result.ignore_errors = flag("ignoreErrors", false);
        result.ignore_revs = flag("ignoreRevs", true);
        result.write.keep_null = flag("keepNull", true);
        result.write.merge_objects = flag("mergeObjects", true);
        result.hint = Self::index_hint(&options);
        if flag("overwrite", false) {
            result.write.overwrite_mode = OverwriteMode::Replace;
        }
        match options.get("overwriteMode").and_then(Value::as_str) {
            Some("ignore") => result.write.overwrite_mode = OverwriteMode::Ignore,
            Some("replace") => result.write.overwrite_mode = OverwriteMode::Replace,
            Some("update") => result.write.overwrite_mode = OverwriteMode::Update,
            Some("conflict") => result.write.overwrite_mode = OverwriteMode::Conflict,
            Some(_) => {
                return Err(Error::new(ErrorNum::BAD_PARAMETER, "bad parameter: invalid value for 'overwriteMode'"));
            }
            None => {}
        }
        if let Some(Value::String(name)) = options.get("versionAttribute") {
            result.write.version_attribute = Some(Str::clone(name)).filter(|name| !name.is_empty());
        }
        Ok(result)
    }

    pub(super) fn graph_options(&mut self, expr: Option<&ast::Expr>, traversal: bool) -> Result<GraphOptions, Error> {
        let mut result = GraphOptions::default();
        let Some(expr) = expr else {
            return Ok(result);
        };
        let (clause, known) = if traversal { ("TRAVERSAL", TRAVERSAL) } else { ("SHORTEST_PATH", PATH_SEARCH) };
        let options = self.options(expr, clause, known)?;
        if options.get("bfs").is_some_and(ops::truth) {
            result.order = Order::Bfs;
        }
        match options.get("order").and_then(Value::as_str) {
            Some("bfs") => result.order = Order::Bfs,
            Some("dfs") => result.order = Order::Dfs,
            Some("weighted") => result.order = Order::Weighted,
            Some(_) => return Err(bad("Parameter 'order' has to have one of the values 'bfs', 'dfs' or 'weighted'")),
            None => {}
        }
        match options.get("uniqueVertices").and_then(Value::as_str) {
            Some("path") => result.unique_vertices = Uniqueness::Path,
            Some("global") => result.unique_vertices = Uniqueness::Global,
            _ => {}
        }
        match options.get("uniqueEdges").and_then(Value::as_str) {
            Some("none") => result.unique_edges = Uniqueness::None,
            Some("global") => {
                return Err(bad("uniqueEdges: 'global' is not supported, due to otherwise unpredictable results. \
                                Use 'path' or 'none' instead"));
            }
            _ => {}
        }
        if result.unique_vertices == Uniqueness::Global && result.order == Order::Dfs {
            return Err(bad(
                "uniqueVertices: 'global' is only supported, with mode: bfs due to otherwise unpredictable \
                            results.",
            ));
        }
        if let Some(Value::String(name)) = options.get("weightAttribute") {
            result.weight_attribute = Some(name.clone());
        }
        if let Some(weight) = options.get("defaultWeight").and_then(Value::as_f64) {
            result.default_weight = weight;
        }
        if result.default_weight < 0.0 {
            return Err(ErrorNum::GRAPH_NEGATIVE_EDGE_WEIGHT.into());
        }
        result.vertex_collections = self.collection_list(options.get("vertexCollections"))?;
        result.edge_collections = self.collection_list(options.get("edgeCollections"))?;
        Ok(result)
    }

    fn collection_list(&self, value: Option<&Value>) -> Result<Option<Vec<Str>>, Error> {
        let names = match value {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(name)) => vec![name.clone()],
            Some(Value::Array(items)) => items.iter().map(ops::to_text).collect(),
            Some(_) => return Err(bad("a collection name or an array of collection names was expected")),
        };
        for name in &names {
            self.existing(name)?;
        }
        Ok(Some(names))
    }
}

fn bad(message: &'static str) -> Error {
    Error::new(ErrorNum::BAD_PARAMETER, message)
}
