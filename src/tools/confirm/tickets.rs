//! Tickets: sealed proofs that this very call was asked about. One is bound to who calls, in which session, the tool, the
//! database and the arguments; it lasts five minutes and is good once, on all replicas that share their sessions. Nothing is
//! stored but which ones were used.

use std::{sync::Arc, time::Duration};

use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use serde_json::Value;

use crate::{
    config::DatabaseKey,
    tenancy::{Principal, Sealer, SessionError, SessionId, Sessions, session::Token},
    tools::schema::JsonObject,
};

/// How long a ticket lasts.
pub(crate) const LIFETIME: Duration = Duration::from_mins(5);
const LIFETIME_MILLIS: i64 = 5 * 60 * 1000;

/// What every ticket begins with.
const PREFIX: &str = "confirm_";
/// Layout of the sealed part; a new layout gets a new number.
const VERSION: u8 = 1;
/// Longest ticket looked at; all have the same, shorter length.
const MAX_LEN: usize = 256;
/// The digest of a call's arguments.
pub(crate) type Digest = [u8; SHA256_OUTPUT_LEN];

/// What a ticket is for; one never passes for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Goes to the client's program with a question and comes back with a person's answer. It confirms nothing by itself.
    State,
    /// Given to a caller that nobody can be asked through; confirms the same call when it is made again.
    Token,
}

impl Purpose {
    const fn context(self) -> &'static [u8] {
        match self {
            Self::State => b"mcp-arangodb-async state of a question",
            Self::Token => b"mcp-arangodb-async confirmation token",
        }
    }
}

/// What a ticket is bound to.
#[derive(Debug)]
pub(crate) struct Deed<'a> {
    pub(crate) principal: &'a Principal,
    pub(crate) session: Option<&'a SessionId>,
    pub(crate) tool: &'static str,
    pub(crate) database: &'a DatabaseKey,
    pub(crate) arguments: &'a Digest,
}

impl Deed<'_> {
    fn digest(&self) -> Digest {
        let mut hash = Hash::new();
        hash.text(self.principal.as_str());
        // A session never has the name of no session.
        hash.byte(u8::from(self.session.is_some()));
        hash.text(self.session.map_or("", SessionId::as_str));
        hash.text(self.tool);
        hash.text(self.database.as_str());
        hash.bytes(self.arguments);
        hash.finish()
    }
}

/// Why a ticket is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TicketError {
    #[error("it was not made by this server, or was changed on the way")]
    NotOurs,
    #[error("it was made for another call: other arguments, another database or another caller")]
    OtherCall,
    #[error("it has expired")]
    Expired,
    #[error("it was used already")]
    Used,
    /// Whether it was used cannot be known.
    #[error("{0}")]
    Unknown(#[from] SessionError),
}

/// Makes tickets and takes them back.
#[derive(Debug)]
pub(crate) struct Tickets {
    sealer: Arc<Sealer>,
    /// Where it is known which ones were used.
    sessions: Arc<dyn Sessions>,
}

impl Tickets {
    /// Tickets sealed by this.
    pub(crate) fn new(sealer: Arc<Sealer>, sessions: Arc<dyn Sessions>) -> Self {
        Self { sealer, sessions }
    }

    /// A ticket for this deed.
    pub(crate) fn issue(&self, purpose: Purpose, deed: &Deed<'_>) -> String {
        let mut id = Token::default();
        self.sealer.random(&mut id);
        let mut plain = vec![VERSION];
        plain.extend_from_slice(&self.sealer.now_millis().saturating_add(LIFETIME_MILLIS).to_be_bytes());
        plain.extend_from_slice(&id);
        plain.extend_from_slice(&deed.digest());
        format!("{PREFIX}{}", self.sealer.seal(purpose.context(), plain))
    }

