//! Prompts: tasks people start by name. Each is a text of its own file and an entry of the table below; what a database
//! really holds is put beside it, so that a model begins with facts.

mod text;

use std::collections::BTreeMap;

use rmcp::{
    ErrorData,
    model::{
        GetPromptResult, ListPromptsResult, PaginatedRequestParams, Prompt as Listed, PromptArgument, PromptMessage,
        Role,
    },
};
use serde_json::{Map, Value, json};

use super::{
    completions::Completes,
    resources::{ResourceUri, sentence},
};
use crate::{
    config::DatabaseKey,
    tools::{CallContext, Describer, Kind, Subject, ToolError},
    wire::CollectionName,
};

/// Bytes one argument may have.
const LONGEST_ARGUMENT: usize = 32 * 1024;

/// Bytes one fact beside a prompt may have.
const LONGEST_FACT: usize = 64 * 1024;

/// A prompt.
pub(crate) struct Prompt {
    pub(crate) name: &'static str,
    title: &'static str,
    description: &'static str,
    pub(crate) arguments: &'static [Argument],
    /// What the model is asked, with `{{…}}` where arguments go.
    text: &'static str,
    /// What is put beside it.
    beside: &'static [Beside],
}

/// An argument of a prompt.
pub(crate) struct Argument {
    pub(crate) name: &'static str,
    title: &'static str,
    description: &'static str,
    required: bool,
    pub(crate) completes: Completes,
}

/// What the database says that helps with a prompt.
#[derive(Debug, Clone, Copy)]
enum Beside {
    /// The overview of the database.
    Overview,
    /// Its graphs.
    Graphs,
    /// The collection that was named, if one was.
    Collection,
    /// How the query that was given would run.
    Plan,
}

const DATABASE: Argument = Argument {
    name: "database",
    title: "Database",
    description: "Key of a configured database. Default: the one in use.",
    required: false,
    completes: Completes::Database,
};

const COLLECTION: Argument = Argument {
    name: "collection",
    title: "Collection",
    description: "The collection it is about, if you know.",
    required: false,
    completes: Completes::Collection,
};

const PROMPTS: &[Prompt] = &[
    Prompt {
        name: "explore_database",
        title: "Explore a database",
        description: "Find out what a database holds and how it hangs together.",
        arguments: &[
            DATABASE,
            Argument {
                name: "interest",
                title: "Interest",
                description: "What you want to know above all.",
                required: false,
                completes: Completes::Nothing,
            },
        ],
        text: include_str!("explore_database.md"),
        beside: &[Beside::Overview],
    },
    Prompt {
        name: "write_query",
        title: "Write a query",
        description: "Turn a question into AQL that fits the data, and check it.",
        arguments: &[
            Argument {
                name: "question",
                title: "Question",
                description: "What the query should answer, in your own words.",
                required: true,
                completes: Completes::Nothing,
            },
            DATABASE,
            COLLECTION,
            Argument {
                name: "attribute",
                title: "Attribute",
                description: "An attribute to filter, sort or group by.",
                required: false,
                completes: Completes::Attribute,
            },
        ],
        text: include_str!("write_query.md"),
        beside: &[Beside::Overview, Beside::Collection],
    },
    Prompt {
        name: "model_graph",
        title: "Model a graph",
        description: "Design vertex and edge collections for the questions you have.",
        arguments: &[
            Argument {
                name: "purpose",
                title: "Purpose",
                description: "What the graph is about and which questions it should answer.",
                required: true,
                completes: Completes::Nothing,
            },
            DATABASE,
            Argument {
                name: "graph",
                title: "Graph",
                description: "A graph to extend, or the name of the new one.",
                required: false,
                completes: Completes::Graph,
            },
        ],
        text: include_str!("model_graph.md"),
        beside: &[Beside::Overview, Beside::Graphs],
    },
    Prompt {
        name: "tune_query",
        title: "Tune a slow query",
        description: "Find out why a query is slow, from its plan, and make it fast.",
        arguments: &[
            Argument {
                name: "query",
                title: "Query",
                description: "The AQL text. It is explained, not run.",
                required: true,
                completes: Completes::Nothing,
            },
            Argument {
                name: "bind_vars",
                title: "Bind variables",
                description: "Values of its bind parameters, as a JSON object.",
                required: false,
                completes: Completes::Nothing,
            },
            DATABASE,
            COLLECTION,
        ],
        text: include_str!("tune_query.md"),
        beside: &[Beside::Plan, Beside::Collection],
    },
];

/// What was given, by name.
type Given<'a> = BTreeMap<&'static str, &'a str>;

