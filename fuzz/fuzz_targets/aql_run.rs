//! See `aql_run` in `src/lib.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mcp_arangodb_async_fuzz::aql_run(data));
