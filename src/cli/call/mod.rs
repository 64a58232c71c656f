//! `call`: one tool, from the shell. In this process over the same path a model's call takes, or at a running server.

mod bar;
mod remote;
mod terminal;

use std::{process::ExitCode, sync::Arc};

use serde_json::{Map, Value};

use super::{arguments::CallOptions, error::CliError, output, setup};
use crate::{
    config::{SystemEnv, env},
    observability::Secret,
    progress::Progress,
    tools::{CallContext, Caller, Registry, Reply},
};
use bar::Bar;

/// In the place of arguments: they are read from there.
const STANDARD_INPUT: &str = "-";

/// The tool failed, as opposed to the command.
const TOOL_FAILED: u8 = 1;

pub(crate) async fn run(options: CallOptions) -> Result<ExitCode, CliError> {
    let arguments = match options.arguments.as_slice() {
        [only] if only == STANDARD_INPUT => object(&output::read_input().await?)?,
        words => parse(words)?,
    };
    let (bar, progress) = Bar::on_terminal();
    let result = match &options.server {
        Some(url) => {
            bar::showing(bar, remote::call(url, token(&options)?.as_ref(), &options.tool, &arguments, &progress))
                .await?
        }
        None => bar::showing(bar, here(&options, arguments, progress)).await?,
    };
    let texts = result.content.iter().filter_map(|block| block.as_text());
    for (at, block) in texts.enumerate() {
        if at == 0 {
            output::print_line(&block.text)?;
        } else {
            output::note(&format!("{}\n", block.text));
        }
    }
    Ok(if result.is_error == Some(true) { ExitCode::from(TOOL_FAILED) } else { ExitCode::SUCCESS })
}

/// The token to show to the server, if one is asked for.
fn token(options: &CallOptions) -> Result<Option<Secret>, CliError> {
    let Some(variable) = &options.token_env else { return Ok(None) };
    match env::non_empty(&SystemEnv, variable) {
        Some(token) => Ok(Some(Secret::new(token))),
        None => Err(CliError::new(format!("the variable {variable} is not set; set it to the token"))),
    }
}

async fn here(options: &CallOptions, arguments: Map<String, Value>, progress: Progress) -> Result<Reply, CliError> {
    let settings = setup::settings(setup::Logs::Quiet)?;
    let services = setup::services(&options.databases, &settings, setup::own_session()).await?;
    let registry = Registry::standard();
    let Some(entry) = registry.find(&options.tool) else {
        let near = registry.nearest(&options.tool).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        return Err(CliError::new(format!("unknown tool: {}{near}", options.tool)));
    };
    let asker = Arc::new(terminal::Terminal { yes: options.yes });
    let context = CallContext::new(Arc::clone(&services), Caller::process()).asking(asker).telling(progress).last();
    let reply = registry.call(entry, &context, arguments).await;
    drop(context);
    services.settle().await;
    Ok(reply)
}

/// One JSON object, or key=value words. Values stay texts: the tool's own schema says what to read them as.
fn parse(words: &[String]) -> Result<Map<String, Value>, CliError> {
    if let [only] = words
        && only.trim_start().starts_with('{')
    {
        return object(only);
    }
    let mut arguments = Map::new();
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            return Err(CliError::new(format!("{word:?} is neither a JSON object nor key=value")));
        };
        if arguments.insert(key.to_owned(), value.into()).is_some() {
            return Err(CliError::new(format!("{key} is given twice")));
        }
    }
    Ok(arguments)
}

fn object(text: &str) -> Result<Map<String, Value>, CliError> {
    serde_json::from_str(text).map_err(|error| CliError::while_doing("the arguments are not a JSON object", error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(words: &[&str]) -> Result<Value, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        parse(&words).map(Value::Object).map_err(|error| error.to_string())
    }

    #[test]
    fn arguments_are_an_object_or_pairs() {
        assert_eq!(words(&[]), Ok(json!({})));
        assert_eq!(words(&[r#"{"a": 1}"#]), Ok(json!({"a": 1})));
        assert_eq!(
            words(&["query=RETURN 1 == 2", "max_rows=3"]),
            Ok(json!({"query": "RETURN 1 == 2", "max_rows": "3"}))
        );
        assert!(words(&["{"]).is_err());
        assert!(words(&["a"]).is_err());
        assert!(words(&["a=1", "a=2"]).is_err());
    }
}
