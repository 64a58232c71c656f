//! Completion of what people type into the variables of resources and the arguments of prompts: names that are there.
//!
//! Somebody waits at a keyboard: a database that does not answer soon, or at all, completes to nothing and is no error.

use std::time::Duration;

use rmcp::{
    ErrorData,
    model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference},
};
use serde::Deserialize;

use super::{prompts, resources};
use crate::{
    config::DatabaseKey,
    manual,
    tools::{CallContext, Describer, Subject},
    wire::CollectionName,
};

/// How long a database may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a variable or an argument stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Completes {
    /// Free text, which nobody can guess.
    Nothing,
    /// The key of a configured database.
    Database,
    /// A collection of the database.
    Collection,
    /// A named graph of the database.
    Graph,
    /// An attribute of the collection.
    Attribute,
    /// A topic of the AQL manual.
    Topic,
}

/// What was given already: it decides which database and which collection are meant.
struct Given<'a> {
    database: Option<&'a str>,
    collection: Option<&'a str>,
}

/// Answers a request for completion.
///
/// # Errors
/// When it is about a prompt, a form of resources, or an argument that does not exist.
pub(crate) async fn complete(
    describer: &Describer,
    call: &CallContext,
    request: &CompleteRequestParams,
) -> Result<CompleteResult, ErrorData> {
    let completes = meant(&request.r#ref, &request.argument.name)?;
    let context = request.context.as_ref();
    let given = |name: &str| Some(context?.get_argument(name)?.as_str()).filter(|text| !text.is_empty());
    let given = Given { database: given("database"), collection: given("collection").or_else(|| given("name")) };
    let candidates = tokio::time::timeout(PATIENCE, candidates(describer, call, completes, &given)).await;
    let matching = matching(candidates.ok().flatten().unwrap_or_default(), &request.argument.value);
    let total = u32::try_from(matching.len()).ok();
    let more = matching.len() > CompletionInfo::MAX_VALUES;
    let values = matching.into_iter().take(CompletionInfo::MAX_VALUES).collect();
    let completion = CompletionInfo::with_pagination(values, total, more)
        .map_err(|problem| ErrorData::internal_error(problem, None))?;
    Ok(CompleteResult::new(completion))
}

fn meant(reference: &Reference, argument: &str) -> Result<Completes, ErrorData> {
    let (what, arguments): (_, Vec<(&str, Completes)>) = match reference {
        Reference::Prompt(prompt) => {
            let found = prompts::find(&prompt.name)?;
            (found.name, found.arguments.iter().map(|each| (each.name, each.completes)).collect())
        }
        Reference::Resource(resource) => {
            let found = resources::TEMPLATES.iter().find(|each| each.uri == resource.uri).ok_or_else(|| {
                let forms: Vec<&str> = resources::TEMPLATES.iter().map(|each| each.uri).collect();
                ErrorData::invalid_params(format!("unknown resource template; there are {}", forms.join(", ")), None)
            })?;
            (found.uri, found.variables.to_vec())
        }
        _ => return Err(ErrorData::invalid_params("only ref/prompt and ref/resource can be completed", None)),
    };
    let known = arguments.iter().find(|(name, _)| *name == argument);
    known.map(|(_, completes)| *completes).ok_or_else(|| {
        let names: Vec<&str> = arguments.iter().map(|(name, _)| *name).collect();
        let problem = format!("{what} has no argument of this name; it has {}", names.join(", "));
        ErrorData::invalid_params(problem, None)
    })
}

/// Everything that could be meant; nothing where the database cannot be asked.
async fn candidates(
    describer: &Describer,
    call: &CallContext,
    completes: Completes,
    given: &Given<'_>,
) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Graph {
        name: String,
    }
    #[derive(Deserialize)]
    struct Collection {
        attributes: Vec<Attribute>,
    }
    #[derive(Deserialize)]
    struct Attribute {
        path: String,
    }
    let subject = match completes {
        Completes::Nothing => return None,
        Completes::Database => {
            return Some(call.config.databases().keys().map(DatabaseKey::to_string).collect());
        }
        Completes::Topic => return Some(manual::topics().map(|topic| topic.name.to_owned()).collect()),
        Completes::Collection => Subject::CollectionNames,
        Completes::Graph => Subject::Graphs,
        Completes::Attribute => Subject::Collection(CollectionName::parse(given.collection?).ok()?),
    };
    let text = describer.describe(call, given.database, &subject).await.ok()?;
    match completes {
        Completes::Nothing | Completes::Database | Completes::Topic => None,
        Completes::Collection => serde_json::from_str(&text).ok(),
        Completes::Graph => {
            let graphs: Vec<Graph> = serde_json::from_str(&text).ok()?;
            Some(graphs.into_iter().map(|graph| graph.name).collect())
        }
        Completes::Attribute => {
            let collection: Collection = serde_json::from_str(&text).ok()?;
            Some(collection.attributes.into_iter().map(|attribute| attribute.path).collect())
        }
    }
}

/// The candidates that begin with the text, then those that hold it; case does not matter.
fn matching(candidates: Vec<String>, typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    let mut found: Vec<(Option<usize>, String, String)> = candidates
        .into_iter()
        .map(|text| (text.to_lowercase(), text))
        .map(|(lower, text)| (lower.find(&typed).map(|at| at.min(1)), lower, text))
        .filter(|(at, _, _)| at.is_some())
        .collect();
    found.sort();
    found.into_iter().map(|(_, _, text)| text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_the_text_comes_before_what_holds_it() {
        let names = ["team_users", "Users", "orders", "user_tags"].map(str::to_owned).to_vec();
        assert_eq!(matching(names.clone(), "user"), ["user_tags", "Users", "team_users"]);
        assert_eq!(matching(names.clone(), ""), ["orders", "team_users", "user_tags", "Users"]);
        assert!(matching(names, "x").is_empty());
    }
}
