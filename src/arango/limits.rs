//! What one query may take of a server. Every query carries both limits, so that none runs away when nobody waits any more.

use std::{num::NonZeroU64, time::Duration};

/// How long a query may run, and how much memory it may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryLimits {
    /// `maxRuntime`.
    pub runtime: Duration,
    /// `memoryLimit`, in bytes.
    pub memory: u64,
}

impl QueryLimits {
    /// The memory limit where none is configured.
    pub const DEFAULT_MEMORY: u64 = 256 << 20;

    /// Limits with the usual memory.
    pub fn of_runtime(runtime: Duration) -> Self {
        Self { runtime, memory: Self::DEFAULT_MEMORY }
    }

    /// These limits, or lower ones where those are asked for. Nobody asks for more than there is.
    #[must_use]
    pub fn lowered(self, asked: AskedLimits) -> Self {
        Self {
            runtime: asked.runtime.map_or(self.runtime, |runtime| runtime.min(self.runtime)),
            memory: asked.memory.map_or(self.memory, |memory| memory.get().min(self.memory)),
        }
    }
}

/// The limits somebody asks for, where they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AskedLimits {
    /// `maxRuntime`.
    pub runtime: Option<Duration>,
    /// `memoryLimit`, in bytes. Zero would lift the limit.
    pub memory: Option<NonZeroU64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_go_down_and_never_up() {
        let limits = QueryLimits { runtime: Duration::from_secs(10), memory: 1000 };
        let asked = |seconds, memory| AskedLimits {
            runtime: Some(Duration::from_secs(seconds)),
            memory: NonZeroU64::new(memory),
        };
        assert_eq!(limits.lowered(AskedLimits::default()), limits);
        assert_eq!(limits.lowered(asked(5, 500)), QueryLimits { runtime: Duration::from_secs(5), memory: 500 });
        assert_eq!(limits.lowered(asked(50, 5000)), limits);
    }
}
