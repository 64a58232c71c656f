//! Hints for texts that look like another query language, or that hold a usual slip.
//!
//! The parser says where it stopped; what stands around that place often says what was meant.

use super::token::{Fixed, Invalid, Token, TokenKind};

mod slips;
mod words;

/// The clauses that can end a query.
const ENDINGS: [Fixed; 6] = [Fixed::Return, Fixed::Insert, Fixed::Update, Fixed::Replace, Fixed::Remove, Fixed::Upsert];

/// A hint for an error at token number `at`.
pub(super) fn hint(tokens: &[Token], at: usize) -> Option<String> {
    let around = Around { tokens, at };
    around
        .by_clause()
        .or_else(|| around.by_word())
        .map(str::to_owned)
        .or_else(|| around.by_slip())
        .or_else(|| around.by_sign().or_else(|| around.by_shape()).map(str::to_owned))
        .or_else(|| around.by_keyword())
}

/// The place of an error among the tokens.
struct Around<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl<'t> Around<'t> {
    /// The kind of the token so many places before the error.
    fn before(&self, places: usize) -> Option<&'t TokenKind> {
        self.tokens.get(self.at.checked_sub(places)?).map(|token| &token.kind)
    }

    fn here(&self) -> Option<&'t TokenKind> {
        self.before(0)
    }

    fn fixed(&self, places: usize) -> Option<Fixed> {
        match self.before(places) {
            Some(TokenKind::Fixed(token)) => Some(*token),
            _ => None,
        }
    }

    /// Whether the word so many places before the error is this one.
    fn is_word(&self, places: usize, word: &str) -> bool {
        matches!(self.before(places), Some(TokenKind::Identifier(name)) if name.eq_ignore_ascii_case(word))
    }

    /// The word at the error, or the one before it, belongs to another language.
    fn by_word(&self) -> Option<&'static str> {
        let found = |places| match self.before(places) {
            Some(TokenKind::Identifier(name)) if self.fixed(places + 1) != Some(Fixed::Dot) => words::known(name),
            _ => None,
        };
        let here = match self.here() {
            Some(TokenKind::Identifier(name)) if self.at == 0 => words::statement(name),
            Some(TokenKind::Identifier(name)) if self.fixed(1).is_none_or(is_closing) => words::infix(name),
            _ => None,
        };
        here.or_else(|| found(0)).or_else(|| {
            // `SELECT name` stops behind the word when it could have been a variable.
            let starts = |token: Fixed| token.is_keyword() || token == Fixed::Open;
            if self.fixed(2).is_none_or(starts) { found(1) } else { None }
        })
    }

    /// The word is known, but means something else here.
    fn by_clause(&self) -> Option<&'static str> {
        let word = |word| self.is_word(0, word) || self.is_word(1, word);
        let begins_with = |fixed| self.tokens.first().is_some_and(|first| first.kind == TokenKind::Fixed(fixed));
        if self.is_word(0, "FROM") && self.clause() == Some(Fixed::Remove) {
            return Some("use REMOVE key IN collection");
        }
        if self.is_word(0, "AS") && self.is_word(1, "COUNT") && self.fixed(2) == Some(Fixed::With) {
            return Some("use COLLECT … WITH COUNT INTO variable");
        }
        if word("AS") && begins_with(Fixed::With) && self.clause().is_none() {
            return Some("WITH only names the vertex collections of traversals: use LET name = (FOR … RETURN …)");
        }
        let called = self.opened().and_then(|at| self.tokens.get(at.checked_sub(1)?)).map(|token| &token.kind);
        if word("AS") && matches!(called, Some(TokenKind::Identifier(name)) if name.eq_ignore_ascii_case("CAST")) {
            return Some("use TO_NUMBER(), TO_STRING(), TO_BOOL() or TO_ARRAY() instead of CAST");
        }
        None
    }

    /// A sign that other languages use.
    fn by_sign(&self) -> Option<&'static str> {
        match (self.here()?, self.fixed(1)) {
            (TokenKind::Fixed(Fixed::Assign), Some(Fixed::Eq | Fixed::Ne)) => {
                Some("AQL compares strictly already: use == or !=")
            }
            (TokenKind::Fixed(Fixed::Assign), _) => {
                Some("compare with == ; a single = only assigns, in LET and COLLECT")
            }
            (TokenKind::Fixed(Fixed::Gt), Some(Fixed::Lt)) => Some("use != instead of <>"),
            (TokenKind::Fixed(Fixed::Gt), Some(Fixed::Assign | Fixed::Minus)) => {
                Some("AQL has no arrows: use >= to compare")
            }
            (TokenKind::Fixed(Fixed::Times), Some(Fixed::Times)) => Some("use POW(base, exponent) instead of **"),
            (TokenKind::Fixed(Fixed::Times | Fixed::Close), Some(Fixed::Open)) if self.is_word(2, "COUNT") => {
                Some("use LENGTH(collection), or COLLECT WITH COUNT INTO total, instead of COUNT(*)")
            }
            (TokenKind::Fixed(Fixed::Distinct), Some(Fixed::Open)) => {
                Some("use COUNT_DISTINCT() or UNIQUE(); DISTINCT stands only after RETURN")
            }
            (TokenKind::Fixed(Fixed::Times), Some(Fixed::Dot)) => {
                Some("return the whole document: RETURN doc; each element of a list is list[*]")
            }
            (TokenKind::Fixed(Fixed::Minus), _) if self.after() == Some(&TokenKind::Fixed(Fixed::Minus)) => {
                Some("comments begin with // or stand in /* */")
            }
            (TokenKind::Fixed(Fixed::Colon | Fixed::Question), Some(before)) if !is_closing(before) => {
                Some("bind parameters are written @name")
            }
            (TokenKind::Invalid(Invalid::Character(c)), _) => words::character(*c),
            (TokenKind::Invalid(Invalid::UnterminatedString), _) => Some("the string has no closing quote"),
            (TokenKind::Invalid(Invalid::UnterminatedName), _) => {
                Some("backticks quote names and need a closing one; strings stand in \" or '")
            }
            (TokenKind::Invalid(Invalid::UnterminatedComment), _) => Some("the comment has no closing */"),
            _ => None,
        }
    }

    /// What stands around the error is the shape of a usual slip.
    fn by_shape(&self) -> Option<&'static str> {
        match (self.here()?, self.fixed(1), self.fixed(2)) {
            (TokenKind::String(_), Some(Fixed::Dot), _) => {
                Some("quote attribute names in backticks after a dot, or write doc[\"name\"]")
            }
            (TokenKind::Int(_) | TokenKind::Double(_), Some(Fixed::Dot), _) => {
                Some("list elements are accessed with brackets: list[0]")
            }
            (TokenKind::Fixed(Fixed::Into), Some(Fixed::Insert), _) => {
                Some("use INSERT { attribute: value } INTO collection")
            }
            (_, None, Some(Fixed::For)) => Some("a loop is written FOR variable IN collection"),
            (_, None, Some(Fixed::Let)) => Some("an assignment is written LET variable = expression"),
            (TokenKind::String(_), Some(Fixed::With | Fixed::Inbound | Fixed::Outbound), _) => {
                Some("collection names are not quoted as strings: write them plainly or in backticks")
            }
            (TokenKind::End, ..) if !self.returns() => {
                Some("a query ends with RETURN or with a data-modification (INSERT, UPDATE, REPLACE, REMOVE, UPSERT)")
            }
            (TokenKind::QuotedIdentifier(name), ..) if self.at == 0 && name.is_empty() => {
                Some("send the query itself, without the ``` around it")
            }
            (TokenKind::Fixed(Fixed::Comma), ..) if self.clause() == Some(Fixed::Return) => {
                Some("RETURN gives one value for each row: use an object, RETURN { a, b }, or a list")
            }
            (TokenKind::Fixed(Fixed::Close), None | Some(Fixed::Close | Fixed::ArrayClose | Fixed::ObjectClose), _)
                if self.clause().is_some_and(|clause| !ENDINGS.contains(&clause)) =>
            {
                Some("a subquery ends with RETURN")
            }
            (TokenKind::String(_) | TokenKind::Bind(_) | TokenKind::Identifier(_), None, Some(Fixed::Range)) => {
                Some("a traversal needs a direction: FOR v IN 1..3 OUTBOUND start edges")
            }
            _ if self.counts_without_with() => {
                Some("the number of group members is counted with COLLECT … WITH COUNT INTO variable")
            }
            _ => None,
        }
    }

    /// Whether any clause that may end a query was seen.
    fn returns(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token.kind, TokenKind::Fixed(fixed) if ENDINGS.contains(&fixed)))
    }

    /// `COLLECT … COUNT INTO n`, stopped at either word.
    fn counts_without_with(&self) -> bool {
        let collects = self.clause() == Some(Fixed::Collect);
        let at_count = self.is_word(0, "COUNT") && self.after() == Some(&TokenKind::Fixed(Fixed::Into));
        collects && (at_count || self.is_word(1, "COUNT"))
    }

    /// The token behind the error.
    fn after(&self) -> Option<&'t TokenKind> {
        self.tokens.get(self.at + 1).map(|token| &token.kind)
    }

    /// The keyword of the clause that the error is in.
    fn clause(&self) -> Option<Fixed> {
        self.tokens.get(..self.at)?.iter().rev().find_map(|token| match token.kind {
            TokenKind::Fixed(fixed) if fixed.starts_clause() => Some(fixed),
            _ => None,
        })
    }

    /// A keyword stands where a name belongs.
    fn by_keyword(&self) -> Option<String> {
        let keyword = self.fixed(0).filter(|token| token.is_keyword() && *token != Fixed::In)?;
        let wants_name = matches!(
            self.fixed(1)?,
            Fixed::Dot
                | Fixed::For
                | Fixed::Let
                | Fixed::In
                | Fixed::Into
                | Fixed::ObjectOpen
                | Fixed::Comma
                | Fixed::Collect
                | Fixed::Aggregate
        );
        wants_name.then(|| format!("{} is a keyword: as a name it has to stand in backticks", keyword.text()))
    }
}

/// Whether an operand can end with this token.
fn is_closing(token: Fixed) -> bool {
    matches!(
        token,
        Fixed::Close | Fixed::ArrayClose | Fixed::ObjectClose | Fixed::Null | Fixed::True | Fixed::False | Fixed::Let
    )
}

#[cfg(test)]
mod tests;
