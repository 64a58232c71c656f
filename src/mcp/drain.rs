//! Waiting for calls at the end of the process: those that may still be answered, and those that were given up and are
//! putting right what they left half done.

use std::time::Duration;

use tokio::time::Instant;

use crate::tools::Services;

/// How often a drain looks whether it is done.
const POLL: Duration = Duration::from_millis(20);

/// Waits until no call is running, or until patience ends.
pub(crate) async fn drained(services: &Services) {
    let deadline = Instant::now() + services.operation().drain();
    while services.calls_in_flight() > 0 && Instant::now() < deadline {
        tokio::time::sleep(POLL).await;
    }
}
