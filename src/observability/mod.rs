//! What operators see of the program, and the types that keep secrets out of it.

pub mod logging;
pub mod secret;
pub mod url;

pub use secret::Secret;
pub use url::SafeUrl;
