//! Nothing is destroyed by mistake. A tool says what a call would destroy ([`super::tool::DatabaseTool::DESTROYS`]); where
//! the configuration asks for it, a person confirms before anything happens. How a person is asked depends on the client
//! and is behind [`Asker`]; a client that cannot ask at all has to make the call a second time, with a token that is good for
//! this very call and only once. Whatever goes wrong on the way, nothing is done.

mod tickets;

use futures::{
    FutureExt as _,
    future::{BoxFuture, ready},
};
use serde_json::{Map, Value, json};

use super::{
    context::CallContext,
    error::{Kind, ToolError},
    on_database::Target,
    query_error,
};
use crate::{arango::Query, config::DatabaseKey, wire::CollectionName};

use tickets::{Deed, Purpose};
pub(crate) use tickets::{Digest, LIFETIME, Tickets, digest};

/// Collections whose documents are counted for a question.
const COUNTED: usize = 5;

/// Characters of a query shown in a question.
const SHOWN: usize = 1_000;

/// What a call would destroy, for people to read.
#[derive(Debug)]
pub(crate) struct Destruction {
    /// The act, e.g. "remove the document users/ada".
    what: String,
    /// The query that does it.
    query: Option<Query>,
    /// Where it happens; their documents are counted.
    collections: Vec<CollectionName>,
}

impl Destruction {
    /// The act, in the infinitive.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), query: None, collections: Vec::new() }
    }

    /// Shows the query that does it. Nobody is asked about one that the server would not run anyway.
    #[must_use]
    pub(crate) fn by(mut self, query: Query) -> Self {
        self.query = Some(query);
        self
    }

    /// Counts the documents of a collection, to show how much is at stake.
    #[must_use]
    pub(crate) fn within(mut self, collection: CollectionName) -> Self {
        if !self.collections.contains(&collection) {
            self.collections.push(collection);
        }
        self
    }
}

/// What a person is asked.
#[derive(Debug)]
pub(crate) struct Question {
    /// In words.
    pub(crate) message: String,
    /// What has to come back with an answer that is given in another request.
    pub(crate) state: String,
}

/// What a person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Do it.
    Accepted,
    /// Do not.
    Declined,
}

/// What became of a question.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It was answered.
    Decided(Decision),
    /// It was asked and not answered, for this reason.
    Silent(String),
    /// It is on its way; the client makes the call again, with the question's state and the answer.
    Later,
    /// This client cannot ask anybody.
    Unable,
}

/// The way from a call to the person behind the client.
pub(crate) trait Asker: Send + Sync + std::fmt::Debug {
    /// The state of an earlier question, and the answer to it, that came with this call.
    fn brought(&self) -> Option<(&str, Option<Decision>)> {
        None
    }

    /// Asks.
    fn ask(&self, question: Question) -> BoxFuture<'_, Answer>;
}

/// There is nobody who could be asked.
#[derive(Debug)]
pub(crate) struct Nobody;

impl Asker for Nobody {
    fn ask(&self, _question: Question) -> BoxFuture<'_, Answer> {
        ready(Answer::Unable).boxed()
    }
}

/// Returns once the call is confirmed. The token is the call's `confirm` argument.
///
/// # Errors
/// When it is not, or not yet. Nothing may be done then.
pub(crate) async fn confirm(
    target: &Target<'_>,
    tool: &'static str,
    destruction: &Destruction,
    token: Option<&str>,
) -> Result<(), ToolError> {
    let context = target.context;
    let deed = deed(context, tool).ok_or_else(|| refused("the call cannot be told from others"))?;
    let redeem = async |purpose, ticket: &str| {
        context.services.tickets.redeem(purpose, &deed, ticket).await.map_err(|error| refused(&error.to_string()))
    };
    if let Some((state, decision)) = context.asker.brought() {
        redeem(Purpose::State, state).await?;
        if let Some(decision) = decision {
            return decided(decision);
        }
    }
    if let Some(query) = &destruction.query {
        target.database.explain(query, 1).await.map_err(|error| query_error::explain(&query.text, error))?;
    }
    let effect = Effect::of(target, deed.database, destruction).await;
    let issue = |purpose| context.services.tickets.issue(purpose, &deed);
    let question = Question { message: effect.question(), state: issue(Purpose::State) };
    match context.asker.ask(question).await {
        Answer::Decided(decision) => decided(decision),
        Answer::Silent(why) => Err(ToolError::new(Kind::Declined, format!("not confirmed, nothing was done: {why}"))),
        Answer::Later => Err(effect.required()),
        Answer::Unable => match token {
            Some(token) => redeem(Purpose::Token, token).await,
            None => Err(effect.required_with(&issue(Purpose::Token))),
        },
    }
}

