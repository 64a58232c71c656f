//! Slips in how a query is put together: what is missing, what stands in the wrong place, brackets of the wrong kind.

use super::{
    super::token::{Fixed, TokenKind},
    Around,
};

impl Around<'_> {
    /// The slip at the error, if it is a usual one.
    pub(super) fn by_slip(&self) -> Option<String> {
        self.at_start()
            .or_else(|| self.in_path())
            .or_else(|| self.in_loop())
            .or_else(|| self.in_group())
            .or_else(|| self.in_modification())
            .or_else(|| self.in_brackets())
            .or_else(|| self.among_operands())
            .map(str::to_owned)
            .or_else(|| self.by_order())
            .or_else(|| self.by_gap())
            .or_else(|| self.unclosed())
    }

    /// The text does not begin like a query.
    fn at_start(&self) -> Option<&'static str> {
        let is_fence = matches!(self.here()?, TokenKind::QuotedIdentifier(name) if name.is_empty());
        if self.at > 0 || is_fence || !is_operand(self.here()?) {
            return None;
        }
        Some(
            "a query begins with FOR, LET, RETURN, WITH or a data-modification; a value alone is asked for with RETURN",
        )
    }

    /// In the head of a traversal or of a search for paths.
    fn in_path(&self) -> Option<&'static str> {
        let head = self.head(Fixed::For)?;
        let has = |wanted: &[Fixed]| head.iter().any(|kind| matches!(kind, TokenKind::Fixed(f) if wanted.contains(f)));
        let searches = |kind: &TokenKind| matches!(kind, TokenKind::Fixed(fixed) if PATHS.contains(fixed));
        if searches(self.here()?) && !has(DIRECTIONS) {
            return Some("name the direction first: FOR v IN OUTBOUND SHORTEST_PATH start TO target edges");
        }
        if has(PATHS) && matches!(self.here()?, TokenKind::Fixed(Fixed::Comma)) && !self.has_word("TO") {
            return Some("write SHORTEST_PATH start TO target edges");
        }
        if !has(DIRECTIONS) {
            return None;
        }
        let behind_direction = |places| self.fixed(places).is_some_and(|fixed| DIRECTIONS.contains(&fixed));
        match self.here()? {
            TokenKind::String(_) | TokenKind::Bind(_) | TokenKind::Identifier(_)
                if self.fixed(2) == Some(Fixed::Range) =>
            {
                Some("the depth stands before the direction: FOR v IN 1..2 OUTBOUND start edges")
            }
            TokenKind::String(_) if self.follows_operand() => {
                Some("collection names are not quoted as strings: write them plainly or in backticks")
            }
            TokenKind::End if behind_direction(2) => Some(NEEDS_EDGES),
            TokenKind::Fixed(fixed) if fixed.starts_clause() && behind_direction(2) => Some(NEEDS_EDGES),
            _ => None,
        }
    }

    /// In the head of a loop.
    fn in_loop(&self) -> Option<&'static str> {
        let head = self.head(Fixed::For)?;
        let begun = head.iter().any(|kind| **kind == TokenKind::Fixed(Fixed::In));
        match self.here()? {
            TokenKind::Fixed(Fixed::Open) if self.fixed(1) == Some(Fixed::For) => {
                Some("a loop is written FOR variable IN collection, without parentheses")
            }
            TokenKind::Fixed(Fixed::Assign) if !begun => Some("a loop over numbers is written FOR variable IN 1..10"),
            TokenKind::Fixed(Fixed::ObjectOpen | Fixed::Colon) if begun && self.follows_operand() => {
                Some("clauses follow each other directly, without braces or colons")
            }
            _ => None,
        }
    }

    /// In COLLECT.
    fn in_group(&self) -> Option<&'static str> {
        self.head(Fixed::Collect)?;
        let begins = |places| matches!(self.fixed(places), Some(Fixed::Collect | Fixed::Comma | Fixed::Aggregate));
        let aggregates = self.fixed(2) == Some(Fixed::Aggregate);
        match self.here()? {
            TokenKind::Fixed(Fixed::Open) if aggregates => Some("name the result: AGGREGATE total = SUM(doc.value)"),
            TokenKind::Fixed(Fixed::Dot) if begins(2) => Some("name the value: COLLECT name = doc.attribute"),
            _ => None,
        }
    }

    /// In a data-modification.
    fn in_modification(&self) -> Option<&'static str> {
        let clause = self.clause()?;
        let unbracketed = self.opened().is_none();
        match (clause, self.here()?) {
            (Fixed::Insert, TokenKind::End) if unbracketed && self.upserts() => Some(UPSERT),
            (Fixed::Insert, TokenKind::Fixed(Fixed::In | Fixed::Into)) if self.upserts() => Some(UPSERT),
            (Fixed::Insert, TokenKind::End) if unbracketed => Some("name the collection: INSERT { … } INTO collection"),
            (Fixed::Insert, TokenKind::Fixed(Fixed::ObjectOpen)) if self.follows_operand() => {
                Some("use INSERT { attribute: value } INTO collection")
            }
            (Fixed::Update | Fixed::Replace, TokenKind::End) if unbracketed => {
                Some("name the collection: UPDATE key WITH { … } IN collection")
            }
            (Fixed::Update | Fixed::Replace, TokenKind::Fixed(Fixed::ObjectOpen)) if self.follows_operand() => {
                Some("use UPDATE key WITH { attribute: value } IN collection")
            }
            (Fixed::Update | Fixed::Replace, TokenKind::Fixed(Fixed::Assign)) if unbracketed => {
                Some("use UPDATE key WITH { attribute: value } IN collection")
            }
            (Fixed::Update | Fixed::Replace, TokenKind::Fixed(Fixed::Into)) => {
                Some("use REPLACE document IN collection")
            }
            (Fixed::Remove, TokenKind::End) if unbracketed => Some("name the collection: REMOVE key IN collection"),
            _ => None,
        }
    }

    /// Between brackets of one kind where another was meant.
    fn in_brackets(&self) -> Option<&'static str> {
        let opened = self.opened()?;
        let before = opened.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|token| &token.kind);
        let of_operand = before.is_some_and(is_operand);
        let TokenKind::Fixed(bracket) = self.tokens.get(opened)?.kind else { return None };
        match (bracket, self.here()?) {
            (Fixed::Open, TokenKind::Fixed(Fixed::Comma)) if before == Some(&TokenKind::Fixed(Fixed::In)) => {
                Some("lists stand in brackets: value IN [1, 2, 3]")
            }
            (Fixed::ArrayOpen, TokenKind::Fixed(Fixed::Colon | Fixed::Comma)) if of_operand => {
                Some("a part of a list is SLICE(list, start, length)")
            }
            (Fixed::ArrayOpen, TokenKind::Fixed(Fixed::For)) if self.follows_operand() => {
                Some("lists are made with (FOR x IN list FILTER … RETURN …), or list[* FILTER … RETURN …]")
            }
            (Fixed::ObjectOpen, TokenKind::Fixed(Fixed::Assign)) => Some("attributes are written { name: value }"),
            (Fixed::ObjectOpen, TokenKind::Fixed(Fixed::ObjectOpen)) => Some("bind parameters are written @name"),
            (Fixed::ObjectOpen, TokenKind::Identifier(_) | TokenKind::String(_)) if self.follows_operand() => {
                Some("attributes are written { name: value, other: value }")
            }
            _ => None,
        }
    }

    /// Between operands.
    fn among_operands(&self) -> Option<&'static str> {
        match (self.here()?, self.fixed(1)) {
            (TokenKind::Fixed(Fixed::Question), Some(Fixed::Question)) => {
                Some("use NOT_NULL(a, b), or a || b, instead of ??")
            }
            (TokenKind::Fixed(Fixed::Dot), Some(Fixed::Question)) => {
                Some("attributes of null are null: write a.b without ?")
            }
            (TokenKind::Fixed(Fixed::Assign), _) if self.after() == Some(&TokenKind::Fixed(Fixed::Gt)) => {
                Some("compare with >= ; AQL has no => functions: map lists with list[* RETURN CURRENT.attribute]")
            }
            (TokenKind::Fixed(Fixed::Times), Some(Fixed::Open)) if !self.is_word(2, "COUNT") => {
                Some("name what is computed, e.g. SUM(doc.value); rows are counted with COLLECT WITH COUNT INTO")
            }
            (TokenKind::Fixed(Fixed::Times), Some(Fixed::Return)) => {
                Some("return the variable of the loop: RETURN doc")
            }
            (TokenKind::Fixed(Fixed::Modulo), Some(before)) if !is_closing(before) => {
                Some("bind parameters are written @name")
            }
            (TokenKind::Fixed(Fixed::Not), _) if self.after() == Some(&TokenKind::Fixed(Fixed::Null)) => {
                Some("compare with != null")
            }
            (TokenKind::Fixed(Fixed::Any | Fixed::All | Fixed::None), _) if !self.follows_operand() => {
                Some("ANY, ALL and NONE stand behind the list: list ANY == value")
            }
            (TokenKind::String(_), None) if matches!(self.before(1), Some(TokenKind::String(_))) => {
                Some("a quote inside a string is written \\' or \\\"; texts are joined with CONCAT()")
            }
            (TokenKind::Identifier(_), _)
                if self.follows_operand() && self.clause() == Some(Fixed::Return) && self.opened().is_none() =>
            {
                Some("RETURN gives one value for each row: several stand in an object, RETURN { a, b }")
            }
            _ => None,
        }
    }

    /// A clause stands behind RETURN.
    fn by_order(&self) -> Option<String> {
        let here = self.fixed(0).filter(|here| MOVABLE.contains(here))?;
        let late = self.clause() == Some(Fixed::Return) && self.follows_operand();
        late.then(|| format!("RETURN stands last: put {} before it", here.text()))
    }

    /// A clause begins where an expression is still missing.
    fn by_gap(&self) -> Option<String> {
        let here = self.fixed(0).filter(|here| here.starts_clause())?;
        let wants = |before| matches!(before, Fixed::Return | Fixed::Assign | Fixed::Comma) || is_operator(before);
        let before = self.fixed(1)?;
        // Otherwise the word is meant as a name.
        let begins = self.after().is_some_and(|after| is_operand(after) || is_opening(after));
        let in_object = self.opened().is_some_and(|at| {
            self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Fixed(Fixed::ObjectOpen))
        });
        if !begins || in_object {
            return None;
        }
        if here == Fixed::For && (before == Fixed::In || wants(before)) {
            return Some("a subquery stands in parentheses: (FOR … RETURN …)".to_owned());
        }
        let missing = wants(before) || matches!(before, Fixed::Filter | Fixed::Sort | Fixed::Limit);
        missing.then(|| format!("an expression is missing before {}", here.text()))
    }

    /// The text ends within brackets.
    fn unclosed(&self) -> Option<String> {
        let opened = self.tokens.get(self.opened()?)?;
        match (&opened.kind, self.here()?) {
            (TokenKind::Fixed(bracket), TokenKind::End) => Some(format!("a {} is never closed", bracket.text())),
            _ => None,
        }
    }

    /// The kinds of token between the last clause and the error, if that clause begins so.
    fn head(&self, wanted: Fixed) -> Option<Vec<&TokenKind>> {
        let before = self.tokens.get(..self.at)?;
        let begins = |kind: &TokenKind| matches!(kind, TokenKind::Fixed(fixed) if fixed.starts_clause());
        let start = before.iter().rposition(|token| begins(&token.kind))?;
        let (first, rest) = before.get(start..)?.split_first()?;
        (first.kind == TokenKind::Fixed(wanted)).then(|| rest.iter().map(|token| &token.kind).collect())
    }

    /// Where the innermost bracket around the error was opened.
    pub(super) fn opened(&self) -> Option<usize> {
        let mut open = Vec::new();
        for (at, token) in self.tokens.get(..self.at)?.iter().enumerate() {
            match token.kind {
                TokenKind::Fixed(Fixed::Open | Fixed::ObjectOpen | Fixed::ArrayOpen) => open.push(at),
                TokenKind::Fixed(Fixed::Close | Fixed::ObjectClose | Fixed::ArrayClose) => drop(open.pop()),
                _ => {}
            }
        }
        open.pop()
    }

    fn follows_operand(&self) -> bool {
        self.before(1).is_some_and(is_operand)
    }

    /// Whether a word stands anywhere before the error.
    fn has_word(&self, word: &str) -> bool {
        (1..=self.at).any(|places| self.is_word(places, word))
    }

    /// Whether an UPSERT was begun and has no second half yet.
    fn upserts(&self) -> bool {
        let last = self.tokens.get(..self.at).unwrap_or_default().iter().rev().find_map(|token| match token.kind {
            TokenKind::Fixed(fixed @ (Fixed::Upsert | Fixed::Update | Fixed::Replace)) => Some(fixed),
            _ => None,
        });
        last == Some(Fixed::Upsert)
    }
}

