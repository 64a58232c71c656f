//! How far a long piece of work is, and whether anybody still waits for it. Telling never waits and never fails: only the
//! latest state is kept, and whoever shows it takes it as often as its reader can follow.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The state of a piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// How much is done; never less than before.
    pub done: u64,
    /// How much there is, once that is known.
    pub total: Option<u64>,
    /// What is being done.
    pub message: Option<String>,
}

/// Where work tells how far it is. Without a listener, telling does nothing.
#[derive(Debug, Clone, Default)]
pub struct Progress(Option<watch::Sender<Report>>);

impl Progress {
    /// Progress, and where to read it.
    pub fn channel() -> (Self, watch::Receiver<Report>) {
        let (sender, receiver) = watch::channel(Report::default());
        (Self(Some(sender)), receiver)
    }

    /// Whether anybody listens, so that finding out how much there is to do is worth the while.
    pub fn is_watched(&self) -> bool {
        self.0.is_some()
    }

    /// There is this much to do.
    pub fn expect(&self, total: u64) {
        self.change(|report| report.total = Some(total));
    }

    /// That much more is done, of this.
    pub fn advance(&self, by: u64, of: &str) {
        self.change(|report| {
            report.done = report.done.saturating_add(by);
            // What grew while it was being read must not look like more than everything.
            report.total = report.total.map(|total| total.max(report.done));
            report.message = Some(of.to_owned());
        });
    }

    fn change(&self, change: impl FnOnce(&mut Report)) {
        if let Some(sender) = &self.0 {
            sender.send_modify(change);
        }
    }
}

/// What those who wait for a long piece of work hand to it.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// Where to tell how far it is.
    pub progress: Progress,
    /// Cancelled when nobody waits any more: the work should stop and put right what it left half done.
    pub cancelled: CancellationToken,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_state_is_kept_and_it_never_goes_back() {
        let (progress, mut reports) = Progress::channel();
        progress.expect(3);
        progress.advance(2, "a");
        progress.advance(2, "b");
        assert!(reports.has_changed().unwrap());
        let expected = Report { done: 4, total: Some(4), message: Some("b".to_owned()) };
        assert_eq!(*reports.borrow_and_update(), expected);
    }

    #[test]
    fn telling_nobody_does_nothing() {
        let progress = Progress::default();
        progress.expect(1);
        progress.advance(1, "a");
        assert!(!progress.is_watched());
        let (progress, reports) = Progress::channel();
        drop(reports);
        progress.advance(1, "a");
    }
}
