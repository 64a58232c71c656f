//! How the databases are: asked at most every five seconds, however many want to know, and without keeping anybody waiting for
//! one that does not answer.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use tokio::{sync::watch, time::Instant};

use crate::{config::DatabaseKey, tools::Services};

/// How long an answer counts.
const FRESH: Duration = Duration::from_secs(5);
/// How long a database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a database said last: its version, or why there is none.
pub(super) type Said = Result<String, String>;

#[derive(Debug, Clone, Default)]
struct Known {
    at: Option<Instant>,
    said: HashMap<DatabaseKey, Said>,
}

/// The answers of late.
#[derive(Debug)]
pub(super) struct Probes {
    services: Arc<Services>,
    known: Arc<watch::Sender<Known>>,
    asking: Arc<AtomicBool>,
}

impl Probes {
    pub(super) fn new(services: Arc<Services>) -> Self {
        Self { services, known: Arc::new(watch::Sender::new(Known::default())), asking: Arc::default() }
    }

    /// What each configured database said, in the order of the configuration.
    pub(super) async fn said(&self) -> Vec<(DatabaseKey, Said)> {
        let config = self.services.config();
        let mut known = self.known.subscribe();
        let usable = {
            let known = known.borrow_and_update();
            known.at.is_some_and(|at| at.elapsed() < FRESH)
                && config.databases().keys().all(|key| known.said.contains_key(key))
        };
        if !usable {
            self.ask();
            // The asking has a bound of its own; after it the answers are there, or those of before still stand.
            drop(tokio::time::timeout(PATIENCE * 2, known.changed()).await);
        }
        let known = known.borrow();
        let said = |key: &DatabaseKey| known.said.get(key).cloned().unwrap_or_else(|| Err("not known yet".to_owned()));
        config.databases().keys().map(|key| (key.clone(), said(key))).collect()
    }

    /// Asks all databases, unless somebody is just doing that.
    fn ask(&self) {
        if self.asking.swap(true, Ordering::AcqRel) {
            return;
        }
        let (databases, sender, asking) =
            (self.services.databases(), Arc::clone(&self.known), Arc::clone(&self.asking));
        tokio::spawn(async move {
            let keys = databases.config().databases().keys();
            let asked = keys.map(|key| async {
                let late = || Err(format!("no answer within {} seconds", PATIENCE.as_secs()));
                let said = tokio::time::timeout(PATIENCE, databases.probe(key)).await;
                (key.clone(), said.map_or_else(|_| late(), |probe| probe.version))
            });
            let said = join_all(asked).await.into_iter().collect();
            asking.store(false, Ordering::Release);
            sender.send_replace(Known { at: Some(Instant::now()), said });
        });
    }
}
