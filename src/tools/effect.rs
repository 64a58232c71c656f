//! What a tool does to the world, said once. The four hints of MCP and the read-only filter follow from it.

/// What calling a tool does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Looks, and changes nothing.
    Read,
    /// Changes only what the caller's own session remembers; no database is touched.
    Session,
    /// Reads a database and writes new files into the backup directory.
    Export,
    /// Adds something new with every call.
    Add,
    /// Makes sure that something exists; a second call changes nothing.
    Ensure,
    /// Overwrites what is there; a second call with the same arguments changes nothing more.
    Overwrite,
    /// Takes something away.
    Delete,
    /// Whatever the caller's own text says, e.g. a query.
    Arbitrary,
}

/// The four behaviour hints of the Model Context Protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the protocol has four independent hints")]
pub struct Hints {
    /// Nothing is changed.
    pub read_only: bool,
    /// What exists may be changed or lost.
    pub destructive: bool,
    /// Calling twice is the same as calling once.
    pub idempotent: bool,
    /// Entities outside a closed world are reached. A configured database is a closed world.
    pub open_world: bool,
}

impl Effect {
    /// The hints shown to clients.
    pub const fn hints(self) -> Hints {
        let (read_only, destructive, idempotent) = match self {
            Self::Read => (true, false, true),
            Self::Session | Self::Ensure => (false, false, true),
            Self::Add | Self::Export => (false, false, false),
            Self::Overwrite | Self::Delete => (false, true, true),
            Self::Arbitrary => (false, true, false),
        };
        Hints { read_only, destructive, idempotent, open_world: false }
    }

    /// Whether a call always changes a database, so that read-only databases refuse the tool as such.
    pub const fn always_writes(self) -> bool {
        match self {
            Self::Read | Self::Session | Self::Export | Self::Arbitrary => false,
            Self::Add | Self::Ensure | Self::Overwrite | Self::Delete => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reading_is_called_read_only_and_only_loss_is_called_destructive() {
        assert!(Effect::Read.hints().read_only);
        assert!(!Effect::Session.hints().read_only);
        assert!(!Effect::Add.hints().destructive);
        assert!(Effect::Arbitrary.hints().destructive && !Effect::Arbitrary.hints().idempotent);
    }
}