/// The call as tickets are bound to it.
fn deed<'a>(context: &'a CallContext, tool: &'static str) -> Option<Deed<'a>> {
    Some(Deed {
        principal: &context.caller.principal,
        session: context.caller.session.as_ref(),
        tool,
        database: context.used()?.0,
        arguments: context.arguments()?,
    })
}

fn decided(decision: Decision) -> Result<(), ToolError> {
    match decision {
        Decision::Accepted => Ok(()),
        Decision::Declined => Err(ToolError::new(Kind::Declined, "declined by the user; nothing was done")
            .hint("do not repeat the call unless the user asks for it")),
    }
}

fn refused(why: &str) -> ToolError {
    ToolError::new(Kind::ConfirmationRefused, format!("the confirmation is not valid, nothing was done: {why}"))
        .hint("make the call again without `confirm` to have it confirmed anew")
}

/// A destruction with what is known of its extent.
struct Effect<'a> {
    what: String,
    text: Option<String>,
    database: &'a str,
    documents: Vec<(&'a CollectionName, u64)>,
}

impl<'a> Effect<'a> {
    async fn of(target: &Target<'_>, database: &'a DatabaseKey, destruction: &'a Destruction) -> Self {
        let mut documents = Vec::new();
        for collection in destruction.collections.iter().take(COUNTED) {
            // What cannot be counted, e.g. since it does not exist, is still asked about.
            if let Ok(count) = target.database.count(collection).await {
                documents.push((collection, count));
            }
        }
        Self {
            what: plain(&destruction.what),
            text: destruction.query.as_ref().map(|query| plain(&query.text)),
            database: database.as_str(),
            documents,
        }
    }

    fn question(&self) -> String {
        let mut parts = vec![format!("In the database {:?}: {}?", self.database, self.what)];
        parts.extend(self.documents.iter().map(|(collection, count)| {
            let s = if *count == 1 { "" } else { "s" };
            format!("`{collection}` has {count} document{s}.")
        }));
        let question = parts.join(" ");
        match &self.text {
            Some(text) => format!("{question}\n{text}"),
            None => question,
        }
    }

    fn required(&self) -> ToolError {
        let documents: Map<String, Value> =
            self.documents.iter().map(|(name, count)| (name.as_str().to_owned(), json!(count))).collect();
        let error = ToolError::new(Kind::ConfirmationRequired, format!("not done yet, it would {}", self.what))
            .with("effect", self.what.clone());
        if documents.is_empty() { error } else { error.with("documents", documents) }
    }

    fn required_with(&self, token: &str) -> ToolError {
        self.required()
            .hint(
                "if this is what the user wants, make the same call again with `confirm` set to the text under \
                 `confirmation`; else do nothing",
            )
            .with("confirmation", token)
            .with("valid_seconds", LIFETIME.as_secs())
    }
}

/// The text as it can be shown: without what moves a cursor or turns the direction of writing, and not too long.
fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let mut shown: String =
        text.chars().take(SHOWN).map(|c| if c.is_control() || turns(c) { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_moves_no_cursor_and_turns_no_text() {
        assert_eq!(plain("a\u{1b}[2Kb\u{202e}c\r\nd"), "a [2Kb c  d");
        assert_eq!(plain(&"x".repeat(SHOWN)).chars().count(), SHOWN);
        assert!(plain(&"ä".repeat(SHOWN + 1)).ends_with("ä…"));
    }

    #[test]
    fn a_question_tells_the_act_the_place_and_how_much_is_there() {
        let users = CollectionName::parse("users").unwrap();
        let effect = Effect {
            what: "run a query with REMOVE in `users`".to_owned(),
            text: Some("REMOVE 'a' IN users".to_owned()),
            database: "production",
            documents: vec![(&users, 1)],
        };
        let wanted = "In the database \"production\": run a query with REMOVE in `users`? `users` has 1 document.\n\
                      REMOVE 'a' IN users";
        assert_eq!(effect.question(), wanted);
        let body = effect.required_with("confirm_x").body("arango_query", None);
        assert_eq!((&body["confirmation"], &body["documents"]["users"]), (&json!("confirm_x"), &json!(1)));
    }
}
