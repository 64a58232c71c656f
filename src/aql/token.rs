//! The tokens of AQL, and what ArangoDB calls them when they stand in the wrong place.

use super::Span;

/// One token and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Where it stands.
    pub(crate) span: Span,
}

/// The kinds of token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TokenKind {
    /// A keyword, an operator or a bracket.
    Fixed(Fixed),
    /// An unquoted name.
    Identifier(String),
    /// A name in backticks or forward ticks: never a contextual keyword.
    QuotedIdentifier(String),
    /// A text in quotes, escapes resolved.
    String(String),
    /// A whole number.
    Int(i64),
    /// Any other number; infinite when no double holds it.
    Double(f64),
    /// `@name`
    Bind(String),
    /// `@@name`
    CollectionBind(String),
    /// Something that is no token; nothing is read after it.
    Invalid(Invalid),
    /// The end of the text.
    End,
}

/// Why a piece of text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Invalid {
    /// A string without its closing quote.
    UnterminatedString,
    /// A quoted name without its closing tick.
    UnterminatedName,
    /// `/*` without `*/`.
    UnterminatedComment,
    /// A character that begins no token.
    Character(char),
}

macro_rules! fixed_tokens {
    (keywords { $($keyword:ident = $word:literal, $called:literal;)* } symbols { $($symbol:ident = $text:literal, $name:literal;)* }) => {
        /// Tokens whose text is always the same. `&&`, `||` and `!` are read as the keywords they stand for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Fixed { $($keyword,)* $($symbol,)* }

        impl Fixed {
            /// The keyword that a word is, whatever its case.
            pub(crate) fn keyword(word: &str) -> Option<Self> {
                const WORDS: &[(&str, Fixed)] = &[$(($word, Fixed::$keyword),)*];
                let at = WORDS.binary_search_by(|(known, _)| compare_ignoring_case(known, word)).ok()?;
                WORDS.get(at).map(|(_, token)| *token)
            }

            /// What ArangoDB calls the token in an error message.
            pub(crate) fn description(self) -> &'static str {
                match self {
                    $(Self::$keyword => $called,)*
                    $(Self::$symbol => $name,)*
                }
            }

            /// The token as it is written.
            pub(crate) fn text(self) -> &'static str {
                match self {
                    $(Self::$keyword => $word,)*
                    $(Self::$symbol => $text,)*
                }
            }
        }

        #[cfg(test)]
        pub(crate) const KEYWORDS: &[&str] = &[$($word,)*];
    };
}

