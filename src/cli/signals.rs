//! What the system tells a process: to stop, and to read its configuration again.

/// Asks to stop: SIGTERM, and Ctrl-C. From the first use on they no longer end the process by themselves.
#[derive(Debug)]
pub(crate) struct StopSignals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
    #[cfg(unix)]
    interrupt: Option<tokio::signal::unix::Signal>,
}

/// The exit codes by which shells say that a signal ended a program.
const INTERRUPTED: u8 = 130;
#[cfg(unix)]
const TERMINATED: u8 = 143;

#[cfg(unix)]
fn listen(kind: tokio::signal::unix::SignalKind, name: &str) -> Option<tokio::signal::unix::Signal> {
    let signal = tokio::signal::unix::signal(kind);
    signal.inspect_err(|error| tracing::warn!(%error, signal = name, "a signal cannot be waited for")).ok()
}

/// The next signal; never where it cannot be waited for.
#[cfg(unix)]
async fn next_of(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

impl StopSignals {
    #[cfg(unix)]
    pub(crate) fn new() -> Self {
        use tokio::signal::unix::SignalKind;
        let (terminate, interrupt) = (SignalKind::terminate(), SignalKind::interrupt());
        Self { terminate: listen(terminate, "SIGTERM"), interrupt: listen(interrupt, "SIGINT") }
    }

    #[cfg(not(unix))]
    pub(crate) fn new() -> Self {
        Self {}
    }

    /// Waits for the next one; gives the exit code of a program that it ends.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) -> u8 {
        tokio::select! {
            () = next_of(&mut self.terminate) => TERMINATED,
            () = next_of(&mut self.interrupt) => INTERRUPTED,
        }
    }

    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) -> u8 {
        drop(tokio::signal::ctrl_c().await);
        INTERRUPTED
    }
}

/// Asks to read the configuration again: SIGHUP, where there is such a thing. It no longer ends the process.
#[derive(Debug)]
pub(crate) struct Hangups {
    #[cfg(unix)]
    hangup: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    #[cfg(unix)]
    pub(crate) fn new() -> Self {
        Self { hangup: listen(tokio::signal::unix::SignalKind::hangup(), "SIGHUP") }
    }

    #[cfg(not(unix))]
    pub(crate) fn new() -> Self {
        Self {}
    }

    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        next_of(&mut self.hangup).await;
    }

    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) {
        std::future::pending().await
    }
}
