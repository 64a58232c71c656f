//! From the progress of a call to `notifications/progress`, for a request that asked for them with a token. Sent as often as
//! the client takes them and not more often than is of use; a client that does not read holds up nothing but these.

use std::{pin::pin, time::Duration};

use rmcp::{
    Peer, RoleServer,
    model::{ProgressNotificationParam, ProgressToken},
};
use tokio::sync::watch;

use crate::progress::Report;

/// The least time between two notifications of one call.
const PAUSE: Duration = Duration::from_millis(250);

/// How long the last notification may hold up the answer.
const LAST: Duration = Duration::from_millis(100);

/// What a client that asked to be told of a call's progress is told from.
#[derive(Debug)]
pub(crate) struct Listener {
    /// The client.
    pub(crate) peer: Peer<RoleServer>,
    /// By which the client knows the call.
    pub(crate) token: ProgressToken,
    /// How far the call is.
    pub(crate) reports: watch::Receiver<Report>,
}

/// Runs a call, and tells the client meanwhile how far it is. Nothing is told after the call has ended.
pub(crate) async fn telling<T>(listener: Option<Listener>, work: impl Future<Output = T>) -> T {
    let Some(Listener { peer, token, mut reports }) = listener else { return work.await };
    let mut work = pin!(work);
    let mut told = 0;
    let result = loop {
        tokio::select! {
            biased;
            result = &mut work => break result,
            Ok(()) = reports.changed() => {}
        }
        let report = reports.borrow_and_update().clone();
        let mut notice = pin!(tell(&peer, &token, &report, &mut told));
        tokio::select! {
            biased;
            () = &mut notice => {}
            result = &mut work => {
                // Begun before the answer, it must not come after the answer.
                drop(tokio::time::timeout(LAST, notice).await);
                break result;
            }
        }
        tokio::select! {
            biased;
            result = &mut work => break result,
            () = tokio::time::sleep(PAUSE) => {}
        }
    };
    // How far it came in the end, unless that was told already.
    let last = reports.borrow().clone();
    drop(tokio::time::timeout(LAST, tell(&peer, &token, &last, &mut told)).await);
    result
}

/// Progress has to grow from one notification to the next.
async fn tell(peer: &Peer<RoleServer>, token: &ProgressToken, report: &Report, told: &mut u64) {
    if report.done <= *told {
        return;
    }
    *told = report.done;
    let mut notice = ProgressNotificationParam::new(token.clone(), as_number(report.done));
    notice.total = report.total.map(as_number);
    notice.message.clone_from(&report.message);
    if let Err(error) = peer.notify_progress(notice).await {
        tracing::debug!(%error, "progress could not be told");
    }
}

#[expect(clippy::cast_precision_loss, reason = "the protocol counts in floating point")]
fn as_number(count: u64) -> f64 {
    count as f64
}
