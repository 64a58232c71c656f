//! Hints for texts that look like another query language, or that hold a usual slip.
//!
//! The parser says where it stopped; what stands around that place often says what was meant.

use super::token::{Fixed, Invalid, Token, TokenKind};

/// Words of other languages, in the order of their texts, and what AQL has instead.
const WORDS: &[(&str, &str)] = &[
    ("ALTER", "AQL cannot change collections or indexes: use the tools or the HTTP API for that"),
    ("AS", "AQL has no aliases: name values with LET name = …, or in an object: RETURN { name: value }"),
    ("BETWEEN", "AQL has no BETWEEN: use x >= low AND x <= high, or IN_RANGE()"),
    ("BY", "AQL sorts with SORT and groups with COLLECT, without BY"),
    ("CASE", "AQL has no CASE: use condition ? value : otherwise"),
    (
        "CREATE",
        "AQL cannot create collections, graphs or indexes, and documents are created with INSERT { … } INTO collection",
    ),
    ("CROSS", "AQL joins with nested FOR loops"),
    ("DELETE", "use REMOVE key IN collection instead of DELETE"),
    ("DROP", "AQL cannot drop collections or indexes: use the tools or the HTTP API for that"),
    ("ELSE", "AQL has no IF or CASE: use condition ? value : otherwise"),
    ("FROM", "AQL has no FROM: iterate with FOR doc IN collection"),
    ("FULL", "AQL joins with nested FOR loops"),
    ("GROUP", "use COLLECT instead of GROUP BY: COLLECT key = doc.attribute AGGREGATE total = SUM(doc.value)"),
    ("HAVING", "use FILTER after COLLECT instead of HAVING"),
    ("IF", "AQL has no IF: use condition ? value : otherwise"),
    ("ILIKE", "AQL has no ILIKE: use LIKE(text, pattern, true)"),
    ("INNER", "AQL joins with nested FOR loops: FOR a IN first FOR b IN second FILTER a.x == b.y RETURN { a, b }"),
    ("IS", "compare with == null or != null instead of IS NULL or IS NOT NULL"),
    ("JOIN", "AQL joins with nested FOR loops: FOR a IN first FOR b IN second FILTER a.x == b.y RETURN { a, b }"),
    ("LEFT", "AQL joins with nested FOR loops; a left join is a LET with a subquery"),
    ("MATCH", "AQL has no MATCH: traverse with FOR vertex, edge IN 1..1 OUTBOUND start edges, or GRAPH \"name\""),
    ("MERGE", "use UPSERT { … } INSERT { … } UPDATE { … } IN collection instead of MERGE"),
    ("OFFSET", "use LIMIT offset, count instead of LIMIT count OFFSET offset"),
    ("ON", "AQL joins with nested FOR loops and FILTER instead of JOIN … ON"),
    ("ORDER", "use SORT instead of ORDER BY"),
    ("SELECT", "AQL has no SELECT: write FOR doc IN collection FILTER … RETURN doc"),
    ("SET", "use UPDATE key WITH { attribute: value } IN collection instead of SET"),
    ("SKIP", "use LIMIT offset, count instead of SKIP"),
    ("THEN", "AQL has no IF or CASE: use condition ? value : otherwise"),
    ("TOP", "use LIMIT count"),
    ("TRUNCATE", "use FOR doc IN collection REMOVE doc IN collection, or truncate the collection with a tool"),
    ("UNION", "AQL has no UNION between queries: use UNION((FOR …), (FOR …))"),
    ("UNWIND", "use FOR element IN array instead of UNWIND"),
    ("VALUES", "use INSERT { attribute: value } INTO collection instead of VALUES"),
    ("WHEN", "AQL has no CASE: use condition ? value : otherwise"),
    ("WHERE", "use FILTER instead of WHERE"),
    ("YIELD", "use RETURN instead of YIELD"),
];

/// The clauses that can end a query.
const ENDINGS: [Fixed; 6] = [Fixed::Return, Fixed::Insert, Fixed::Update, Fixed::Replace, Fixed::Remove, Fixed::Upsert];

/// A hint for an error at token number `at`.
pub(super) fn hint(tokens: &[Token], at: usize) -> Option<String> {
    let around = Around { tokens, at };
    around
        .by_clause()
        .or_else(|| around.by_word())
        .or_else(|| around.by_sign())
        .or_else(|| around.by_shape())
        .map(str::to_owned)
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
            Some(TokenKind::Identifier(name)) if self.fixed(places + 1) != Some(Fixed::Dot) => known_word(name),
            _ => None,
        };
        found(0).or_else(|| {
            // `SELECT name` stops behind the word when it could have been a variable.
            let starts = |token: Fixed| token.is_keyword() || token == Fixed::Open;
            if self.fixed(2).is_none_or(starts) { found(1) } else { None }
        })
    }

    /// `REMOVE doc FROM users`: the word is known, but means something else here.
    fn by_clause(&self) -> Option<&'static str> {
        let removes = self.is_word(0, "FROM") && self.clause() == Some(Fixed::Remove);
        removes.then_some("use REMOVE key IN collection")
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
            (TokenKind::Invalid(Invalid::Character(c)), _) => character_hint(*c),
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

