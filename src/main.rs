//! The program; everything it does is in the library, where it can be tested.

use std::process::ExitCode;

fn main() -> ExitCode {
    mcp_arangodb_async::run()
}
