//! `arango_add_vertex`: another name of `arango_insert`.

use super::{
    super::{
        documents::Meta,
        effect::Effect,
        error::ToolError,
        on_database::Target,
        tool::{Category, DatabaseTool, Fixed},
    },
    arango_insert::{Args, Insert},
};

#[derive(Debug)]
pub(crate) struct AddVertex;

impl DatabaseTool for AddVertex {
    const NAME: &'static str = "arango_add_vertex";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Add a vertex (alias)";
    const DESCRIPTION: &'static str = "Another name of arango_insert, with the same arguments and results.";
    const CATEGORY: Category = Category::Aliases;
    const EFFECT: Effect = Effect::Add;
    type Args = Args;
    type Output = Fixed<Meta>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Meta>, ToolError> {
        Insert::call(target, args).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::Bench;

    #[tokio::test]
    async fn a_vertex_is_a_document() {
        let bench = Bench::social().await;
        let vertex = json!({"collection": "people", "document": {"_key": "zoe"}});
        assert_eq!(bench.result("arango_add_vertex", vertex).await["_id"], "people/zoe");
        let nowhere = bench.error("arango_add_vertex", json!({"collection": "missing", "document": {}})).await;
        assert_eq!(nowhere["error"], "Collection 'missing' does not exist");
    }
}
