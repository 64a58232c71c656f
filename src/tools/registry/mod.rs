//! All tools behind one erased type, and the one path every call takes: decode, run, shape, audit.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use futures::{FutureExt as _, future::BoxFuture};
use parking_lot::Mutex;

use serde_json::{Value, json};

use super::{
    arguments::{self, Signature},
    audit::Witness,
    catalog, confirm,
    context::CallContext,
    effect::Effect,
    error::{Kind, ToolError},
    on_database::{AROUND, CONFIRM, read_only},
    reply::{self, Payload, Reply},
    schema::{self, JsonObject, Telling},
    tool::{Category, Output as _, Tool},
    toolset,
};
use crate::config::{Config, Rights};

/// The longest any call may take. Queries have shorter limits of their own; this one is against calls that hang.
pub(crate) const CALL_LIMIT: Duration = Duration::from_mins(10);

/// Kinds of offers that are kept.
const MAX_OFFERS: usize = 256;

type Run = for<'a> fn(&'a CallContext, JsonObject) -> BoxFuture<'a, Result<Payload, ToolError>>;

/// One tool, its type erased.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The name it is listed under.
    pub name: &'static str,
    /// Names it also answers to.
    pub aliases: &'static [&'static str],
    /// A title for people.
    pub title: &'static str,
    /// The text for models.
    pub description: &'static str,
    /// What it is about.
    pub category: Category,
    /// What it does to the world.
    pub effect: Effect,
    /// The schema of its arguments as it is listed; what is enforced is in `signature`.
    pub input_schema: Arc<JsonObject>,
    /// The schema of its structured content as it is listed, where that is fixed.
    pub output_schema: Option<Arc<JsonObject>>,
    confirmable: bool,
    signature: Signature,
    run: Run,
}

impl Entry {
    /// Erases the type of a tool.
    pub(crate) fn of<T: Tool>() -> Self {
        let input_schema = T::input_schema();
        let telling = if T::CATEGORY == Category::Aliases { Telling::Form } else { Telling::Meaning };
        Self {
            name: T::NAME,
            aliases: T::ALIASES,
            title: T::TITLE,
            description: T::DESCRIPTION,
            category: T::CATEGORY,
            effect: T::EFFECT,
            confirmable: T::CONFIRMABLE,
            // `confirm` is always understood, and listed only where it can be needed.
            signature: Signature::of(&if T::CONFIRMABLE { with_confirm(&input_schema) } else { input_schema.clone() }),
            input_schema: Arc::new(schema::listed(input_schema, telling)),
            output_schema: T::Output::schema().map(|schema| Arc::new(schema::listed(schema, Telling::Form))),
            run: |context, settled| {
                async move {
                    let args = arguments::decode::<T::Args>(settled)?;
                    T::call(context, args).await?.into_payload()
                }
                .boxed()
            },
        }
    }

    /// Whether this call may have to be confirmed.
    pub(crate) fn may_ask(&self, context: &CallContext) -> bool {
        self.confirmable && context.config.any_confirms()
    }
}

/// The schema with the argument that confirms a call.
fn with_confirm(schema: &JsonObject) -> JsonObject {
    let mut schema = schema.clone();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let description = "Token of a ConfirmationRequired reply.";
        properties.insert(CONFIRM.to_owned(), json!({ "type": "string", "description": description }));
    }
    schema
}

/// The tools of a server.
#[derive(Debug)]
pub struct Registry {
    entries: Arc<Vec<Entry>>,
    /// The place of every name.
    by_name: HashMap<&'static str, usize>,
    /// What is offered under conditions that differ from the usual ones.
    offers: Mutex<HashMap<Conditions, Arc<Vec<Entry>>>>,
}

/// What decides which tools are offered, and in which form.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Conditions {
    /// Nothing may be written anywhere: tools that always write could only fail.
    read_only: bool,
    /// Calls may have to be confirmed: tools that can destroy something list `confirm`.
    confirms: bool,
    /// What the caller may use.
    tools: Option<BTreeSet<String>>,
}

impl Conditions {
    fn of(config: &Config, rights: &Rights) -> Self {
        let (read_only, confirms) = (config.all_read_only(), config.any_confirms());
        Self { read_only, confirms, tools: rights.tools.clone() }
    }

    fn are_usual(&self) -> bool {
        !self.read_only && !self.confirms && self.tools.is_none()
    }

    fn admit(&self, entry: &Entry) -> bool {
        !(self.read_only && entry.effect.always_writes())
            && self.tools.as_ref().is_none_or(|tools| tools.contains(entry.name))
    }
}

