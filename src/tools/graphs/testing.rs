//! A small graph for tests of graph tools.

use serde_json::json;

use crate::tools::testing::Bench;

impl Bench {
    /// People who know each other, as the graph `social`: ada → bob → cy → dan, ada → cy (far), and eve on her own.
    pub(crate) async fn social() -> Self {
        let bench = Self::new();
        let definition =
            json!({"edge_collection": "knows", "from_collections": ["people"], "to_collections": ["people"]});
        bench.result("arango_create_graph", json!({"name": "social", "edge_definitions": [definition]})).await;
        for key in ["ada", "bob", "cy", "dan", "eve"] {
            bench.result("arango_add_vertex", json!({"collection": "people", "document": {"_key": key}})).await;
        }
        for (from, to, far) in [("ada", "bob", 1), ("bob", "cy", 1), ("cy", "dan", 1), ("ada", "cy", 5)] {
            let key = format!("{from}-{to}");
            bench.edge(&key, &format!("people/{from}"), &format!("people/{to}"), far).await;
        }
        bench
    }

    /// An edge in `knows`.
    pub(crate) async fn edge(&self, key: &str, from: &str, to: &str, far: u32) {
        let attributes = json!({"_key": key, "far": far});
        let edge = json!({"collection": "knows", "from_id": from, "to_id": to, "attributes": attributes});
        self.result("arango_add_edge", edge).await;
    }
}
