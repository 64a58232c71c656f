//! From text to tokens.
//!
//! The whole text is read at once: tokens are small, and the parser needs to look ahead. What is no token ends the
//! list as [`TokenKind::Invalid`], so that an earlier mistake in the grammar is still the one that is reported.

use super::{
    Span,
    token::{Fixed, Invalid, Token, TokenKind},
};

/// Signs by their text, the longest first.
const SIGNS: &[(&str, Fixed)] = &[
    ("...", Fixed::Spread),
    ("..", Fixed::Range),
    ("==", Fixed::Eq),
    ("=~", Fixed::Matches),
    ("!=", Fixed::Ne),
    ("!~", Fixed::NotMatches),
    ("<=", Fixed::Le),
    (">=", Fixed::Ge),
    ("&&", Fixed::And),
    ("||", Fixed::Or),
    ("::", Fixed::Scope),
    ("=", Fixed::Assign),
    ("!", Fixed::Not),
    ("<", Fixed::Lt),
    (">", Fixed::Gt),
    ("+", Fixed::Plus),
    ("-", Fixed::Minus),
    ("*", Fixed::Times),
    ("/", Fixed::Divide),
    ("%", Fixed::Modulo),
    ("?", Fixed::Question),
    (":", Fixed::Colon),
    (".", Fixed::Dot),
    (",", Fixed::Comma),
    ("(", Fixed::Open),
    (")", Fixed::Close),
    ("{", Fixed::ObjectOpen),
    ("}", Fixed::ObjectClose),
    ("[", Fixed::ArrayOpen),
    ("]", Fixed::ArrayClose),
];

/// All tokens of a text; the last one is [`TokenKind::End`] or [`TokenKind::Invalid`].
pub(crate) fn lex(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::with_capacity(text.len() / 4 + 1);
    loop {
        let (kind, start) = match lexer.skip_blanks() {
            Ok(start) => (lexer.token(), start),
            Err(start) => (TokenKind::Invalid(Invalid::UnterminatedComment), start),
        };
        let last = matches!(kind, TokenKind::End | TokenKind::Invalid(_));
        tokens.push(Token { kind, span: Span { start: offset(start), end: offset(lexer.at) } });
        if last {
            return tokens;
        }
    }
}

