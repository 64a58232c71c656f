//! The language AQL, as text and as a tree: lexer, syntax tree with spans, parser, canonical printer, analysis. Pure.
//!
//! Two readers: the tools, which ask what a query does before it is sent anywhere (does it modify? which collections?),
//! and the embedded engine, which executes the tree. Neither meaning of names nor values of bind parameters live here.

pub mod analysis;
pub mod ast;
pub mod ast_json;
mod error;
mod hint;
mod lexer;
mod parser;
mod precedence;
mod print;
pub mod redact;
pub mod span;
mod token;

pub use error::ParseError;
pub use parser::parse;
pub use span::{Position, Span};