const DIRECTIONS: &[Fixed] = &[Fixed::Outbound, Fixed::Inbound, Fixed::Any];

const PATHS: &[Fixed] = &[Fixed::ShortestPath, Fixed::AllShortestPaths, Fixed::KShortestPaths, Fixed::KPaths];

/// Clauses that people write behind RETURN.
const MOVABLE: &[Fixed] = &[Fixed::Limit, Fixed::Sort, Fixed::Filter, Fixed::Collect, Fixed::Let, Fixed::Window];

const NEEDS_EDGES: &str = "a traversal needs edges: OUTBOUND start edges, or OUTBOUND start GRAPH \"name\"";

const UPSERT: &str = "UPSERT has three parts: UPSERT { … } INSERT { … } UPDATE { … } IN collection";

/// Whether an operand can end with this token.
fn is_operand(kind: &TokenKind) -> bool {
    match kind {
        TokenKind::Fixed(fixed) => is_closing(*fixed),
        TokenKind::Identifier(_)
        | TokenKind::QuotedIdentifier(_)
        | TokenKind::String(_)
        | TokenKind::Int(_)
        | TokenKind::Double(_)
        | TokenKind::Bind(_)
        | TokenKind::CollectionBind(_) => true,
        TokenKind::Invalid(_) | TokenKind::End => false,
    }
}

fn is_closing(fixed: Fixed) -> bool {
    matches!(fixed, Fixed::Close | Fixed::ArrayClose | Fixed::ObjectClose | Fixed::Null | Fixed::True | Fixed::False)
}

fn is_opening(kind: &TokenKind) -> bool {
    matches!(kind, TokenKind::Fixed(Fixed::Open | Fixed::ObjectOpen | Fixed::ArrayOpen))
}

/// Whether an operand has to follow.
fn is_operator(fixed: Fixed) -> bool {
    matches!(
        fixed,
        Fixed::And
            | Fixed::Or
            | Fixed::Not
            | Fixed::Like
            | Fixed::Eq
            | Fixed::Ne
            | Fixed::Lt
            | Fixed::Le
            | Fixed::Gt
            | Fixed::Ge
            | Fixed::Matches
            | Fixed::NotMatches
            | Fixed::Plus
            | Fixed::Minus
            | Fixed::Times
            | Fixed::Divide
            | Fixed::Modulo
    )
}