/// An offset as spans hold it. The parser refuses texts that are too long for it before it comes here.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Takes the longest prefix whose characters all pass.
    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let taken = rest.get(..rest.find(|c| !accept(c)).unwrap_or(rest.len())).unwrap_or("");
        self.at += taken.len();
        taken
    }

    /// Skips blanks and comments; gives where the next token begins, or where an unterminated comment began.
    fn skip_blanks(&mut self) -> Result<usize, usize> {
        loop {
            self.take_while(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
            let start = self.at;
            if self.rest().starts_with("//") {
                self.take_while(|c| c != '\n');
            } else if let Some(comment) = self.rest().strip_prefix("/*") {
                let Some(length) = comment.find("*/") else {
                    self.at = self.text.len();
                    return Err(start);
                };
                self.at += length + 4;
            } else {
                return Ok(start);
            }
        }
    }

    fn token(&mut self) -> TokenKind {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return TokenKind::End };
        match first {
            'a'..='z' | 'A'..='Z' | '_' | '$' => self.word(),
            '0'..='9' => self.number(),
            '.' if rest.get(1..).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit())) => self.number(),
            '"' | '\'' => self.quoted(first).map_or(invalid(Invalid::UnterminatedString), TokenKind::String),
            '`' | '´' => self.quoted(first).map_or(invalid(Invalid::UnterminatedName), TokenKind::QuotedIdentifier),
            '@' => self.bind(),
            other => self.sign(other),
        }
    }

    fn sign(&mut self, first: char) -> TokenKind {
        let rest = self.rest();
        // `1...5` is a range up to `.5`.
        let range = rest.strip_prefix("...").is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit()));
        let signs = if range { SIGNS.get(1..) } else { Some(SIGNS) };
        match signs.unwrap_or(SIGNS).iter().find(|(text, _)| rest.starts_with(text)) {
            Some((text, token)) => {
                self.at += text.len();
                TokenKind::Fixed(*token)
            }
            None => self.unknown(first),
        }
    }

    fn unknown(&mut self, character: char) -> TokenKind {
        self.at += character.len_utf8();
        invalid(Invalid::Character(character))
    }

    /// A keyword or a name: a letter (after one dollar sign or any number of underscores), then letters, digits and
    /// underscores.
    fn word(&mut self) -> TokenKind {
        let rest = self.rest();
        let letters = rest.strip_prefix('$').unwrap_or_else(|| rest.trim_start_matches('_'));
        if !letters.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let first = rest.chars().next().unwrap_or('_');
            return self.unknown(first);
        }
        self.at += rest.len() - letters.len();
        let tail = self.take_while(is_word);
        let prefix = rest.len() - letters.len();
        match Fixed::keyword(tail) {
            Some(keyword) if prefix == 0 => TokenKind::Fixed(keyword),
            _ => TokenKind::Identifier(rest.get(..prefix + tail.len()).unwrap_or("").to_owned()),
        }
    }

    /// `@name` and `@@name`: a name that holds at least one letter or digit.
    fn bind(&mut self) -> TokenKind {
        let at_signs = if self.rest().starts_with("@@") { 2 } else { 1 };
        self.at += at_signs;
        let name = self.take_while(is_word).to_owned();
        if !name.contains(|c: char| c.is_ascii_alphanumeric()) {
            return invalid(Invalid::Character('@'));
        }
        if at_signs == 2 { TokenKind::CollectionBind(name) } else { TokenKind::Bind(name) }
    }

    /// A text up to its closing quote, escapes resolved; `None` when it never closes.
    fn quoted(&mut self, quote: char) -> Option<String> {
        let start = self.at + quote.len_utf8();
        let body = self.text.get(start..).unwrap_or("");
        let mut value = String::new();
        let mut chars = body.char_indices();
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.at = start + at + c.len_utf8();
                return Some(value);
            }
            if c != '\\' {
                value.push(c);
                continue;
            }
            let (_, escaped) = chars.next()?;
            match escaped {
                'b' => value.push('\u{8}'),
                'f' => value.push('\u{c}'),
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                'u' => match unicode_escape(chars.as_str()) {
                    Some((decoded, length)) => {
                        value.push(decoded);
                        chars.by_ref().take(length).for_each(drop);
                    }
                    None => value.push('u'),
                },
                other => value.push(other),
            }
        }
        self.at = self.text.len();
        None
    }

    fn number(&mut self) -> TokenKind {
        let rest = self.rest();
        for (prefixes, radix) in [(["0x", "0X"], 16), (["0b", "0B"], 2)] {
            let digits = prefixes.iter().find_map(|prefix| rest.strip_prefix(prefix));
            if let Some(digits) = digits.filter(|digits| digits.starts_with(|c: char| c.is_digit(radix))) {
                return self.radix_number(digits, radix);
            }
        }
        let start = self.at;
        if rest.starts_with('0') {
            // A zero is a number of its own: ArangoDB knows no leading zeros.
            self.at += 1;
        } else {
            self.take_while(|c| c.is_ascii_digit());
        }
        let fraction = self.rest().strip_prefix('.').is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit()));
        if fraction {
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit());
        }
        let exponent = self.exponent();
        let written = self.text.get(start..self.at).unwrap_or("");
        if !fraction
            && !exponent
            && let Ok(value) = written.parse()
        {
            return TokenKind::Int(value);
        }
        TokenKind::Double(written.parse().unwrap_or(f64::INFINITY))
    }

    /// Takes an exponent if there is a whole one.
    fn exponent(&mut self) -> bool {
        let rest = self.rest();
        let Some(tail) = rest.strip_prefix(['e', 'E']) else { return false };
        let digits = tail.strip_prefix(['+', '-']).unwrap_or(tail);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        self.at += rest.len() - digits.len();
        self.take_while(|c| c.is_ascii_digit());
        true
    }

    /// Digits after `0x` or `0b`: at most 32 bits.
    fn radix_number(&mut self, digits: &str, radix: u32) -> TokenKind {
        self.at = self.text.len() - digits.len();
        let digits = self.take_while(|c| c.is_digit(radix));
        u32::from_str_radix(digits, radix)
            .map_or(TokenKind::Double(f64::INFINITY), |value| TokenKind::Int(i64::from(value)))
    }
}

fn invalid(reason: Invalid) -> TokenKind {
    TokenKind::Invalid(reason)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The character that `\u` and these digits stand for, and how many characters it takes. A surrogate without its other
/// half stands for the replacement character.
fn unicode_escape(digits: &str) -> Option<(char, usize)> {
    let unit = hex_unit(digits)?;
    if (0xd800..0xdc00).contains(&unit) {
        let low = digits.get(4..).and_then(|tail| tail.strip_prefix("\\u")).and_then(hex_unit);
        if let Some(low) = low.filter(|low| (0xdc00..0xe000).contains(low)) {
            let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            return Some((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 10));
        }
    }
    Some((char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), 4))
}

