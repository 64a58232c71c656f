//! Telling clients that what is listed may be different now, which only another configuration can bring about for all of
//! them. Sessions of the older protocols are told as they are; others ask for it with `subscriptions/listen`.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use futures::{StreamExt as _, stream};
use parking_lot::Mutex;
use rmcp::{Peer, RoleServer, service::SubscriptionContext};
use tokio::{sync::watch, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a client may take to accept a notification before it is dropped.
pub(crate) const NOTICE: Duration = Duration::from_secs(10);

/// How many clients are told at once.
const AT_ONCE: usize = 64;

/// How long subscriptions may take to end.
const FAREWELL: Duration = Duration::from_millis(500);

/// How long it takes at most until what was said last has left.
const LAST_WORDS: Duration = Duration::from_millis(50);

/// All who want to be told.
#[derive(Debug)]
pub(crate) struct Changes {
    reloads: watch::Receiver<u64>,
    sessions: Mutex<Sessions>,
    subscriptions: TaskTracker,
    ending: CancellationToken,
}

/// The clients of the older protocols.
#[derive(Debug, Default)]
struct Sessions {
    peers: Vec<Peer<RoleServer>>,
    /// From which number on those that have gone are looked for.
    crowded: usize,
    are_told: bool,
}

impl Changes {
    /// Nobody listens yet.
    pub(crate) fn new(reloads: watch::Receiver<u64>) -> Arc<Self> {
        let (subscriptions, ending) = (TaskTracker::new(), CancellationToken::new());
        Arc::new(Self { reloads, sessions: Mutex::default(), subscriptions, ending })
    }

    /// A session has begun.
    pub(crate) fn join(self: &Arc<Self>, peer: Peer<RoleServer>) {
        let mut sessions = self.sessions.lock();
        if sessions.peers.len() >= sessions.crowded {
            sessions.peers.retain(|peer| !peer.is_transport_closed());
            sessions.crowded = 2 * sessions.peers.len() + 8;
        }
        sessions.peers.push(peer);
        if !sessions.are_told {
            sessions.are_told = true;
            tokio::spawn(tell_sessions(Arc::downgrade(self), self.unseen()));
        }
    }

    /// Tells a subscription of changes until its client or the server ends it.
    pub(crate) async fn tell(&self, subscription: SubscriptionContext) {
        let _counted = self.subscriptions.token();
        let mut reloads = self.unseen();
        loop {
            tokio::select! {
                () = self.ending.cancelled() => return,
                () = subscription.cancelled() => return,
                changed = reloads.changed() => if changed.is_err() { return },
            }
            let sink = subscription.sink();
            // The sink leaves out what was not asked for.
            let told = async {
                sink.notify_tool_list_changed().await?;
                sink.notify_resource_list_changed().await
            };
            if let Ok(Err(error)) = timeout(NOTICE, told).await {
                tracing::debug!(%error, "a subscription was not told");
            }
        }
    }

    fn unseen(&self) -> watch::Receiver<u64> {
        let mut reloads = self.reloads.clone();
        reloads.mark_unchanged();
        reloads
    }

    /// Ends all subscriptions, and waits until their clients have been told.
    pub(crate) async fn end(&self) {
        self.ending.cancel();
        if self.subscriptions.is_empty() {
            return;
        }
        self.subscriptions.close();
        drop(timeout(FAREWELL, self.subscriptions.wait()).await);
        tokio::time::sleep(LAST_WORDS).await;
    }
}

async fn tell_sessions(changes: Weak<Changes>, mut reloads: watch::Receiver<u64>) {
    while reloads.changed().await.is_ok() {
        let Some(changes) = changes.upgrade() else { return };
        let peers = changes.sessions.lock().peers.clone();
        let present = peers.into_iter().filter(|peer| !peer.is_transport_closed());
        stream::iter(present).for_each_concurrent(AT_ONCE, told).await;
    }
}

async fn told(peer: Peer<RoleServer>) {
    let notices = async {
        peer.notify_tool_list_changed().await?;
        peer.notify_resource_list_changed().await
    };
    if let Ok(Err(error)) = timeout(NOTICE, notices).await {
        tracing::debug!(%error, "a session was not told of a change");
    }
}

#[cfg(test)]
mod tests;
