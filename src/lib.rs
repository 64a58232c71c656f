//! Safe, fast, multi-tenant access to ArangoDB for language-model agents over the Model Context Protocol.
//!
//! ARCHITECTURE.md has the map. In one breath: `cli` parses the command line and runs `mcp`, which serves `tools`, which
//! ask `tenancy` for a database and talk to it through `arango`, over a socket or straight into `embedded`.

pub mod access;
pub mod aql;
pub mod arango;
pub mod cli;
pub mod clock;
pub mod config;
pub mod dump;
pub mod embedded;
pub mod manual;
pub mod mcp;
pub mod observability;
pub mod progress;
pub mod tenancy;
pub mod tools;
pub mod wire;

/// The whole program: parses the command line of the process and runs what it asks for.
pub fn run() -> std::process::ExitCode {
    cli::run(std::env::args_os())
}