fn hex_unit(digits: &str) -> Option<u32> {
    let unit = digits.get(..4)?;
    if !unit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(unit, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::{Fixed, Invalid, TokenKind, lex};

    fn kinds(text: &str) -> Vec<TokenKind> {
        lex(text).into_iter().map(|token| token.kind).collect()
    }

    fn first(text: &str) -> TokenKind {
        kinds(text).swap_remove(0)
    }

    fn name(text: &str) -> TokenKind {
        TokenKind::Identifier(text.to_owned())
    }

    #[test]
    fn keywords_are_read_in_any_case_and_names_keep_theirs() {
        assert_eq!(first("fOr"), TokenKind::Fixed(Fixed::For));
        assert_eq!(first("Forest"), name("Forest"));
        assert_eq!(first("$for"), name("$for"));
        assert_eq!(first("__a1"), name("__a1"));
        assert_eq!(first("_for"), name("_for"));
    }

    #[test]
    fn names_need_a_letter() {
        for text in ["_", "_1", "$1", "$_a", "@_", "@@__", "@"] {
            assert!(matches!(first(text), TokenKind::Invalid(Invalid::Character(_))), "{text}");
        }
        assert_eq!(first("@1a"), TokenKind::Bind("1a".to_owned()));
        assert_eq!(first("@@_x"), TokenKind::CollectionBind("_x".to_owned()));
    }

    #[test]
    fn numbers_have_the_type_that_holds_them() {
        assert_eq!(first("9223372036854775807"), TokenKind::Int(i64::MAX));
        assert_eq!(first("9223372036854775808"), TokenKind::Double(9_223_372_036_854_775_808.0));
        assert_eq!(first("1.50"), TokenKind::Double(1.5));
        assert_eq!(first(".5e1"), TokenKind::Double(5.0));
        assert_eq!(first("1E+2"), TokenKind::Double(100.0));
        assert_eq!(first("0xfF"), TokenKind::Int(255));
        assert_eq!(first("0b101"), TokenKind::Int(5));
    }

    #[test]
    fn numbers_out_of_range_are_infinite() {
        for text in ["1e999", "0x100000000", "0b100000000000000000000000000000000"] {
            assert_eq!(first(text), TokenKind::Double(f64::INFINITY), "{text}");
        }
    }

    #[test]
    fn leading_zeros_and_trailing_dots_belong_to_no_number() {
        assert_eq!(kinds("01")[..2], [TokenKind::Int(0), TokenKind::Int(1)]);
        assert_eq!(kinds("1.")[..2], [TokenKind::Int(1), TokenKind::Fixed(Fixed::Dot)]);
        assert_eq!(kinds("1..2")[..3], [TokenKind::Int(1), TokenKind::Fixed(Fixed::Range), TokenKind::Int(2)]);
        assert_eq!(kinds("1e")[..2], [TokenKind::Int(1), name("e")]);
        assert_eq!(kinds("0xg")[..2], [TokenKind::Int(0), name("xg")]);
    }

    #[test]
    fn escapes_in_strings_are_resolved() {
        let text = r#""a\n\t\"\\\/é\ud83e\udd51\q""#;
        assert_eq!(first(text), TokenKind::String("a\n\t\"\\/é🥑q".to_owned()));
        assert_eq!(first(r"'it\'s'"), TokenKind::String("it's".to_owned()));
        assert_eq!(first(r"'\ud83e'"), TokenKind::String("\u{fffd}".to_owned()));
        assert_eq!(first(r"'\u12'"), TokenKind::String("u12".to_owned()));
    }

    #[test]
    fn names_can_be_quoted_with_either_tick() {
        assert_eq!(first("`for`"), TokenKind::QuotedIdentifier("for".to_owned()));
        assert_eq!(first("´a`b´"), TokenKind::QuotedIdentifier("a`b".to_owned()));
        assert_eq!(first(r"`a\`b`"), TokenKind::QuotedIdentifier("a`b".to_owned()));
    }

    #[test]
    fn what_never_closes_is_invalid() {
        assert_eq!(first("'a"), TokenKind::Invalid(Invalid::UnterminatedString));
        assert_eq!(first("\"a\\"), TokenKind::Invalid(Invalid::UnterminatedString));
        assert_eq!(first("`a"), TokenKind::Invalid(Invalid::UnterminatedName));
        assert_eq!(first("/* a"), TokenKind::Invalid(Invalid::UnterminatedComment));
    }

    #[test]
    fn comments_are_skipped() {
        let tokens = kinds("// one\n/* two // */ a /**/ // end");
        assert_eq!(tokens, [name("a"), TokenKind::End]);
    }

    #[test]
    fn operators_are_read_greedily() {
        let signs = |text: &str| {
            kinds(text)
                .into_iter()
                .filter_map(|kind| if let TokenKind::Fixed(sign) = kind { Some(sign) } else { None })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            signs("<==~!~!==::"),
            [Fixed::Le, Fixed::Matches, Fixed::NotMatches, Fixed::Ne, Fixed::Assign, Fixed::Scope]
        );
        assert_eq!(signs("&& || !"), [Fixed::And, Fixed::Or, Fixed::Not]);
    }
}