fn known_word(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    let at = WORDS.binary_search_by(|(word, _)| (*word).cmp(name.as_str())).ok()?;
    WORDS.get(at).map(|(_, hint)| *hint)
}

fn character_hint(c: char) -> Option<&'static str> {
    match c {
        ';' => Some("a text holds one query, and no semicolon ends it"),
        '#' => Some("comments begin with // or stand in /* */"),
        '|' => Some("use || or OR"),
        '&' => Some("use && or AND"),
        '“' | '”' | '„' | '‘' | '’' => Some("use straight quotes, \" or '"),
        '$' => Some("bind parameters are written @name"),
        '@' => Some("bind parameters are written @name, with a letter or digit in the name"),
        '\u{a0}' | '\u{200b}' | '\u{feff}' => Some("an invisible character stands here: use plain blanks"),
        '_' => Some("a name needs a letter behind its underscores"),
        other if other.is_alphabetic() => Some("quote names with letters beyond a to z in backticks"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::WORDS;
    use crate::aql::parse;

    #[test]
    fn words_are_in_the_order_that_they_are_searched_in() {
        assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn other_languages_and_usual_slips_get_a_hint() {
        let cases = [
            ("SELECT * FROM users", "SELECT"),
            ("SELECT name FROM users;", "SELECT"),
            ("FOR u IN users WHERE u.age > 3 RETURN u", "FILTER"),
            ("FOR u IN users ORDER BY u.age RETURN u", "SORT"),
            ("FOR u IN users GROUP BY u.age RETURN u", "COLLECT"),
            ("FOR u IN users FILTER u.age = 3 RETURN u", "=="),
            ("FOR u IN users FILTER u.age === 3 RETURN u", "strictly"),
            ("FOR u IN users FILTER u.age <> 3 RETURN u", "!="),
            ("FOR u IN users FILTER u.age IS NULL RETURN u", "== null"),
            ("FOR u IN users FILTER u.age IS NOT NULL RETURN u", "== null"),
            ("FOR u IN users LIMIT 10 OFFSET 5 RETURN u", "LIMIT offset, count"),
            ("FOR u IN users RETURN COUNT(*)", "WITH COUNT INTO"),
            ("FOR u IN users RETURN COUNT(DISTINCT u.a)", "COUNT_DISTINCT"),
            ("MATCH (a)-[:knows]->(b) RETURN b", "OUTBOUND"),
            ("FOR u IN users JOIN friends ON u.a == friends.a RETURN u", "nested FOR"),
            ("FOR u users RETURN u", "FOR variable IN"),
            ("LET a 1 RETURN a", "LET variable ="),
            ("RETURN 1;", "semicolon"),
            ("RETURN \u{201c}a\u{201d}", "straight quotes"),
            ("FOR u IN users RETURN u.'name'", "backticks"),
            ("FOR u IN users RETURN u.sort", "SORT is a keyword"),
            ("RETURN { filter: 1 }", "FILTER is a keyword"),
            ("FOR u IN users FILTER u.a == 1", "RETURN"),
            ("DELETE FROM users", "REMOVE"),
            ("INSERT INTO users VALUES (1)", "INSERT {"),
            ("UPDATE users SET a = 1", "WITH {"),
            ("RETURN 2 ** 3", "POW"),
            ("RETURN 'a", "closing quote"),
            ("FOR u IN users COLLECT COUNT INTO n RETURN n", "WITH COUNT INTO"),
            ("FOR u IN users COLLECT c = u.c COUNT INTO n RETURN n", "WITH COUNT INTO"),
            ("FOR u IN users REMOVE u FROM users", "REMOVE key IN"),
            ("FOR u IN users RETURN u.a, u.b", "RETURN { a, b }"),
            ("FOR u IN users RETURN u.*", "whole document"),
            ("FOR v IN 1..3 'a/1' edges RETURN v", "OUTBOUND"),
            ("RETURN LENGTH(FOR u IN users FILTER u.a)", "subquery ends with RETURN"),
            ("RETURN LENGTH(SELECT 1)", "SELECT"),
            ("FOR u IN users FILTER u.a == :a RETURN u", "@name"),
            ("FOR u IN users FILTER u.a == ? RETURN u", "@name"),
            ("FOR u IN users FILTER u.a == ${a} RETURN u", "@name"),
            ("-- all\nRETURN 1", "//"),
            ("```aql\nRETURN 1\n```", "without the ```"),
        ];
        for (query, part) in cases {
            let hint = parse(query).unwrap_err().hint.unwrap_or_default();
            assert!(hint.contains(part), "{query}: {hint}");
        }
    }

    #[test]
    fn attributes_with_foreign_names_are_no_reason_for_a_hint() {
        let error = parse("FOR u IN users RETURN u.where u").unwrap_err();
        assert_eq!(error.hint, None);
    }
}
