//! Functions of ArangoDB that the embedded engine knows by name only, so that a query using one learns why it fails.

use crate::{embedded::error::Error, wire::ErrorNum};

use super::{ANY, Function};

/// A function that is refused, and what it would need.
macro_rules! refused {
    ($name:literal, $needs:literal) => {
        Function::volatile($name, 0, ANY, |_, _| {
            let message = concat!($name, "() is not implemented in the embedded engine: it needs ", $needs);
            Err(Error::new(ErrorNum::NOT_IMPLEMENTED, message))
        })
    };
}

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    refused!("ANALYZER", "a View"),
    refused!("BM25", "a View"),
    refused!("BOOST", "a View"),
    refused!("EXISTS", "a View"),
    refused!("MINHASH_MATCH", "a View"),
    refused!("NGRAM_MATCH", "a View"),
    refused!("OFFSET_INFO", "a View"),
    refused!("PHRASE", "a View"),
    refused!("TFIDF", "a View"),
];

#[cfg(test)]
mod tests {
    use crate::{embedded::functions::tests::call, wire::ErrorNum};

    #[test]
    fn the_error_says_what_is_missing() {
        let error = call("PHRASE", "[1, 2]").0.unwrap_err();
        assert_eq!(error.num, ErrorNum::NOT_IMPLEMENTED);
        assert!(error.message.contains("PHRASE()") && error.message.contains("View"));
    }
}
