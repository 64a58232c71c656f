//! The handle of the rows that follow: which result, by a number nobody can guess, and which page of it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::clock::Random;

/// What every handle begins with, so that people and models recognise one.
const PREFIX: &str = "rows_";

/// Which result.
pub(super) type Id = [u8; 16];

/// One page of a result that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handle {
    pub(super) id: Id,
    pub(super) page: u32,
}

impl Handle {
    /// The second page of a new result: the first has been shown.
    pub(super) fn second(random: &dyn Random) -> Self {
        let mut id = Id::default();
        random.fill(&mut id);
        Self { id, page: 2 }
    }

    /// Reads a handle.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (id, page) = text.trim().strip_prefix(PREFIX)?.split_once('.')?;
        let id = URL_SAFE_NO_PAD.decode(id.get(..32.min(id.len()))?).ok()?;
        Some(Self { id: id.try_into().ok()?, page: page.parse().ok()? })
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}.{}", URL_SAFE_NO_PAD.encode(self.id), self.page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SequenceRandom;

    #[test]
    fn a_handle_reads_back_and_nothing_else_does() {
        let handle = Handle::second(&*SequenceRandom::from_seed(7));
        let text = handle.to_string();
        assert_eq!(Handle::parse(&text), Some(handle));
        assert_eq!(Handle::parse(&format!(" {text}\n")), Some(handle));
        let spoilt =
            [text.replace('.', "x"), text.replace("rows_", "focus_"), format!("{text}x"), text.replace(".2", ".")];
        for bad in spoilt.iter().map(String::as_str).chain(["", "rows_", "rows_.", "rows_AAAA.2", "rows_é.2"]) {
            assert_eq!(Handle::parse(bad), None, "{bad}");
        }
    }
}