    /// Takes a ticket for this deed; it is used up then.
    pub(crate) async fn redeem(&self, purpose: Purpose, deed: &Deed<'_>, ticket: &str) -> Result<(), TicketError> {
        let text = ticket.strip_prefix(PREFIX).filter(|text| text.len() <= MAX_LEN).ok_or(TicketError::NotOurs)?;
        let plain = self.sealer.open(purpose.context(), text).ok_or(TicketError::NotOurs)?;
        let (expires, id, bound_to) = parse(&plain).ok_or(TicketError::NotOurs)?;
        if bound_to != deed.digest() {
            return Err(TicketError::OtherCall);
        }
        let now = self.sealer.now_millis();
        // One from the future was made before the clock was put back.
        if now >= expires || now < expires.saturating_sub(2 * LIFETIME_MILLIS) {
            return Err(TicketError::Expired);
        }
        // Twice, as another replica's clock may be behind.
        if self.sessions.spend(&id, 2 * LIFETIME).await? { Ok(()) } else { Err(TicketError::Used) }
    }
}

fn parse(plain: &[u8]) -> Option<(i64, Token, &[u8])> {
    let (&version, rest) = plain.split_first()?;
    let (expires, rest) = rest.split_first_chunk()?;
    let (id, bound_to) = rest.split_first_chunk()?;
    (version == VERSION).then_some((i64::from_be_bytes(*expires), *id, bound_to))
}

/// The digest of arguments, apart from those named. Objects that differ in the order of their attributes only are the same.
pub(crate) fn digest(arguments: &JsonObject, without: &[&str]) -> Digest {
    let mut hash = Hash::new();
    hash.object(arguments.iter().filter(|(name, _)| !without.contains(&name.as_str())));
    hash.finish()
}

/// A hash of parts none of which can run into the next.
struct Hash(Context);

impl Hash {
    fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    fn byte(&mut self, byte: u8) {
        self.0.update(&[byte]);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn length(&mut self, length: usize) {
        self.0.update(&u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes());
    }

    fn object<'v>(&mut self, entries: impl Iterator<Item = (&'v String, &'v Value)>) {
        let mut entries: Vec<_> = entries.collect();
        entries.sort_unstable_by_key(|(name, _)| *name);
        self.length(entries.len());
        for (name, value) in entries {
            self.text(name);
            self.value(value);
        }
    }

