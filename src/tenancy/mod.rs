//! Which database a call means, and how to reach it: resolution, sessions, focus handles and connections.

pub mod databases;
pub mod focus;
pub mod quota;
mod recent;
pub mod resolver;
pub mod seal;
pub mod session;
pub mod usage;
pub mod workflow;

pub use databases::{ConnectError, Databases, Probe};
pub use focus::{FocusError, FocusSealer};
pub use quota::{Allowance, Exceeded, Quotas, Slot};
pub use resolver::{Inputs, Level, LevelReport, Resolution, ResolveError};
pub use seal::{Sealer, SealingKey, SealingKeyError};
pub use session::{Changed, MemorySessions, Principal, RedisSessions, SessionError, SessionId, SessionState, Sessions};
pub use usage::{ToolUse, UsageLog};
pub use workflow::{Shown, Stage, Workflow, WorkflowState};
