//! What is wrong with a query text, said as ArangoDB says it, with the place and a hint how to mend it.

use std::fmt;

use super::{Span, token::TokenKind};
use crate::wire::ErrorNum;

/// How much of the query an error message repeats, in bytes.
const SNIPPET_LENGTH: usize = 32;

/// How many characters of a line are shown above the caret, at most.
const SHOWN_LINE: usize = 120;

/// A text that is no query.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub struct ParseError {
    /// ArangoDB's number: 1501 (syntax), 1502 (empty), 1524 (too much nesting).
    pub num: ErrorNum,
    /// ArangoDB's message, without the tokens that were expected.
    pub message: String,
    /// What the message is about.
    pub span: Span,
    /// What could have stood there; empty when that is not the point.
    pub expected: Vec<&'static str>,
    /// How to mend it, when the text looks like another language or a usual slip.
    pub hint: Option<String>,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for (at, expected) in self.expected.iter().enumerate() {
            let separator = match at {
                0 => ", expected ",
                _ if at + 1 == self.expected.len() => " or ",
                _ => ", ",
            };
            write!(f, "{separator}{expected}")?;
        }
        Ok(())
    }
}

impl ParseError {
    /// A token where it cannot stand.
    pub(crate) fn unexpected(text: &str, kind: &TokenKind, span: Span, expected: &[&'static str]) -> Self {
        let message = format!("syntax error, unexpected {}{}", kind.description(), place(text, span));
        Self { num: ErrorNum::QUERY_PARSE, message, span, expected: expected.to_vec(), hint: None }
    }

    /// A text that follows the grammar but cannot be a query for the reason given.
    pub(crate) fn invalid(text: &str, reason: &str, span: Span) -> Self {
        let message = format!("{reason}{}", place(text, span));
        Self { num: ErrorNum::QUERY_PARSE, message, span, expected: Vec::new(), hint: None }
    }

    /// An error whose number says all.
    pub(crate) fn numbered(num: ErrorNum, span: Span) -> Self {
        Self { num, message: num.text().to_owned(), span, expected: Vec::new(), hint: None }
    }

    /// The error for people: message, the line it is in, a caret below the place, and the hint.
    pub fn render(&self, text: &str) -> String {
        let position = self.span.position(text);
        let start = usize::try_from(self.span.start).unwrap_or(usize::MAX).min(text.len());
        let line_start = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let line: &str = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let skipped = (position.column - 1).saturating_sub(SHOWN_LINE * 2 / 3);
        let shown: String = line.chars().skip(skipped).take(SHOWN_LINE).map(blank_control).collect();
        let width = text
            .get(start..usize::try_from(self.span.end).unwrap_or(usize::MAX).min(text.len()))
            .map_or(1, |marked| marked.lines().next().unwrap_or("").chars().count())
            .clamp(1, SHOWN_LINE);
        let number = position.line.to_string();
        let margin = " ".repeat(number.len());
        let caret = " ".repeat(position.column - 1 - skipped) + &"^".repeat(width);
        let mut out = format!(
            "{self}\n{margin}--> line {number}, column {}\n{margin} |\n{number} | {shown}\n{margin} | {caret}",
            position.column
        );
        if let Some(hint) = &self.hint {
            out.push_str("\nhint: ");
            out.push_str(hint);
        }
        out
    }
}

/// Tabs and other control characters would move the caret away from its place.
fn blank_control(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

/// ` near '…' at position 1:23`
fn place(text: &str, span: Span) -> String {
    let start = usize::try_from(span.start).unwrap_or(usize::MAX).min(text.len());
    let rest = text.get(start..).unwrap_or("");
    let position = span.position(text);
    let (snippet, more) = if rest.len() > SNIPPET_LENGTH + 3 {
        (rest.get(..rest.floor_char_boundary(SNIPPET_LENGTH)).unwrap_or(""), "...")
    } else {
        (rest, "")
    };
    format!(" near '{snippet}{more}' at position {}:{}", position.line, position.column)
}

#[cfg(test)]
mod tests {
    use crate::aql::parse;

    #[test]
    fn the_message_is_the_servers() {
        let error = parse("FOR u IN users FILTER u.name = 1 RETURN u").unwrap_err();
        assert_eq!(error.message, "syntax error, unexpected assignment near '= 1 RETURN u' at position 1:30");
        assert!(error.to_string().starts_with(&error.message));
        assert!(error.to_string().contains(", expected "));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let error = parse("RETURN 1 öööööööööööööööööööööööööööööööööööööö").unwrap_err();
        assert!(error.message.contains("near 'öööööööööööööööö...' at position 1:10"), "{error}");
    }

    #[test]
    fn the_caret_stands_below_the_place() {
        let text = "FOR u IN users\n\tFILTER u.age => 3\n  RETURN u";
        let rendered = parse(text).unwrap_err().render(text);
        let lines: Vec<&str> = rendered.lines().skip_while(|line| !line.starts_with(" -->")).collect();
        assert_eq!(lines[0], " --> line 2, column 15");
        assert_eq!(lines[2], "2 |  FILTER u.age => 3");
        assert_eq!(lines[3], "  |               ^");
    }

    #[test]
    fn a_place_far_along_a_line_is_still_shown() {
        let text = format!("RETURN [{}] x", "1, ".repeat(400));
        let rendered = parse(&text).unwrap_err().render(&text);
        let caret = rendered.lines().nth(4).unwrap().find('^').unwrap();
        assert_eq!(rendered.lines().nth(3).unwrap().as_bytes()[caret], b'x');
    }
}
