//! Redis as a store of sessions: what is written into it, how long it stays, and what happens while it is away.

use std::time::{Duration, Instant};

use mcp_arangodb_async::{
    config::{DatabaseKey, SessionSettings},
    observability::{SafeUrl, Secret},
    tenancy::{Principal, RedisSessions, SessionError, SessionId, SessionState, Sessions},
};

use super::redis::Redis;
use crate::support::PATIENCE;

fn focus(state: &mut SessionState) {
    state.focused = Some(DatabaseKey::parse("shop").unwrap());
}

#[tokio::test]
async fn a_session_stays_for_its_idle_time_and_only_its_owner_prolongs_that() {
    let Some(redis) = Redis::start() else { return };
    let sessions = redis.sessions(&SessionSettings { idle: Duration::from_hours(1), ..SessionSettings::default() });
    let (id, me) = (SessionId::new("0123456789abcdef"), Principal::new("ann@example.com"));
    sessions.update(&id, &me, &focus).await.unwrap();
    let keys: Vec<String> = redis.ask(&["KEYS", "*"]).await;
    let [key] = keys.as_slice() else { panic!("{keys:?}") };
    assert!(key.starts_with("mcp-arangodb-async:session:"), "{key}");
    let left = async || redis.ask::<u64>(&["PTTL", key]).await;
    assert!((3_500_000..=3_600_000).contains(&left().await));
    redis.ask::<bool>(&["PEXPIRE", key, "60000"]).await;
    assert_eq!(sessions.get(&id, &Principal::new("you")).await, Err(SessionError::OtherPrincipal));
    assert!(left().await <= 60_000, "a stranger keeps a session alive");
    sessions.get(&id, &me).await.unwrap();
    assert!(left().await > 3_500_000);
    redis.ask::<bool>(&["PEXPIRE", key, "60000"]).await;
    sessions.update(&id, &me, &|_| {}).await.unwrap();
    assert!(left().await > 3_500_000);
    sessions.spend(&[7; 16], Duration::from_mins(10)).await.unwrap();
    let spent: Vec<String> = redis.ask(&["KEYS", "mcp-arangodb-async:spent:*"]).await;
    assert!(redis.ask::<i64>(&["PTTL", &spent[0]]).await > 500_000);
}

#[tokio::test]
async fn whoever_reads_the_store_can_take_no_session_over() {
    let Some(redis) = Redis::start() else { return };
    let sessions = redis.sessions(&SessionSettings::default());
    let (id, me) = (SessionId::new("0123456789abcdef"), Principal::new("ann@example.com"));
    sessions.update(&id, &me, &focus).await.unwrap();
    let keys: Vec<String> = redis.ask(&["KEYS", "*"]).await;
    let fields: Vec<String> = redis.ask(&["HGETALL", &keys[0]]).await;
    let all = format!("{keys:?} {fields:?}");
    assert!(all.contains("shop") && !all.contains("01234567") && !all.contains("ann@"), "{all}");
}

#[tokio::test]
async fn a_store_that_was_away_is_used_again_and_has_lost_nothing() {
    let Some(mut redis) = Redis::start() else { return };
    let sessions = redis.sessions(&SessionSettings::default());
    let (id, me) = (SessionId::new("a"), Principal::anonymous());
    let changed = sessions.update(&id, &me, &focus).await.unwrap();
    redis.kill();
    assert!(matches!(sessions.get(&id, &me).await, Err(SessionError::Unavailable(_))));
    assert!(matches!(sessions.update(&id, &me, &focus).await, Err(SessionError::Unavailable(_))));
    assert!(matches!(sessions.remove(&id).await, Err(SessionError::Unavailable(_))));
    // A token that cannot be looked up is not taken.
    assert!(matches!(sessions.spend(&[1; 16], Duration::from_mins(1)).await, Err(SessionError::Unavailable(_))));
    redis.start_again();
    assert_eq!(sessions.get(&id, &me).await, Ok(Some(changed.after.clone())));
    // The connection broke while nobody used it: nobody notices.
    redis.kill();
    redis.start_again();
    assert_eq!(sessions.get(&id, &me).await, Ok(Some(changed.after)));
}

#[tokio::test]
async fn a_store_that_falls_silent_is_not_waited_for() {
    let Some(redis) = Redis::start() else { return };
    let sessions = redis.sessions(&SessionSettings::default());
    let (id, me) = (SessionId::new("a"), Principal::anonymous());
    sessions.update(&id, &me, &focus).await.unwrap();
    redis.signal("STOP");
    let silent = Err(SessionError::Unavailable("no answer within two seconds".to_owned()));
    assert_eq!(sessions.get(&id, &me).await, silent);
    redis.signal("CONT");
    let begun = Instant::now();
    while sessions.get(&id, &me).await.is_err() {
        assert!(begun.elapsed() < PATIENCE, "the store is not used again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_password_comes_from_the_address_or_from_the_settings_and_is_never_shown() {
    let Some(redis) = Redis::start_with(&["--requirepass", "hunter2"]) else { return };
    let (id, me) = (SessionId::new("a"), Principal::anonymous());
    let with = |password: &str| {
        redis.sessions(&SessionSettings { store_password: Secret::new(password), ..SessionSettings::default() })
    };
    assert_eq!(with("hunter2").get(&id, &me).await, Ok(None));
    for wrong in ["", "hunter3"] {
        let sessions = with(wrong);
        let Err(SessionError::Unavailable(why)) = sessions.get(&id, &me).await else { panic!("let in with {wrong:?}") };
        assert!(!why.contains("hunter"), "{why}");
        assert!(!format!("{sessions:?}").contains("hunter"));
    }
    let address = SafeUrl::parse("redis://app:hunter2@cache:6379/0").unwrap();
    let sessions = RedisSessions::new(&address, &SessionSettings::default()).unwrap();
    assert!(!format!("{sessions:?}").contains("hunter"), "{sessions:?}");
}

#[tokio::test]
async fn what_is_not_a_state_is_no_session_and_is_not_overwritten() {
    let Some(redis) = Redis::start() else { return };
    let sessions = redis.sessions(&SessionSettings::default());
    let (id, me) = (SessionId::new("a"), Principal::anonymous());
    sessions.update(&id, &me, &focus).await.unwrap();
    let keys: Vec<String> = redis.ask(&["KEYS", "*"]).await;
    redis.ask::<i64>(&["HSET", &keys[0], "state", "{"]).await;
    assert!(matches!(sessions.get(&id, &me).await, Err(SessionError::Unavailable(_))));
    assert!(matches!(sessions.update(&id, &me, &focus).await, Err(SessionError::Unavailable(_))));
    assert_eq!(redis.ask::<String>(&["HGET", &keys[0], "state"]).await, "{");
}
