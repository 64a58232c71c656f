//! Drives the real program from outside, as clients and shells do. One binary, so that it links once. Hermetic: no
//! network beyond loopback, a cleared environment, a home directory of its own, the embedded engine as the database.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    reason = "a test that cannot go on should stop, and json!(…) reads best without a borrow"
)]

mod access;
mod admin_command;
mod bad_input;
mod client_config_command;
mod command_line;
mod completions;
mod confirm;
mod db_command;
mod direct;
mod doctor_command;
mod fuzz_corpus;
mod hostile;
mod http;
mod isolation;
mod limits;
mod migrate_command;
mod operate;
mod progress;
#[cfg(unix)]
mod progress_bar;
mod prompts;
mod reference;
mod resources;
mod sessions;
#[cfg(unix)]
mod shell;
mod stdio;
mod support;
mod tidy;
mod tools;
mod wire;
mod workflow;
