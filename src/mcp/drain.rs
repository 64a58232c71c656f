//! Waiting for calls at the end of the process: those that may still be answered, and those that were given up and are
//! putting right what they left half done.

use std::time::Duration;

use tokio::time::Instant;

use crate::tools::Services;

/// How often a drain looks whether it is done.
const POLL: Duration = Duration::from_millis(20);

/// Waits until no call is running, or until patience ends.
pub(crate) async fn drained(services: &Services) {
    quiet(services.operation().drain(), || services.calls_in_flight() == 0).await;
}

/// Waits until this is so, or until patience ends. What was done last has a moment more to reach its client.
pub(crate) async fn quiet(patience: Duration, is_quiet: impl Fn() -> bool) {
    let deadline = Instant::now() + patience;
    let mut on_its_way = false;
    while !is_quiet() && Instant::now() < deadline {
        tokio::time::sleep(POLL).await;
        on_its_way = true;
    }
    if on_its_way {
        tokio::time::sleep(POLL).await;
    }
}
