//! What operators see of the program, and the types that keep secrets out of it.

pub mod audit;
pub mod calls;
pub mod logging;
pub mod metrics;
pub mod operation;
pub mod otlp;
pub mod recent;
pub mod secret;
pub mod url;

pub use operation::Operation;
pub use secret::Secret;
pub use url::SafeUrl;
