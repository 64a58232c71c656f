//! Steps as ArangoDB's execution nodes. Where ArangoDB wants a variable, an expression becomes a `CalculationNode`
//! before the step.

use super::expression::node as syntax;
use crate::{
    embedded::{
        plan::{
            Plan,
            expr::{Expr, Register},
            node::{Aggregate, Block, Collect, IndexKind, IndexScan, Lookup, Node, Window},
        },
        store::{IndexInfo, Snapshot},
        value::{Object, Str, Value, object},
    },
    wire::CollectionName,
};

/// How many elements an array is taken to have that is not known.
pub(super) const UNKNOWN_LENGTH: f64 = 100.0;

/// Where a step that is shown comes from.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Its id.
    pub id: i64,
    /// The id of the step before it.
    pub before: Option<i64>,
    /// The part of the plan it shows, by its address; none for an expression that became a step here.
    pub place: Option<usize>,
    /// Whether it holds rows back.
    pub filters: bool,
}

/// Writes a plan down.
pub(super) struct Explainer<'a> {
    snapshot: &'a Snapshot,
    /// The names of all variables; more are added for expressions without one.
    names: Vec<Str>,
    next_id: i64,
    list: Vec<Value>,
    steps: Vec<Step>,
    /// The id of the step written last in this query or subquery.
    last: Option<i64>,
    cost: f64,
    pub(super) items: f64,
}

