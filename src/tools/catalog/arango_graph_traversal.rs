//! `arango_graph_traversal`: another name of `arango_traverse`.

use super::{
    super::{
        effect::Effect,
        error::ToolError,
        on_database::Target,
        reply::Payload,
        tool::{Category, DatabaseTool},
    },
    arango_traverse::{Args, Traverse},
};
use crate::arango::AskedLimits;

#[derive(Debug)]
pub(crate) struct GraphTraversal;

impl DatabaseTool for GraphTraversal {
    const NAME: &'static str = "arango_graph_traversal";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Traverse a graph (alias)";
    const DESCRIPTION: &'static str = "Another name of arango_traverse, with the same arguments and results.";
    const CATEGORY: Category = Category::Aliases;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Payload;

    fn limits(args: &Args) -> AskedLimits {
        Traverse::limits(args)
    }

    async fn call(target: &Target<'_>, args: Args) -> Result<Payload, ToolError> {
        Traverse::call(target, args).await
    }
}
