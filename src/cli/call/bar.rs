//! How far a call is, shown on the terminal of a person who waits for it, and gone when it has ended.

use std::{pin::pin, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;

use super::super::table;
use crate::progress::{Progress, Report};

/// With what there is to do known, and before it is known. In ASCII and without colours, as every terminal shows them.
const MEASURED: &str = "[{bar:30}] {human_pos} of {human_len} ({percent}%), {eta} left  {wide_msg}";
const OPEN: &str = "{spinner} {human_pos}  {wide_msg}";

/// The least time between two looks at a call.
const PAUSE: Duration = Duration::from_millis(100);

/// A bar on standard error, where that is a terminal.
#[derive(Debug)]
pub(super) struct Bar {
    bar: ProgressBar,
    reports: watch::Receiver<Report>,
}

impl Bar {
    /// A bar, and where the call tells how far it is. Without a terminal there is none, and nobody need tell anything.
    pub(super) fn on_terminal() -> (Option<Self>, Progress) {
        let bar = ProgressBar::no_length();
        if bar.is_hidden() {
            return (None, Progress::default());
        }
        let (progress, reports) = Progress::channel();
        (Some(Self { bar, reports }), progress)
    }

    fn draw(&mut self) {
        let report = self.reports.borrow_and_update().clone();
        if report.done == 0 {
            // Nobody can say yet how long it takes.
            return;
        }
        let template = if report.total.is_some() { MEASURED } else { OPEN };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.progress_chars("=> ").tick_chars("-\\|/ "));
        }
        if let Some(total) = report.total {
            self.bar.set_length(total);
        }
        self.bar.set_message(table::visible(report.message.as_deref().unwrap_or_default()));
        self.bar.set_position(report.done);
    }
}

/// Runs a call, and shows meanwhile how far it is. Nothing is left of that when the call has ended.
pub(super) async fn showing<T>(bar: Option<Bar>, work: impl Future<Output = T>) -> T {
    let Some(mut shown) = bar else { return work.await };
    let mut work = pin!(work);
    let result = loop {
        tokio::select! {
            biased;
            result = &mut work => break result,
            Ok(()) = shown.reports.changed() => shown.draw(),
        }
        tokio::select! {
            biased;
            result = &mut work => break result,
            () = tokio::time::sleep(PAUSE) => {}
        }
    };
    shown.bar.finish_and_clear();
    result
}
