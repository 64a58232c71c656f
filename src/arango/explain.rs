//! Plans of queries that are not run.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    call::Call,
    cursor::{Query, Warning},
    database::Database,
    error::Error,
};

/// What the server would do for a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The plans, the chosen one first.
    pub plans: Vec<Value>,
    /// Warnings.
    pub warnings: Vec<Warning>,
    /// What the optimizer did, e.g. `rulesExecuted`, `plansCreated`.
    pub stats: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    query: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    bind_vars: &'a Map<String, Value>,
    options: Options,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    all_plans: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_number_of_plans: Option<u32>,
    /// Seconds.
    max_runtime: f64,
    memory_limit: u64,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    plan: Option<Value>,
    #[serde(default)]
    plans: Vec<Value>,
    #[serde(default)]
    warnings: Vec<Warning>,
    #[serde(default)]
    stats: Map<String, Value>,
}

impl Database {
    /// Has a query planned but not run; gives at most `most` plans. Of the query, its text and bind variables count.
    ///
    /// # Errors
    /// The server's error for a query that cannot be, and what any call can meet.
    pub async fn explain(&self, query: &Query, most: u32) -> Result<Explained, Error> {
        let all_plans = most > 1;
        let limits = self.limits();
        let options = Options {
            all_plans,
            max_number_of_plans: all_plans.then_some(most),
            max_runtime: limits.runtime.as_secs_f64(),
            memory_limit: limits.memory,
        };
        let body = Body { query: &query.text, bind_vars: &query.bind_vars, options };
        let answer: Answer = self.call(Call::post(&["_api", "explain"]).json(&body)).await?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let plans = answer.plan.into_iter().chain(answer.plans).take(most).collect();
        Ok(Explained { plans, warnings: answer.warnings, stats: answer.stats })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arango::testing::Fake;

    #[tokio::test]
    async fn one_plan_and_several_plans_come_in_the_same_form() {
        let one = Fake::constant(200, r#"{"plan":{"nodes":[]},"warnings":[],"stats":{"plansCreated":1}}"#);
        let explained = one.database().explain(&Query::new("RETURN 1"), 1).await.unwrap();
        assert_eq!(explained.plans.len(), 1);
        let sent = String::from_utf8(one.request(0).into_body().to_vec()).unwrap();
        assert_eq!(
            sent,
            r#"{"query":"RETURN 1","options":{"allPlans":false,"maxRuntime":30.0,"memoryLimit":268435456}}"#
        );

        let many = Fake::constant(200, r#"{"plans":[{},{},{}],"warnings":[],"stats":{}}"#);
        let explained = many.database().explain(&Query::new("RETURN 1"), 2).await.unwrap();
        assert_eq!(explained.plans.len(), 2);
        let sent = String::from_utf8(many.request(0).into_body().to_vec()).unwrap();
        assert!(sent.contains(r#""allPlans":true,"maxNumberOfPlans":2"#), "{sent}");
    }
}