impl Beside {
    /// The tool that says it.
    const fn tool(self) -> &'static str {
        match self {
            Self::Overview => "arango_describe_database",
            Self::Graphs => "arango_list_graphs",
            Self::Collection => "arango_describe_collection",
            Self::Plan => "arango_explain_query",
        }
    }
}

/// The prompts that this caller may have: those whose facts it may read.
pub(crate) fn list(call: &CallContext, page: Option<&PaginatedRequestParams>) -> Result<ListPromptsResult, ErrorData> {
    if page.is_some_and(|page| page.cursor.is_some()) {
        return Err(ErrorData::invalid_params("unknown cursor: the list of prompts has a single page", None));
    }
    let argument = |each: &Argument| {
        PromptArgument::new(each.name)
            .with_title(each.title)
            .with_description(each.description)
            .with_required(each.required)
    };
    let may_have = |each: &&Prompt| each.beside.iter().all(|beside| call.caller.rights.include(beside.tool()));
    let listed = PROMPTS.iter().filter(may_have).map(|each| {
        let arguments = each.arguments.iter().map(argument).collect();
        Listed::new(each.name, Some(each.description), Some(arguments)).with_title(each.title)
    });
    Ok(ListPromptsResult::with_all_items(listed.collect()))
}

/// A prompt by its name.
pub(crate) fn find(name: &str) -> Result<&'static Prompt, ErrorData> {
    PROMPTS.iter().find(|each| each.name == name).ok_or_else(|| {
        let shown: String = name.chars().take(80).collect();
        let names: Vec<&str> = PROMPTS.iter().map(|each| each.name).collect();
        ErrorData::invalid_params(format!("unknown prompt {shown:?}; there are {}", names.join(", ")), None)
    })
}

/// The messages of a prompt.
pub(crate) async fn get(
    describer: &Describer,
    call: &CallContext,
    name: &str,
    arguments: &Map<String, Value>,
) -> Result<GetPromptResult, ErrorData> {
    let prompt = find(name)?;
    let given = settle(prompt, arguments)?;
    let mut beside = Vec::with_capacity(prompt.beside.len());
    for each in prompt.beside {
        beside.extend(told(*each, describer, call, &given).await?);
    }
    let mut values: BTreeMap<&str, String> = BTreeMap::new();
    for argument in prompt.arguments {
        if let Some(value) = given.get(argument.name) {
            let free = argument.completes == Completes::Nothing;
            values.insert(argument.name, if free { text::fenced(value) } else { text::quoted(value) });
        }
    }
    if let Some((key, _)) = call.used() {
        values.insert(DATABASE.name, text::quoted(key.as_str()));
    }
    let mut messages = vec![PromptMessage::new_text(Role::User, text::filled(prompt.text, &values))];
    messages.append(&mut beside);
    Ok(GetPromptResult::new(messages).with_description(prompt.description))
}

/// Checks the arguments. One that is empty counts as not given: forms send every field.
fn settle<'a>(prompt: &Prompt, arguments: &'a Map<String, Value>) -> Result<Given<'a>, ErrorData> {
    let refused = |problem: String| ErrorData::invalid_params(format!("prompt {}: {problem}", prompt.name), None);
    let mut given = Given::new();
    for (name, value) in arguments {
        let Some(argument) = prompt.arguments.iter().find(|each| each.name == name) else {
            let shown: String = name.chars().take(80).collect();
            let names: Vec<&str> = prompt.arguments.iter().map(|each| each.name).collect();
            return Err(refused(format!("there is no argument {shown:?}; there are {}", names.join(", "))));
        };
        let Some(value) = value.as_str() else { return Err(refused(format!("`{name}` must be a string"))) };
        if value.len() > LONGEST_ARGUMENT {
            return Err(refused(format!("`{name}` is longer than {LONGEST_ARGUMENT} bytes")));
        }
        if !value.trim().is_empty() {
            given.insert(argument.name, value);
        }
    }
    match prompt.arguments.iter().find(|each| each.required && !given.contains_key(each.name)) {
        Some(missing) => Err(refused(format!("the argument `{}` is required: {}", missing.name, missing.description))),
        None => Ok(given),
    }
}

