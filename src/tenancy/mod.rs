//! Which database a call means, and how to reach it: resolution, sessions, focus handles and connections.

pub mod databases;
pub mod focus;
pub mod resolver;
pub mod seal;
pub mod session;

pub use databases::{ConnectError, Databases};
pub use focus::{FocusError, FocusSealer};
pub use resolver::{Inputs, Level, LevelReport, Resolution, ResolveError};
pub use seal::{Sealer, SealingKey, SealingKeyError};
pub use session::{MemorySessions, Principal, SessionError, SessionId, SessionState, Sessions};