    // As deep as the JSON reader lets a message nest.
    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.byte(0),
            Value::Bool(flag) => {
                self.byte(1);
                self.byte(u8::from(*flag));
            }
            Value::Number(number) => {
                self.byte(2);
                self.text(&number.to_string());
            }
            Value::String(text) => {
                self.byte(3);
                self.text(text);
            }
            Value::Array(items) => {
                self.byte(4);
                self.length(items.len());
                for item in items {
                    self.value(item);
                }
            }
            Value::Object(object) => {
                self.byte(5);
                self.object(object.iter());
            }
        }
    }

    fn finish(self) -> Digest {
        let mut digest = Digest::default();
        for (to, from) in digest.iter_mut().zip(self.0.finish().as_ref()) {
            *to = *from;
        }
        digest
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        clock::{ManualClock, SequenceRandom},
        tenancy::{MemorySessions, SealingKey},
    };

    fn tickets(clock: &Arc<ManualClock>, key: u8) -> Tickets {
        let key = SealingKey::from_bytes(&[key; SealingKey::LEN]).unwrap();
        let sealer = Sealer::new(key, Vec::new(), clock.clone(), SequenceRandom::from_seed(3));
        Tickets::new(Arc::new(sealer), Arc::new(MemorySessions::new(clock.clone())))
    }

    fn of(arguments: &Value) -> Digest {
        digest(arguments.as_object().unwrap(), &["confirm"])
    }

    struct Case {
        principal: Principal,
        session: Option<SessionId>,
        tool: &'static str,
        database: DatabaseKey,
        arguments: Digest,
    }

    impl Case {
        fn new() -> Self {
            let (principal, database) = (Principal::new("me"), DatabaseKey::parse("a").unwrap());
            Self { principal, session: None, tool: "t", database, arguments: of(&json!({"key": 1})) }
        }

        fn deed(&self) -> Deed<'_> {
            let Self { principal, session, tool, database, arguments } = self;
            Deed { principal, session: session.as_ref(), tool, database, arguments }
        }
    }

    #[tokio::test]
    async fn a_ticket_is_good_once() {
        let clock = ManualClock::at(1_000_000);
        let (tickets, case) = (tickets(&clock, 1), Case::new());
        let ticket = tickets.issue(Purpose::Token, &case.deed());
        let redeem = async || tickets.redeem(Purpose::Token, &case.deed(), &ticket).await;
        assert_eq!((redeem().await, redeem().await), (Ok(()), Err(TicketError::Used)));
    }

    #[tokio::test]
    async fn a_ticket_lasts_five_minutes() {
        let clock = ManualClock::at(1_000_000);
        let (tickets, case) = (tickets(&clock, 1), Case::new());
        let issue = || tickets.issue(Purpose::State, &case.deed());
        let (one, other) = (issue(), issue());
        let redeem = async |ticket: &str| tickets.redeem(Purpose::State, &case.deed(), ticket).await;
        clock.advance(LIFETIME_MILLIS - 1);
        assert_eq!(redeem(&one).await, Ok(()));
        clock.advance(1);
        assert_eq!(redeem(&other).await, Err(TicketError::Expired));
    }

    #[tokio::test]
    async fn a_ticket_is_bound_to_everything_that_makes_the_call() {
        let clock = ManualClock::at(1_000_000);
        let tickets = tickets(&clock, 1);
        let ticket = tickets.issue(Purpose::Token, &Case::new().deed());
        for (what, other) in [
            ("principal", Case { principal: Principal::new("you"), ..Case::new() }),
            ("session", Case { session: Some(SessionId::new("s")), ..Case::new() }),
            ("tool", Case { tool: "u", ..Case::new() }),
            ("database", Case { database: DatabaseKey::parse("b").unwrap(), ..Case::new() }),
            ("arguments", Case { arguments: of(&json!({"key": 2})), ..Case::new() }),
        ] {
            let refused = tickets.redeem(Purpose::Token, &other.deed(), &ticket).await;
            assert_eq!(refused, Err(TicketError::OtherCall), "{what}");
        }
        assert_eq!(tickets.redeem(Purpose::Token, &Case::new().deed(), &ticket).await, Ok(()));
    }

    #[tokio::test]
    async fn what_was_forged_or_is_for_something_else_is_refused() {
        let clock = ManualClock::at(1_000_000);
        let (ours, case) = (tickets(&clock, 1), Case::new());
        let redeem = async |ticket: &str| ours.redeem(Purpose::Token, &case.deed(), ticket).await;
        let state = ours.issue(Purpose::State, &case.deed());
        let foreign = tickets(&clock, 2).issue(Purpose::Token, &case.deed());
        let good = ours.issue(Purpose::Token, &case.deed());
        for at in PREFIX.len()..good.len() {
            let mut forged = good.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(redeem(&String::from_utf8(forged).unwrap()).await, Err(TicketError::NotOurs), "{at}");
        }
        for bad in [&state, &foreign, "", PREFIX, "confirm_ö", &format!("{PREFIX}{}", "A".repeat(9999))] {
            assert_eq!(redeem(bad).await, Err(TicketError::NotOurs), "{bad}");
        }
        assert_eq!(redeem(&good).await, Ok(()));
    }

    #[test]
    fn arguments_are_the_same_whatever_the_order_and_different_whatever_the_difference() {
        let one = of(&json!({"a": 1, "b": {"x": [1, 2], "y": null}, "confirm": "c"}));
        assert_eq!(one, of(&json!({"b": {"y": null, "x": [1, 2]}, "a": 1})));
        for other in [
            json!({"a": "1", "b": {"x": [1, 2], "y": null}}),
            json!({"a": 1, "b": {"x": [2, 1], "y": null}}),
            json!({"a": 1, "b": {"x": [1, 2]}, "y": null}),
            json!({"a": 1, "b": {"x": [[1], 2], "y": null}}),
            json!({"a": 1, "b": {"x": [1, 2], "y": false}}),
            json!({"a": 1, "b": {"x": [1, 2], "y": null, "confirm": "c"}}),
        ] {
            assert_ne!(one, of(&other), "{other}");
        }
    }
}