/// One message about the database, if there is something to say.
async fn told(
    beside: Beside,
    describer: &Describer,
    call: &CallContext,
    given: &Given<'_>,
) -> Result<Option<PromptMessage>, ErrorData> {
    let subject = match beside {
        Beside::Overview => Subject::Database,
        Beside::Graphs => Subject::Graphs,
        Beside::Collection => match given.get(COLLECTION.name) {
            Some(name) => Subject::Collection(CollectionName::parse(*name).map_err(|error| refused(&error.into()))?),
            None => return Ok(None),
        },
        Beside::Plan => {
            let text = given.get("query").copied().unwrap_or_default().to_owned();
            Subject::Query { text, bind_vars: bind_vars(given)? }
        }
    };
    let described = describer.describe(call, given.get(DATABASE.name).copied(), &subject).await;
    if let Subject::Query { .. } = subject {
        return Ok(Some(plan(described)?));
    }
    let text = described.map_err(|error| refused(&error))?;
    let Some(uri) = call.used().and_then(|(key, _)| address(key, &subject)) else { return Ok(None) };
    if text.len() > LONGEST_FACT {
        let note = format!("{} does not fit in here; call {} for it.", uri, subject.tool());
        return Ok(Some(PromptMessage::new_text(Role::User, note)));
    }
    let mime_type = Some("application/json".to_owned());
    Ok(Some(PromptMessage::new_resource(Role::User, uri.to_string(), mime_type, Some(text), None, None, None)))
}

fn address(key: &DatabaseKey, subject: &Subject) -> Option<ResourceUri> {
    match subject {
        Subject::Database => Some(ResourceUri::Collections(key.clone())),
        Subject::Graphs => Some(ResourceUri::Graphs(key.clone())),
        Subject::Collection(name) => Some(ResourceUri::Collection(key.clone(), name.clone())),
        Subject::CollectionNames | Subject::Query { .. } => None,
    }
}

fn bind_vars(given: &Given<'_>) -> Result<Map<String, Value>, ErrorData> {
    let Some(text) = given.get("bind_vars") else { return Ok(Map::new()) };
    serde_json::from_str(text).map_err(|error| {
        let problem = format!("prompt tune_query: `bind_vars` must be a JSON object such as {{\"age\": 30}}: {error}");
        ErrorData::invalid_params(problem, None)
    })
}

/// The plan, or what is wrong with the query: that is worth knowing, too.
fn plan(described: Result<String, ToolError>) -> Result<PromptMessage, ErrorData> {
    let said = match described {
        Ok(plan) => plan,
        Err(error) if matches!(error.kind(), Kind::Query | Kind::Arango | Kind::CollectionNotFound) => {
            Value::Object(error.body("arango_explain_query", None)).to_string()
        }
        Err(error) => return Err(refused(&error)),
    };
    let shown = text::cut(&said, LONGEST_FACT);
    let cut = if shown.len() < said.len() { " (its beginning)" } else { "" };
    let text = format!("What arango_explain_query says about the query{cut}:{}", text::fenced(shown));
    Ok(PromptMessage::new_text(Role::User, text))
}

/// The protocol's error for what a database could not tell.
fn refused(error: &ToolError) -> ErrorData {
    if matches!(
        error.kind(),
        Kind::Validation | Kind::DatabaseNotConfigured | Kind::CollectionNotFound | Kind::Forbidden
    ) {
        return ErrorData::invalid_params(sentence(error), Some(json!({ "type": error.kind().name() })));
    }
    ErrorData::internal_error(sentence(error), Some(error.body("prompts/get", None).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_uses_arguments_of_its_prompt_and_every_argument_is_used() {
        for prompt in PROMPTS {
            let known: Vec<&str> = prompt.arguments.iter().map(|each| each.name).collect();
            let used = text::names(prompt.text);
            assert!(used.iter().all(|name| known.contains(name)), "{}: {used:?}", prompt.name);
            assert!(known.iter().all(|name| used.contains(name)), "{}: {known:?}", prompt.name);
        }
    }

    #[test]
    fn every_tool_a_text_names_exists() {
        let registry = crate::tools::Registry::standard();
        for prompt in PROMPTS {
            assert!(prompt.beside.iter().all(|beside| registry.find(beside.tool()).is_some()), "{}", prompt.name);
            let words = prompt.text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            for tool in words.filter(|word| word.starts_with("arango_")) {
                assert!(registry.find(tool).is_some(), "{}: {tool}", prompt.name);
            }
        }
    }

    #[test]
    fn what_is_missing_unknown_or_no_text_is_said() {
        let prompt = find("write_query").unwrap();
        let problem = |arguments: Value| settle(prompt, arguments.as_object().unwrap()).unwrap_err().message;
        assert!(problem(json!({})).contains("`question` is required"));
        assert!(problem(json!({"question": " "})).contains("`question` is required"));
        assert!(problem(json!({"question": 5})).contains("must be a string"));
        assert!(problem(json!({"question": "q", "x": "y"})).contains("there are question, database"));
        assert!(problem(json!({"question": "q".repeat(LONGEST_ARGUMENT + 1)})).contains("longer"));
        assert!(find("nope").err().unwrap().message.contains("write_query"));
    }
}