impl Registry {
    /// All tools there are.
    pub fn standard() -> Self {
        Self::new(catalog::all())
    }

    /// The tools of the first release only: queries, collections and documents.
    pub fn baseline() -> Self {
        let core = catalog::all().into_iter().filter(|entry| entry.category == Category::CoreData);
        Self::new(core.collect())
    }

    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        let mut by_name = HashMap::new();
        for (place, entry) in entries.iter().enumerate() {
            for name in std::iter::once(&entry.name).chain(entry.aliases) {
                by_name.insert(*name, place);
            }
        }
        Self { entries: Arc::new(entries), by_name, offers: Mutex::default() }
    }

    /// The tools that are listed for callers with these rights under this configuration, in the form they are listed in.
    pub fn offered(&self, config: &Config, rights: &Rights) -> Arc<Vec<Entry>> {
        let conditions = Conditions::of(config, rights);
        if conditions.are_usual() {
            return Arc::clone(&self.entries);
        }
        let mut offers = self.offers.lock();
        if let Some(offer) = offers.get(&conditions) {
            return Arc::clone(offer);
        }
        let mut offer: Vec<Entry> = self.entries.iter().filter(|entry| conditions.admit(entry)).cloned().collect();
        if conditions.confirms {
            for entry in offer.iter_mut().filter(|entry| entry.confirmable) {
                entry.input_schema = Arc::new(with_confirm(&entry.input_schema));
            }
        }
        let offer = Arc::new(offer);
        if offers.len() >= MAX_OFFERS {
            offers.clear();
        }
        offers.insert(conditions, Arc::clone(&offer));
        offer
    }

    /// All tools, in the order they are listed.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A tool by its name or one of its aliases, listed or not.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.get(*self.by_name.get(name)?)
    }

    /// The tool a misspelt name most likely means.
    pub fn nearest(&self, name: &str) -> Option<&'static str> {
        arguments::nearest(name, self.entries.iter().map(|entry| entry.name))
    }

    /// The names of the tools this caller is not shown, since the session has chosen others.
    pub async fn hidden(&self, context: &CallContext) -> HashSet<&'static str> {
        toolset::hidden(&context.services, &context.caller, &self.entries).await
    }

    /// Runs a tool. Whatever happens, there is a reply: a failure, a panic and a timeout are replies a model can read.
    pub async fn call(&self, entry: &Entry, context: &CallContext, given: JsonObject) -> Reply {
        context.among(self.offered(&context.config, &context.caller.rights));
        let _counted = context.counted(entry.name);
        if let Err(refused) = toolset::admit(context, entry).await {
            let outcome = Witness::begin(entry.name, context).end(Err(refused)).await;
            return reply::shape(entry.name, context, outcome);
        }
        reply::shape(entry.name, context, self.outcome(entry, context, given).await)
    }

    /// The same, before it becomes a reply.
    pub(crate) async fn outcome(
        &self,
        entry: &Entry,
        context: &CallContext,
        given: JsonObject,
    ) -> Result<Payload, ToolError> {
        let mut witness = Witness::begin(entry.name, context);
        witness.note(&given);
        let work = async {
            witness.admit().await?;
            let config = &context.config;
            if !context.caller.rights.include(entry.name) {
                return Err(ToolError::new(
                    Kind::Forbidden,
                    format!("you do not have the right to use {}", entry.name),
                )
                .hint("tools/list shows what you may use; an administrator can give you more rights"));
            }
            if entry.effect.always_writes() && config.all_read_only() {
                return Err(read_only(config, None, &format!("{} changes data", entry.name)));
            }
            let settled = entry.signature.settle(given)?;
            if entry.may_ask(context) {
                context.note_arguments(confirm::digest(&settled, &AROUND));
            }
            (entry.run)(context, settled).await
        };
        let guarded = AssertUnwindSafe(work).catch_unwind();
        let outcome = match tokio::time::timeout(CALL_LIMIT, guarded).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_panic)) => {
                Err(ToolError::new(Kind::Internal, "the tool failed unexpectedly; this is a fault of the server")
                    .hint("try the call once more, or in a simpler form; the server's log has the details"))
            }
            Err(_elapsed) => Err(ToolError::new(
                Kind::Timeout,
                format!("the call took longer than {} seconds", CALL_LIMIT.as_secs()),
            )),
        };
        witness.end(outcome.map_err(|error| entry.signature.advise(error))).await
    }
}

#[cfg(test)]
mod tests;
