//! A query without what it is about: its text with `?` for every literal, and without comments, for logs.

use super::{
    lexer::lex,
    token::{Fixed, Invalid, TokenKind},
};

/// What stands for a literal.
const LITERAL: &str = "?";
/// What stands for all that comes after something that is no AQL.
const REST: &str = "…";

/// The text of a query without its literals. Names of collections, attributes and bind parameters stay.
pub fn without_literals(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut end = 0;
    for token in lex(text) {
        let (start, stop) = (token.span.start as usize, token.span.end as usize);
        // What stands between tokens are blanks and comments.
        if start > end && !redacted.is_empty() {
            redacted.push(' ');
        }
        end = stop;
        redacted.push_str(match token.kind {
            TokenKind::String(_)
            | TokenKind::Int(_)
            | TokenKind::Double(_)
            | TokenKind::Fixed(Fixed::True | Fixed::False | Fixed::Null) => LITERAL,
            TokenKind::Fixed(_)
            | TokenKind::Identifier(_)
            | TokenKind::QuotedIdentifier(_)
            | TokenKind::Bind(_)
            | TokenKind::CollectionBind(_) => text.get(start..stop).unwrap_or(REST),
            TokenKind::Invalid(
                Invalid::UnterminatedString
                | Invalid::UnterminatedName
                | Invalid::UnterminatedComment
                | Invalid::Character(_),
            ) => REST,
            TokenKind::End => "",
        });
    }
    redacted.truncate(redacted.trim_end().len());
    redacted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_taken_out_and_names_stay() {
        let of = without_literals;
        let query = "FOR u IN users /* ann's */\n  FILTER u.mail == 'ann@x.org' && u.age > 42.5 // her\n  RETURN {a: u.`b c`, \"d\": @v}";
        assert_eq!(of(query), "FOR u IN users FILTER u.mail == ? && u.age > ? RETURN {a: u.`b c`, ?: @v}");
        assert_eq!(
            of("FOR d IN @@c FILTER d.x IN [1,\"two\",null] RETURN d"),
            "FOR d IN @@c FILTER d.x IN [?,?,?] RETURN d"
        );
    }

    #[test]
    fn nothing_after_what_is_no_aql_is_shown() {
        for text in ["RETURN 'secret", "RETURN # secret", "RETURN /* secret", "RETURN `secret"] {
            assert_eq!(without_literals(text), "RETURN …", "{text}");
        }
        assert_eq!(without_literals(""), "");
    }
}
