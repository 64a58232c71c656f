//! Confirmation of a call from the shell: a question on the terminal, or `--yes`. Where there is no terminal nobody is asked,
//! and nothing is done.

use futures::{FutureExt as _, future::BoxFuture};

use super::super::{confirm, output};
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
            let yes = line.as_deref().is_some_and(confirm::is_yes);
            Answer::Decided(if yes { Decision::Accepted } else { Decision::Declined })
        }
        .boxed()
    }
}
