//! Tests of users and their rights.

use super::*;
use crate::clock::{ManualClock, SequenceRandom};

fn store() -> Store {
    let store = Store::in_memory(ManualClock::at(1_770_000_000_000), SequenceRandom::from_seed(3));
    ensure_root(&store, "top").unwrap();
    store
}

fn with_password(password: &str) -> Profile<'_> {
    Profile { password: Some(password), ..Profile::default() }
}

#[test]
fn root_exists_once_and_may_do_everything() {
    let store = store();
    ensure_root(&store, "other").unwrap();
    assert!(verify(&store, ROOT, "top") && !verify(&store, ROOT, "other"));
    assert_eq!(database_level(&store, ROOT, "any"), Level::ReadWrite);
    assert_eq!(collection_level(&store, ROOT, "any", "things"), Level::ReadWrite);
    assert_eq!(remove(&store, ROOT).unwrap_err().num.0, 11);
}

#[test]
fn a_password_is_never_stored_as_it_is() {
    let store = store();
    create(&store, "ada", &with_password("secret")).unwrap();
    create(&store, "bob", &with_password("secret")).unwrap();
    let hash = |name: &str| find(&store, name).unwrap().get("authData").get("simple").get("hash").clone();
    assert_ne!(hash("ada").as_str(), hash("bob").as_str(), "the salt differs");
    assert!(!format!("{:?}", find(&store, "ada").unwrap()).contains("secret"));
    assert!(verify(&store, "ada", "secret"));
    assert!(!verify(&store, "ada", "Secret") && !verify(&store, "ada", "") && !verify(&store, "nobody", ""));
}

#[test]
fn users_are_made_changed_listed_and_removed() {
    let store = store();
    assert_eq!(create(&store, "", &Profile::default()).unwrap_err().num.0, 1700);
    let extra = Value::object(Object::from_iter([(Str::from("a"), Value::Int(1))]));
    create(&store, "ada", &Profile { extra: Some(extra), ..with_password("x") }).unwrap();
    assert_eq!(create(&store, "ada", &Profile::default()).unwrap_err().num.0, 1702);
    let changed = update(&store, "ada", &Profile { active: Some(false), ..Profile::default() }).unwrap();
    assert!(matches!(changed.get("active"), Some(Value::Bool(false))));
    assert!(changed.get("extra").unwrap().get("a").as_f64().is_some(), "extra stays");
    assert!(!verify(&store, "ada", "x") && !is_active(&store, "ada"));
    let replaced = replace(&store, "ada", &Profile::default()).unwrap();
    assert!(replaced.get("extra").unwrap().as_object().unwrap().is_empty());
    assert!(verify(&store, "ada", ""));
    assert_eq!(list(&store).len(), 2);
    remove(&store, "ada").unwrap();
    for missing in
        [remove(&store, "ada").err(), get(&store, "ada").err(), update(&store, "ada", &Profile::default()).err()]
    {
        assert_eq!(missing.unwrap().num.0, 1703);
    }
}

#[test]
fn the_most_specific_grant_decides() {
    let store = store();
    create(&store, "ada", &Profile::default()).unwrap();
    let set = |database, collection, level| grant(&store, "ada", database, collection, level).unwrap();
    assert_eq!(database_level(&store, "ada", "shop"), Level::None);
    set(ANY, None, Some(Level::ReadOnly));
    assert_eq!(database_level(&store, "ada", "shop"), Level::ReadOnly);
    assert_eq!(collection_level(&store, "ada", "shop", "goods"), Level::ReadOnly);
    set("shop", None, Some(Level::ReadWrite));
    set("shop", Some("secret"), Some(Level::None));
    set("shop", Some(ANY), Some(Level::ReadOnly));
    let levels = ["goods", "secret", "_graphs", "_users"].map(|name| collection_level(&store, "ada", "shop", name));
    assert_eq!(levels, [Level::ReadOnly, Level::None, Level::ReadWrite, Level::None]);
    set("shop", Some(ANY), None);
    assert_eq!(collection_level(&store, "ada", "shop", "goods"), Level::ReadWrite);
    set("shop", None, None);
    assert_eq!(granted(&store, "ada", "shop", None), None);
    assert_eq!(granted(&store, "ada", "shop", Some("secret")), Some(Level::None));
    set("shop", None, Some(Level::None));
    assert_eq!(collection_level(&store, "ada", "shop", "goods"), Level::None);
    assert_eq!(grant(&store, "bob", ANY, None, None).unwrap_err().num.0, 1703);
    assert!(Level::parse("admin").is_err());
    assert_eq!(Level::parse(Level::ReadOnly.name()).unwrap(), Level::ReadOnly);
}

#[test]
fn replacing_a_user_keeps_the_grants() {
    let store = store();
    create(&store, "ada", &Profile::default()).unwrap();
    grant(&store, "ada", "shop", None, Some(Level::ReadOnly)).unwrap();
    replace(&store, "ada", &with_password("new")).unwrap();
    assert_eq!(database_level(&store, "ada", "shop"), Level::ReadOnly);
}
