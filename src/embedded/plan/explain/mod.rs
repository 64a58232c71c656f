//! A plan as `POST /_api/explain` shows it: the names and shapes are ArangoDB's, the steps are this engine's own.

mod effects;
mod expression;
mod nodes;

pub use nodes::Step;

use super::{Plan, expr::Expr, optimise};
use crate::embedded::{
    functions::Warnings,
    store::Snapshot,
    value::{Object, Str, Value, object},
};

/// The body of the answer. This engine makes one plan only, which is all there is when all plans are asked for.
pub fn explain(plan: &Plan, snapshot: &Snapshot, warnings: &Warnings, all_plans: bool) -> Object {
    let shown = plan_value(plan, snapshot);
    let mut body = Object::default();
    if all_plans {
        body.insert(Str::from("plans"), Value::array(vec![shown]));
    } else {
        body.insert(Str::from("plan"), shown);
        body.insert(Str::from("cacheable"), Value::Bool(is_cacheable(plan)));
    }
    let warnings = warnings
        .list
        .iter()
        .map(|(num, message)| object([("code", Value::Int(i64::from(num.0))), ("message", Value::string(message))]));
    body.insert(Str::from("warnings"), Value::array(warnings.collect()));
    let stats = object([
        ("rulesExecuted", Value::count(optimise::COUNT)),
        ("rulesSkipped", Value::Int(0)),
        ("plansCreated", Value::Int(1)),
        ("rules", object::<&str>([])),
        ("peakMemoryUsage", Value::Int(0)),
        ("executionTime", Value::Double(0.0)),
    ]);
    body.insert(Str::from("stats"), stats);
    body
}

/// The plan itself.
pub fn plan_value(plan: &Plan, snapshot: &Snapshot) -> Value {
    plan_with_steps(plan, snapshot).0
}

/// The plan, and where each of its steps comes from.
pub fn plan_with_steps(plan: &Plan, snapshot: &Snapshot) -> (Value, Vec<Step>) {
    let mut explainer = nodes::Explainer::new(plan, snapshot);
    let nodes = explainer.block(&plan.block, 1.0);
    let (cost, items) = explainer.estimates();
    let variables = explainer.variables();
    let written = plan.writes.iter().map(|name| (name, "write"));
    let read = plan.reads.iter().filter(|name| !plan.writes.contains(*name)).map(|name| (name, "read"));
    let collections = read
        .chain(written)
        .map(|(name, kind)| object([("name", Value::string(name.as_str())), ("type", Value::from(kind))]));
    let shown = object([
        ("nodes", Value::array(nodes)),
        ("rules", Value::array(plan.rules.iter().map(|rule| Value::from(*rule)).collect())),
        ("asyncPrefetchNodes", Value::Int(0)),
        ("collections", Value::array(collections.collect())),
        ("variables", Value::array(variables)),
        ("estimatedCost", Value::whole_or_double(cost)),
        ("estimatedNrItems", Value::whole_or_double(items)),
        ("isModificationQuery", Value::Bool(!plan.writes.is_empty())),
    ]);
    (shown, explainer.into_steps())
}

/// Whether the result depends on nothing but the data.
fn is_cacheable(plan: &Plan) -> bool {
    fn is_volatile(expr: &mut Expr) -> bool {
        let mut volatile = matches!(expr, Expr::Call(call) if !call.function.deterministic);
        expr.children(&mut |child| volatile |= is_volatile(child));
        volatile
    }
    let mut volatile = false;
    plan.block.clone().expressions(&mut |expr| volatile |= is_volatile(expr));
    plan.writes.is_empty() && !volatile
}
