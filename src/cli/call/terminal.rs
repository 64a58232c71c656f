//! Confirmation of a call from the shell: a question on the terminal, or `--yes`. Where there is no terminal nobody is asked,
//! and nothing is done.

use futures::{FutureExt as _, future::BoxFuture};

use super::super::output;
use crate::tools::{Answer, Asker, Decision, Question};

/// The person at the terminal.
#[derive(Debug)]
pub(super) struct Terminal {
    /// Everything is confirmed beforehand.
    pub(super) yes: bool,
}

impl Asker for Terminal {
    fn ask(&self, question: Question) -> BoxFuture<'_, Answer> {
        async move {
            if self.yes {
                return Answer::Decided(Decision::Accepted);
            }
            if !output::input_is_terminal() {
                return Answer::Silent("there is no terminal to ask at; --yes confirms the call".to_owned());
            }
            output::note(&format!("{} [y/N] ", question.message));
            // Reading blocks, so it may not happen on the runtime's own thread.
            let line = tokio::task::spawn_blocking(output::read_line).await.ok().flatten();
            Answer::Decided(decision(line.as_deref().unwrap_or_default()))
        }
        .boxed()
    }
}

/// Only a yes is one.
fn decision(line: &str) -> Decision {
    let answer = line.trim();
    if ["y", "yes"].iter().any(|yes| answer.eq_ignore_ascii_case(yes)) {
        Decision::Accepted
    } else {
        Decision::Declined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        for yes in ["y\n", "Y", " yes \r\n", "YES"] {
            assert_eq!(decision(yes), Decision::Accepted, "{yes:?}");
        }
        for no in ["", "\n", "n\n", "no", "yep", "y y", "j"] {
            assert_eq!(decision(no), Decision::Declined, "{no:?}");
        }
    }
}