impl<'a> Explainer<'a> {
    pub(super) fn new(plan: &Plan, snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            names: plan.registers.clone(),
            next_id: 1,
            list: Vec::new(),
            steps: Vec::new(),
            last: None,
            cost: 0.0,
            items: 1.0,
        }
    }

    /// What the plan costs, and how many rows it is expected to give.
    pub(super) fn estimates(&self) -> (f64, f64) {
        (self.cost, self.items)
    }

    /// The steps by their ids.
    pub(super) fn into_steps(self) -> Vec<Step> {
        self.steps
    }

    /// Says which part of the plan the step shows that was written last.
    fn came_from<T>(&mut self, part: &T) {
        if let Some(last) = self.steps.last_mut() {
            last.place = Some(std::ptr::from_ref(part).addr());
        }
    }

    /// All variables.
    pub(super) fn variables(&self) -> Vec<Value> {
        (0..self.names.len()).filter_map(|at| u32::try_from(at).ok()).map(|at| self.variable(Register(at))).collect()
    }

    /// The steps of a query or subquery.
    pub(super) fn block(&mut self, block: &Block, items: f64) -> Vec<Value> {
        let (outer, before) = (std::mem::take(&mut self.list), self.last.take());
        (self.cost, self.items) = (0.0, items);
        let parameters = object::<&str>([]);
        self.push("SingletonNode", self.items, vec![("bindParameterVariables", parameters)]);
        self.came_from(block);
        for node in &block.nodes {
            self.node(node);
            self.came_from(node);
        }
        if let Some(result) = &block.result {
            let variable = self.variable_of(result);
            self.push("ReturnNode", self.items, vec![("inVariable", variable), ("count", Value::Bool(true))]);
            self.came_from(&block.result);
        }
        self.last = before;
        std::mem::replace(&mut self.list, outer)
    }

    pub(super) fn push(&mut self, kind: &str, items: f64, more: Vec<(&str, Value)>) {
        let before = self.last.map(Value::Int);
        self.items = items;
        self.cost += items;
        let mut object = Object::default();
        object.insert(Str::from("type"), Value::from(kind));
        object.insert(Str::from("dependencies"), Value::array(before.into_iter().collect()));
        object.insert(Str::from("id"), Value::Int(self.next_id));
        object.insert(Str::from("estimatedCost"), Value::whole_or_double(self.cost));
        object.insert(Str::from("estimatedNrItems"), Value::whole_or_double(items));
        object.extend(more.into_iter().map(|(name, value)| (Str::from(name), value)));
        let step = Step { id: self.next_id, before: self.last, place: None, filters: kind == "FilterNode" };
        self.steps.push(step);
        self.last = Some(self.next_id);
        self.next_id += 1;
        self.list.push(Value::object(object));
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::EnumerateCollection(scan) => {
                let items = self.items * self.count(&scan.collection);
                let more = vec![
                    ("random", Value::Bool(false)),
                    (
                        "indexHint",
                        object([
                            ("forced", Value::Bool(scan.hint.forced)),
                            ("lookahead", Value::Int(1)),
                            ("type", Value::from(if scan.hint.names.is_empty() { "none" } else { "simple" })),
                        ]),
                    ),
                    ("outVariable", self.variable(scan.out)),
                    ("projections", Value::array(Vec::new())),
                    ("filterProjections", Value::array(Vec::new())),
                    ("count", Value::Bool(false)),
                    ("producesResult", Value::Bool(true)),
                    ("readOwnWrites", Value::Bool(false)),
                    ("useCache", Value::Bool(true)),
                    ("maxProjections", Value::Int(5)),
                    ("collection", Value::string(scan.collection.as_str())),
                    ("satellite", Value::Bool(false)),
                    ("isSatellite", Value::Bool(false)),
                    ("isSatelliteOf", Value::Null),
                ];
                self.push("EnumerateCollectionNode", items, more);
            }
            Node::Index(scan) => self.index(scan),
            Node::EnumerateList(list) => {
                let length = list.list.constant().and_then(Value::as_array).map_or(UNKNOWN_LENGTH, as_number);
                let input = self.variable_of(&list.list);
                let more = vec![("inVariable", input), ("outVariable", self.variable(list.out))];
                self.push("EnumerateListNode", self.items * length, more);
            }
            Node::Filter(condition) => {
                let input = self.variable_of(condition);
                self.push("FilterNode", self.items, vec![("inVariable", input)]);
            }
            Node::Calculation(calculation) => self.calculation(calculation.out, &calculation.value),
            Node::Sort(sort) => {
                let mut elements = Vec::with_capacity(sort.keys.len());
                for key in &sort.keys {
                    let input = self.variable_of(&key.value);
                    elements.push(object([("inVariable", input), ("ascending", Value::Bool(key.ascending))]));
                }
                let strategy = if sort.limit.is_some() { "constrained-heap" } else { "standard" };
                let more = vec![
                    ("elements", Value::array(elements)),
                    ("stable", Value::Bool(true)),
                    ("limit", Value::count(sort.limit.unwrap_or(0))),
                    ("strategy", Value::from(strategy)),
                ];
                self.push("SortNode", self.items, more);
            }
            Node::Limit(limit) => {
                let items = as_number_of(limit.count).min(self.items);
                let more = vec![
                    ("offset", Value::count(limit.offset)),
                    ("limit", Value::count(limit.count)),
                    ("fullCount", Value::Bool(limit.full_count)),
                ];
                self.push("LimitNode", items, more);
            }
            Node::Collect(collect) => self.collect(collect),
            Node::Distinct(distinct) => {
                let input = self.variable_of(&distinct.value);
                let group = object([("outVariable", self.variable(distinct.out)), ("inVariable", input)]);
                let more = vec![
                    ("groups", Value::array(vec![group])),
                    ("aggregates", Value::array(Vec::new())),
                    ("isDistinctCommand", Value::Bool(true)),
                    ("collectOptions", object([("method", Value::from("hash"))])),
                ];
                self.push("CollectNode", self.items, more);
            }
            Node::Window(window) => self.window(window),
            Node::Modify(_) | Node::Upsert(_) => self.write(node),
            Node::Traversal(_) | Node::PathSearch(_) => self.walk(node),
        }
    }

    fn calculation(&mut self, out: Register, value: &Expr) {
        let value = peel(value);
        if let Expr::Subquery(_) = value {
            self.subquery_into(value, out);
            return;
        }
        let expression = self.expression(value);
        let kind = match value {
            Expr::Constant(_) => "json",
            Expr::Attribute(_) => "attribute",
            Expr::Register(_) => "reference",
            _ => "simple",
        };
        let more = vec![
            ("expression", expression),
            ("outVariable", self.variable(out)),
            ("canThrow", Value::Bool(false)),
            ("expressionType", Value::from(kind)),
        ];
        self.push("CalculationNode", self.items, more);
    }

    fn index(&mut self, scan: &IndexScan) {
        let collection = self.snapshot.collection(scan.collection.as_str());
        let indexes = collection.map(crate::embedded::store::Collection::indexes).unwrap_or_default();
        let wanted = indexes.into_iter().find(|index| match &scan.index {
            IndexKind::Primary { .. } => &*index.kind == "primary",
            IndexKind::Edge { .. } => &*index.kind == "edge",
            IndexKind::Persistent { id } => index.id == *id,
        });
        let conditions = scan.conditions.iter().map(|condition| self.expression(condition)).collect();
        let alternatives = vec![syntax("n-ary and", 62, Vec::new(), conditions)];
        let items = self.items * self.found(scan, wanted.as_ref());
        let shown = wanted.map(|index| {
            let mut definition = index.definition.clone();
            definition.insert(Str::from("id"), Value::String(index.id.clone()));
            Value::object(definition)
        });
        let more = vec![
            ("outVariable", self.variable(scan.out)),
            ("projections", Value::array(Vec::new())),
            ("filterProjections", Value::array(Vec::new())),
            ("count", Value::Bool(false)),
            ("producesResult", Value::Bool(true)),
            ("readOwnWrites", Value::Bool(false)),
            ("useCache", Value::Bool(true)),
            ("maxProjections", Value::Int(5)),
            ("collection", Value::string(scan.collection.as_str())),
            ("satellite", Value::Bool(false)),
            ("isSatellite", Value::Bool(false)),
            ("isSatelliteOf", Value::Null),
            ("strategy", Value::from("document")),
            ("needsGatherNodeSort", Value::Bool(false)),
            ("indexCoversProjections", Value::Bool(false)),
            ("indexCoversOutProjections", Value::Bool(false)),
            ("indexCoversFilterProjections", Value::Bool(false)),
            ("indexes", Value::array(shown.into_iter().collect())),
            ("condition", syntax("n-ary or", 63, Vec::new(), alternatives)),
            ("allCoveredByOneIndex", Value::Bool(false)),
            ("sorted", Value::Bool(true)),
            ("ascending", Value::Bool(!scan.search.reverse)),
            ("evalFCalls", Value::Bool(true)),
            ("waitForSync", Value::Bool(false)),
            ("limit", Value::Int(0)),
            ("isLateMaterialized", Value::Bool(false)),
            ("lookahead", Value::Int(1)),
        ];
        self.push("IndexNode", items, more);
    }

    /// How many documents an index is expected to give for a row.
    fn found(&self, scan: &IndexScan, info: Option<&IndexInfo>) -> f64 {
        let all = self.count(&scan.collection);
        let share = match info.and_then(|info| info.definition.get("selectivityEstimate")).and_then(Value::as_f64) {
            _ if matches!(scan.index, IndexKind::Primary { .. }) => 1.0,
            // One of so many values.
            Some(estimate) if !scan.search.fields.is_empty() => (1.0 / estimate.max(f64::EPSILON)).min(all),
            Some(_) | None => all,
        };
        let lists = scan.search.fields.iter().flatten().map(|lookup| match lookup {
            Lookup::Equal(_) => 1.0,
            Lookup::In(list) => list.constant().and_then(Value::as_array).map_or(UNKNOWN_LENGTH, as_number),
        });
        let ends = [&scan.search.lower, &scan.search.upper].into_iter().flatten().count();
        let values = if scan.search.fields.is_empty() { 1.0 } else { lists.sum::<f64>().max(1.0) };
        (share * values * 0.5_f64.powi(i32::try_from(ends).unwrap_or(0))).min(all)
    }

    fn collect(&mut self, collect: &Collect) {
        let mut groups = Vec::with_capacity(collect.groups.len());
        for group in &collect.groups {
            let input = self.variable_of(&group.value);
            groups.push(object([("outVariable", self.variable(group.out)), ("inVariable", input)]));
        }
        let aggregates = self.aggregates(&collect.aggregates);
        let mut more = vec![
            ("groups", Value::array(groups)),
            ("aggregates", Value::array(aggregates)),
            ("isDistinctCommand", Value::Bool(false)),
            ("specialized", Value::Bool(true)),
            ("collectOptions", object([("method", Value::from("hash"))])),
        ];
        if let Some(into) = &collect.into {
            let input = self.variable_of(&into.value);
            more.push(("expressionVariable", input));
            more.push(("outVariable", self.variable(into.out)));
        }
        if let Some(count) = collect.count {
            more.push(("outVariable", self.variable(count)));
        }
        let items = if collect.groups.is_empty() { 1.0 } else { (self.items * 0.8).max(1.0) };
        self.push("CollectNode", items, more);
    }

    fn aggregates(&mut self, aggregates: &[Aggregate]) -> Vec<Value> {
        aggregates
            .iter()
            .map(|aggregate| {
                let input = self.variable_of(&aggregate.argument);
                object([
                    ("outVariable", self.variable(aggregate.out)),
                    ("inVariable", input),
                    ("type", Value::from(aggregate.kind.name())),
                ])
            })
            .collect()
    }

    fn window(&mut self, window: &Window) {
        let range = window.range.as_ref().map(|range| self.variable_of(range));
        let aggregates = self.aggregates(&window.aggregates);
        let bounds = window.bounds.constant().cloned().unwrap_or_default();
        let mut more = vec![
            ("aggregates", Value::array(aggregates)),
            ("preceding", bounds.get("preceding").clone()),
            ("following", bounds.get("following").clone()),
        ];
        more.extend(range.map(|range| ("rangeVariable", range)));
        self.push("WindowNode", self.items, more);
    }

    /// A subquery as a step of its own; gives the variable of its result.
    pub(super) fn subquery(&mut self, expr: &Expr) -> Register {
        let out = self.temporary();
        self.subquery_into(expr, out);
        out
    }

    fn subquery_into(&mut self, expr: &Expr, out: Register) {
        let Expr::Subquery(subquery) = expr else {
            return;
        };
        let (cost, items) = (self.cost, self.items);
        let nodes = self.block(&subquery.block, 1.0);
        let inner = self.cost;
        (self.cost, self.items) = (cost + inner * items, items);
        let more = vec![
            ("subquery", object([("nodes", Value::array(nodes))])),
            ("outVariable", self.variable(out)),
            ("isConst", Value::Bool(false)),
        ];
        self.push("SubqueryNode", items, more);
    }

    /// The variable of an expression, computed by a step of its own where it is not one already.
    pub(super) fn variable_of(&mut self, expr: &Expr) -> Value {
        if let Expr::Register(register) = expr {
            return self.variable(*register);
        }
        let out = self.temporary();
        self.calculation(out, expr);
        self.variable(out)
    }

    fn temporary(&mut self) -> Register {
        let at = self.names.len();
        self.names.push(Str::from(at.to_string()));
        Register(u32::try_from(at).unwrap_or(u32::MAX))
    }

    pub(super) fn variable(&self, register: Register) -> Value {
        object([
            ("id", Value::Int(i64::from(register.0))),
            ("name", Value::String(self.names.get(register.index()).cloned().unwrap_or_else(|| Str::from("")))),
            ("isFullDocumentFromCollection", Value::Bool(false)),
        ])
    }

    /// A use of a variable.
    pub(super) fn reference(&self, register: Register) -> Value {
        let name = self.names.get(register.index()).cloned().unwrap_or_else(|| Str::from(""));
        let more = vec![
            ("name", Value::String(name)),
            ("id", Value::Int(i64::from(register.0))),
            ("subqueryReference", Value::Bool(false)),
        ];
        syntax("reference", 45, more, Vec::new())
    }

    fn count(&self, collection: &CollectionName) -> f64 {
        let count = self.snapshot.collection(collection.as_str()).map_or(0, crate::embedded::store::Collection::len);
        as_number_of(count)
    }
}

fn peel(expr: &Expr) -> &Expr {
    if let Expr::Once(once) = expr { &once.value } else { expr }
}

fn as_number(items: &[Value]) -> f64 {
    as_number_of(items.len())
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn as_number_of(count: usize) -> f64 {
    count as f64
}
