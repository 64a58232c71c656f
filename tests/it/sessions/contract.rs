//! What every store of sessions keeps to, asked of each in the same way.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use mcp_arangodb_async::{
    clock::ManualClock,
    config::{DatabaseKey, SessionSettings},
    tenancy::{MemorySessions, Principal, SessionError, SessionId, SessionState, Sessions, Workflow},
};

use super::redis::Redis;

#[tokio::test]
async fn sessions_in_memory_keep_the_contract() {
    keep_the_contract(Arc::new(MemorySessions::new(ManualClock::at(0)))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_in_redis_keep_the_contract() {
    let Some(redis) = Redis::start() else { return };
    keep_the_contract(Arc::new(redis.sessions(&SessionSettings::default()))).await;
}

async fn keep_the_contract(sessions: Arc<dyn Sessions>) {
    a_session_is_unknown_until_it_is_changed(&*sessions).await;
    changes_of_different_things_do_not_undo_each_other(&*sessions).await;
    a_session_is_for_whoever_opened_it(&*sessions).await;
    nothing_is_lost_when_many_change_a_session_at_once(Arc::clone(&sessions)).await;
    names_are_taken_as_they_are(&*sessions).await;
    a_token_is_good_once(Arc::clone(&sessions)).await;
}

fn me() -> Principal {
    Principal::new("me")
}

fn focus_on(name: &str) -> impl Fn(&mut SessionState) + Send + Sync + use<> {
    let key = DatabaseKey::parse(name).unwrap();
    move |state| state.focused = Some(key.clone())
}

fn focus_of(state: &SessionState) -> Option<&str> {
    state.focused.as_ref().map(DatabaseKey::as_str)
}

async fn a_session_is_unknown_until_it_is_changed(sessions: &dyn Sessions) {
    let id = SessionId::new("new");
    assert_eq!(sessions.get(&id, &me()).await, Ok(None));
    // A change that changes nothing opens it all the same.
    let opened = sessions.update(&id, &me(), &|_| {}).await.unwrap();
    assert_eq!((&opened.before, &opened.after), (&SessionState::default(), &SessionState::default()));
    assert_eq!(sessions.get(&id, &me()).await, Ok(Some(SessionState::default())));
    sessions.remove(&id).await.unwrap();
    sessions.remove(&id).await.unwrap();
    assert_eq!(sessions.get(&id, &me()).await, Ok(None));
}

async fn changes_of_different_things_do_not_undo_each_other(sessions: &dyn Sessions) {
    let id = SessionId::new("both");
    sessions.update(&id, &me(), &focus_on("x")).await.unwrap();
    let changed = sessions.update(&id, &me(), &|state| state.workflow.switch(Workflow::Full)).await.unwrap();
    assert_eq!((focus_of(&changed.before), focus_of(&changed.after)), (Some("x"), Some("x")));
    assert_ne!(changed.before.workflow, changed.after.workflow);
    let opening = |state: &mut SessionState| state.opening = Some(Arc::from(r#"{"a": "\" \u0000 ü"}"#));
    let last = sessions.update(&id, &me(), &opening).await.unwrap();
    assert_eq!(sessions.get(&id, &me()).await, Ok(Some(last.after)));
}

async fn a_session_is_for_whoever_opened_it(sessions: &dyn Sessions) {
    let (id, you) = (SessionId::new("mine"), Principal::new("you"));
    sessions.update(&id, &me(), &focus_on("mine")).await.unwrap();
    assert_eq!(sessions.get(&id, &you).await, Err(SessionError::OtherPrincipal));
    assert_eq!(sessions.update(&id, &you, &focus_on("yours")).await, Err(SessionError::OtherPrincipal));
    let state = sessions.get(&id, &me()).await.unwrap().unwrap();
    assert_eq!(focus_of(&state), Some("mine"));
}

async fn nothing_is_lost_when_many_change_a_session_at_once(sessions: Arc<dyn Sessions>) {
    const WRITERS: usize = 20;
    const CHANGES: usize = 5;
    let writer = |writer: usize| {
        let sessions = Arc::clone(&sessions);
        tokio::spawn(async move {
            for change in 0..CHANGES {
                let name = format!("{writer}-{change}");
                let note = |state: &mut SessionState| {
                    state.workflow.unloaded.insert(name.clone());
                };
                sessions.update(&SessionId::new("busy"), &me(), &note).await.unwrap();
            }
        })
    };
    for done in join_all((0..WRITERS).map(writer)).await {
        done.unwrap();
    }
    let state = sessions.get(&SessionId::new("busy"), &me()).await.unwrap().unwrap();
    assert_eq!(state.workflow.unloaded.len(), WRITERS * CHANGES);
}

async fn names_are_taken_as_they_are(sessions: &dyn Sessions) {
    let long = "x".repeat(10_000);
    let names = ["", " ", "a b", "a\r\nDEL x", "ü", "*", "new:", &long];
    for (at, name) in names.iter().enumerate() {
        sessions.update(&SessionId::new(name), &Principal::new(*name), &focus_on(&format!("k{at}"))).await.unwrap();
    }
    for (at, name) in names.iter().enumerate() {
        let state = sessions.get(&SessionId::new(name), &Principal::new(*name)).await.unwrap().unwrap();
        assert_eq!(focus_of(&state), Some(format!("k{at}").as_str()));
    }
}

async fn a_token_is_good_once(sessions: Arc<dyn Sessions>) {
    let spend = |token: u8| {
        let sessions = Arc::clone(&sessions);
        tokio::spawn(async move { sessions.spend(&[token; 16], Duration::from_mins(1)).await.unwrap() })
    };
    let spent = join_all((0..20).map(|_| spend(1))).await;
    assert_eq!(spent.into_iter().filter(|first| *first.as_ref().unwrap()).count(), 1);
    assert!(spend(2).await.unwrap());
    assert!(!spend(1).await.unwrap());
}
