//! `--sample`: the characters of Les Misérables and who appears together with whom, as the named graph `lesmis`.
//!
//! 77 characters and 254 weighted pairs, compiled by Donald Knuth for the Stanford `GraphBase` (public domain). This copy was
//! stripped from the `miserables.json` of the `vega-datasets` package.

use bytes::Bytes;
use http::{Method, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::CliError;
use crate::arango::{Call, Database};

const DATA: &str = include_str!("miserables.json");

/// The data as it is written down: characters by position.
#[derive(Deserialize)]
struct Data {
    /// Name and group.
    characters: Vec<(String, u32)>,
    /// Two positions and the number of chapters in which both appear.
    appearances: Vec<(usize, usize, u32)>,
}

/// One request that brings a part of the sample in: always a POST.
#[derive(Debug)]
struct Step {
    path: [&'static str; 3],
    body: Value,
}

impl Step {
    fn segments(&self) -> impl Iterator<Item = &'static str> {
        self.path.into_iter().filter(|segment| !segment.is_empty())
    }
}

/// Brings the sample into a database.
pub(crate) async fn fill(database: &Database) -> Result<(), CliError> {
    for step in steps()? {
        let segments: Vec<&str> = step.segments().collect();
        let sent = database.send(Call::new(Method::POST, &segments).json(&step.body)).await;
        sent.map_err(|error| CliError::while_doing("cannot load the sample", error))?;
    }
    Ok(())
}

/// The same as plain requests to `_system`, for an engine that is not reached through a client.
pub(crate) fn requests() -> Result<Vec<Request<Bytes>>, CliError> {
    let request = |step: Step| {
        let path = step.segments().fold(String::new(), |path, segment| path + "/" + segment);
        Request::post(path)
            .header("content-type", "application/json")
            .body(Bytes::from(step.body.to_string()))
            .map_err(|error| CliError::from_error(&error))
    };
    steps()?.into_iter().map(request).collect()
}

fn steps() -> Result<[Step; 3], CliError> {
    let data: Data = serde_json::from_str(DATA).map_err(|error| CliError::from_error(&error))?;
    // Names consist of letters, digits and dots, all of which may stand in a key.
    let id = |position: usize| data.characters.get(position).map(|(name, _)| format!("characters/{name}"));
    let characters: Vec<Value> =
        data.characters.iter().map(|(name, group)| json!({ "_key": name, "name": name, "group": group })).collect();
    // `value` is what the data set calls the weight.
    let appearances: Vec<Value> = data
        .appearances
        .iter()
        .map(|(from, to, weight)| json!({ "_from": id(*from), "_to": id(*to), "weight": weight, "value": weight }))
        .collect();
    let definition = json!({ "collection": "appearances", "from": ["characters"], "to": ["characters"] });
    Ok([
        Step { path: ["_api", "gharial", ""], body: json!({ "name": "lesmis", "edgeDefinitions": [definition] }) },
        Step { path: ["_api", "document", "characters"], body: characters.into() },
        Step { path: ["_api", "document", "appearances"], body: appearances.into() },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::DocumentKey;

    #[test]
    fn the_sample_has_seventy_seven_characters_and_all_its_edges_have_ends() {
        let [_, characters, appearances] = steps().unwrap();
        let (characters, appearances) = (characters.body, appearances.body);
        assert_eq!(characters.as_array().unwrap().len(), 77);
        assert_eq!(appearances.as_array().unwrap().len(), 254);
        for character in characters.as_array().unwrap() {
            DocumentKey::parse(character["_key"].as_str().unwrap()).unwrap();
        }
        assert!(
            appearances.as_array().unwrap().iter().all(|edge| edge["_from"].is_string() && edge["_to"].is_string())
        );
    }
}