// The keywords stand in the order of their texts, since they are found by binary search.
fixed_tokens! {
    keywords {
        Aggregate = "AGGREGATE", "AGGREGATE keyword";
        All = "ALL", "all modifier";
        AllShortestPaths = "ALL_SHORTEST_PATHS", "ALL_SHORTEST_PATHS keyword";
        And = "AND", "and operator";
        Any = "ANY", "any modifier";
        Asc = "ASC", "ASC keyword";
        Collect = "COLLECT", "COLLECT declaration";
        Desc = "DESC", "DESC keyword";
        Distinct = "DISTINCT", "DISTINCT modifier";
        False = "FALSE", "false";
        Filter = "FILTER", "FILTER declaration";
        For = "FOR", "FOR declaration";
        Graph = "GRAPH", "GRAPH keyword";
        In = "IN", "IN keyword";
        Inbound = "INBOUND", "inbound modifier";
        Insert = "INSERT", "INSERT command";
        Into = "INTO", "INTO keyword";
        KPaths = "K_PATHS", "K_PATHS keyword";
        KShortestPaths = "K_SHORTEST_PATHS", "K_SHORTEST_PATHS keyword";
        Let = "LET", "LET declaration";
        Like = "LIKE", "like operator";
        Limit = "LIMIT", "LIMIT declaration";
        None = "NONE", "none modifier";
        Not = "NOT", "not operator";
        Null = "NULL", "null";
        Or = "OR", "or operator";
        Outbound = "OUTBOUND", "outbound modifier";
        Remove = "REMOVE", "REMOVE command";
        Replace = "REPLACE", "REPLACE command";
        Return = "RETURN", "RETURN declaration";
        ShortestPath = "SHORTEST_PATH", "SHORTEST_PATH keyword";
        Sort = "SORT", "SORT declaration";
        True = "TRUE", "true";
        Update = "UPDATE", "UPDATE command";
        Upsert = "UPSERT", "UPSERT command";
        Window = "WINDOW", "WINDOW declaration";
        With = "WITH", "WITH keyword";
    }
    symbols {
        Assign = "=", "assignment";
        Eq = "==", "== operator";
        Ne = "!=", "!= operator";
        Lt = "<", "< operator";
        Le = "<=", "<= operator";
        Gt = ">", "> operator";
        Ge = ">=", ">= operator";
        Matches = "=~", "~= operator";
        NotMatches = "!~", "~! operator";
        Plus = "+", "+ operator";
        Minus = "-", "- operator";
        Times = "*", "* operator";
        Divide = "/", "/ operator";
        Modulo = "%", "% operator";
        Question = "?", "?";
        Colon = ":", ":";
        Scope = "::", "::";
        Range = "..", "..";
        Spread = "...", "...";
        Dot = ".", ".";
        Comma = ",", ",";
        Open = "(", "(";
        Close = ")", ")";
        ObjectOpen = "{", "{";
        ObjectClose = "}", "}";
        ArrayOpen = "[", "[";
        ArrayClose = "]", "]";
    }
}

/// Compares an upper-case keyword with a word of any case.
fn compare_ignoring_case(keyword: &str, word: &str) -> std::cmp::Ordering {
    keyword.bytes().cmp(word.bytes().map(|byte| byte.to_ascii_uppercase()))
}

impl Fixed {
    /// Whether the token is a word rather than a sign.
    pub(crate) fn is_keyword(self) -> bool {
        self.text().starts_with(|first: char| first.is_ascii_alphabetic())
    }

    /// Whether a clause begins with this token.
    pub(crate) fn starts_clause(self) -> bool {
        matches!(
            self,
            Self::For
                | Self::Let
                | Self::Filter
                | Self::Collect
                | Self::Sort
                | Self::Limit
                | Self::Window
                | Self::Return
                | Self::Insert
                | Self::Update
                | Self::Replace
                | Self::Remove
                | Self::Upsert
        )
    }
}

impl TokenKind {
    /// What ArangoDB calls the token in an error message.
    pub(crate) fn description(&self) -> &'static str {
        match self {
            Self::Fixed(token) => token.description(),
            Self::Identifier(_) | Self::QuotedIdentifier(_) => "identifier",
            Self::String(_) => "quoted string",
            Self::Int(_) => "integer number",
            Self::Double(_) => "number",
            Self::Bind(_) => "bind parameter",
            Self::CollectionBind(_) => "bind data source parameter",
            Self::Invalid(Invalid::UnterminatedString) => "unterminated string literal",
            Self::Invalid(Invalid::UnterminatedName) => "unterminated identifier",
            Self::Invalid(Invalid::UnterminatedComment) => "unterminated multi-line comment",
            Self::Invalid(Invalid::Character(_)) => "character",
            Self::End => "end of query string",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fixed, KEYWORDS};

    #[test]
    fn every_keyword_is_found_in_any_case() {
        assert!(KEYWORDS.is_sorted());
        for word in KEYWORDS {
            let lower = word.to_lowercase();
            assert_eq!(Fixed::keyword(word).map(Fixed::text), Some(*word));
            assert_eq!(Fixed::keyword(&lower).map(Fixed::text), Some(*word));
        }
        assert_eq!(Fixed::keyword("OPTIONS"), None);
        assert_eq!(Fixed::keyword(""), None);
    }
}
