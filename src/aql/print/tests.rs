//! Round trips over generated trees, and over texts that are nearly queries.

use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
use proptest::{collection::vec, option};

use crate::aql::{
    Span,
    ast::{
        Array, ArrayComparison, ArrayFilter, ArrayFilterQuantifier, Attribute, AttributeName, Binary, BinaryOperator,
        Bind, Call, Expansion, Expr, Index, Literal, LiteralValue, Name, Object, ObjectEntry, ObjectKey, Quantifier,
        RangeExpr, Ternary, Unary, UnaryOperator,
    },
    parse,
};

const S: Span = Span { start: 0, end: 0 };

fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

fn name() -> impl Strategy<Value = Name> {
    prop_oneof![
        4 => "[a-z]{1,3}",
        1 => "[$_]?[a-z][a-z0-9_]{0,3}",
        1 => Just("for".to_owned()),
        1 => Just("CURRENT".to_owned()),
        1 => "[ -~´\n🥑]{0,4}",
    ]
    .prop_map(|text| Name { text, span: S })
}

fn bind() -> impl Strategy<Value = Bind> {
    "[a-z0-9]{1,3}".prop_map(|name| Bind { name, collection: false, span: S })
}

fn literal() -> impl Strategy<Value = Expr> {
    let value = prop_oneof![
        Just(LiteralValue::Null),
        any::<bool>().prop_map(LiteralValue::Bool),
        (0..=i64::MAX).prop_map(LiteralValue::Int),
        (0_i64..100).prop_map(LiteralValue::Int),
        any::<f64>()
            .prop_filter("no text is NaN", |value| !value.is_nan())
            .prop_map(|value| LiteralValue::Double(value.abs())),
        ".{0,5}".prop_map(LiteralValue::String),
    ];
    value.prop_map(|value| Expr::Literal(Literal { value, span: S }))
}

fn operator() -> impl Strategy<Value = BinaryOperator> {
    prop_oneof![comparison(), Just(BinaryOperator::Or), Just(BinaryOperator::And), arithmetic()]
}

fn arithmetic() -> impl Strategy<Value = BinaryOperator> {
    proptest::sample::select(vec![
        BinaryOperator::Add,
        BinaryOperator::Subtract,
        BinaryOperator::Multiply,
        BinaryOperator::Divide,
        BinaryOperator::Modulo,
    ])
}

fn comparison() -> impl Strategy<Value = BinaryOperator> {
    proptest::sample::select(vec![
        BinaryOperator::Eq,
        BinaryOperator::Ne,
        BinaryOperator::Lt,
        BinaryOperator::Le,
        BinaryOperator::Gt,
        BinaryOperator::Ge,
        BinaryOperator::In,
        BinaryOperator::NotIn,
        BinaryOperator::Like,
        BinaryOperator::NotLike,
        BinaryOperator::Matches,
        BinaryOperator::NotMatches,
    ])
}

fn quantifier(inner: BoxedStrategy<Expr>) -> impl Strategy<Value = Quantifier> {
    prop_oneof![
        Just(Quantifier::Any),
        Just(Quantifier::All),
        Just(Quantifier::None),
        inner.prop_map(|count| Quantifier::AtLeast(boxed(count))),
    ]
}

fn operation(inner: BoxedStrategy<Expr>) -> impl Strategy<Value = Expr> {
    let unary = proptest::sample::select(vec![UnaryOperator::Not, UnaryOperator::Plus, UnaryOperator::Minus]);
    prop_oneof![
        4 => (operator(), inner.clone(), inner.clone()).prop_map(|(operator, left, right)| {
            Expr::Binary(Binary { operator, left: boxed(left), right: boxed(right), span: S })
        }),
        2 => (unary, inner.clone()).prop_map(|(operator, operand)| {
            Expr::Unary(Unary { operator, operand: boxed(operand), span: S })
        }),
        1 => (quantifier(inner.clone()), comparison(), inner.clone(), inner.clone()).prop_map(
            |(quantifier, operator, left, right)| Expr::ArrayComparison(ArrayComparison {
                left: boxed(left), quantifier, operator, right: boxed(right), span: S,
            })
        ),
        1 => (inner.clone(), option::of(inner.clone()), inner.clone()).prop_map(|(condition, then, otherwise)| {
            Expr::Ternary(Ternary { condition: boxed(condition), then: then.map(boxed), otherwise: boxed(otherwise), span: S })
        }),
        1 => (inner.clone(), inner).prop_map(|(low, high)| {
            Expr::Range(RangeExpr { low: boxed(low), high: boxed(high), span: S })
        }),
    ]
}

fn compound(inner: BoxedStrategy<Expr>) -> impl Strategy<Value = Expr> {
    let key = prop_oneof![
        name().prop_map(ObjectKey::Name),
        bind().prop_map(ObjectKey::Bind),
        inner.clone().prop_map(|key| ObjectKey::Computed(boxed(key))),
    ];
    let entry = (key, inner.clone()).prop_map(|(key, value)| ObjectEntry { key, value });
    prop_oneof![
        vec(inner.clone(), 0..3).prop_map(|items| Expr::Array(Array { items, span: S })),
        vec(entry, 0..3).prop_map(|entries| Expr::Object(Object { entries, span: S })),
        ("[A-Z]{1,3}|LIKE|AB::CD", vec(inner, 0..3)).prop_map(|(name, arguments)| Expr::Call(Call {
            name,
            arguments,
            span: S
        })),
    ]
}

fn access(inner: BoxedStrategy<Expr>) -> impl Strategy<Value = Expr> {
    let attribute = prop_oneof![name().prop_map(AttributeName::Name), bind().prop_map(AttributeName::Bind)];
    let count = prop_oneof![
        quantifier(inner.clone()).prop_map(ArrayFilterQuantifier::Quantifier),
        inner.clone().prop_map(|count| ArrayFilterQuantifier::Count(boxed(count))),
    ];
    prop_oneof![
        (inner.clone(), attribute).prop_map(|(value, name)| Expr::Attribute(Attribute {
            value: boxed(value),
            name,
            span: S
        })),
        (inner.clone(), inner.clone()).prop_map(|(value, index)| Expr::Index(Index {
            value: boxed(value),
            index: boxed(index),
            span: S
        })),
        (inner.clone(), option::of(count), inner.clone()).prop_map(|(value, quantifier, condition)| {
            Expr::ArrayFilter(ArrayFilter {
                value: boxed(value),
                quantifier,
                condition: Some(boxed(condition)),
                span: S,
            })
        }),
        (
            inner.clone(),
            1..4_u32,
            option::of(inner.clone()),
            option::of((option::of(inner.clone()), inner.clone())),
            option::of(inner.clone()),
            option::of(inner)
        )
            .prop_map(|(value, depth, filter, limit, map, suffix)| Expr::Expansion(Expansion {
                value: boxed(value),
                depth,
                filter: filter.map(boxed),
                limit: limit.map(|(offset, count)| (offset.map(boxed), boxed(count))),
                map: map.map(boxed),
                suffix: suffix.map(boxed),
                span: S,
            })),
    ]
}

fn expression() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        literal(),
        name().prop_map(Expr::Name),
        bind().prop_map(Expr::Bind),
        Just(Expr::Name(Name { text: "CURRENT".to_owned(), span: S })),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let inner = inner.boxed();
        prop_oneof![2 => operation(inner.clone()), 1 => compound(inner.clone()), 1 => access(inner)]
    })
}

/// Pieces that queries are made of, to be put together at random.
const PIECES: &[&str] = &[
    "FOR",
    "x",
    "IN",
    "c",
    "RETURN",
    "FILTER",
    "==",
    "1",
    "'a'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "*",
    "?",
    "..",
    ".",
    "...",
    "@a",
    "@@b",
    "LET",
    "=",
    "COLLECT",
    "WITH",
    "COUNT",
    "INTO",
    "AGGREGATE",
    "SORT",
    "DESC",
    "LIMIT",
    "INSERT",
    "UPDATE",
    "REMOVE",
    "UPSERT",
    "REPLACE",
    "OUTBOUND",
    "ANY",
    "ALL",
    "SHORTEST_PATH",
    "K_PATHS",
    "TO",
    "GRAPH",
    "PRUNE",
    "OPTIONS",
    "SEARCH",
    "WINDOW",
    "KEEP",
    "NOT",
    "LIKE",
    "AND",
    "OR",
    "-",
    "AT",
    "LEAST",
    "DISTINCT",
    "CURRENT",
    "//",
    "/*",
    "*/",
    "\"",
    "'",
    "`",
    "´",
    "\\u12",
    "0x",
    "1e9",
    "::",
    ";",
    "é",
];

proptest! {
    #[test]
    fn an_expression_prints_to_a_text_of_the_same_tree(expr in expression()) {
        let once = format!("RETURN {expr}");
        let again = parse(&once).map_err(|error| proptest::test_runner::TestCaseError::fail(error.render(&once)))?;
        prop_assert_eq!(again.to_string(), once);
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in ".{0,60}") {
        if let Err(error) = parse(&text) {
            error.render(&text);
        }
    }

    #[test]
    fn queries_put_together_at_random_are_parsed_or_refused(
        pieces in vec(proptest::sample::select(PIECES), 0..25),
        blank in proptest::sample::select(&[" ", "", "\n"][..]),
    ) {
        let text = pieces.join(blank);
        match parse(&text) {
            Ok(query) => {
                let once = query.to_string();
                let again = parse(&once).map_err(|error| proptest::test_runner::TestCaseError::fail(error.render(&once)))?;
                prop_assert_eq!(again.to_string(), once);
            }
            Err(error) => {
                error.render(&text);
            }
        }
    }

    #[test]
    fn a_changed_query_is_parsed_or_refused(at in 0..200_usize, length in 0..4_usize, with in "[ -~é]{0,2}") {
        let text = "WITH a FOR v, e, p IN 1..@n OUTBOUND 'x/1' GRAPH 'g' PRUNE s = v.a == 1 OPTIONS { order: \"bfs\" } \
                    FILTER p.edges[*].w ALL > 0 AND v.b[? 1..2 FILTER CURRENT.c NOT IN [1, 2]] COLLECT k = v.k \
                    AGGREGATE m = MAX(v.m) INTO g UPSERT { k } INSERT { k, m } UPDATE { m: OLD.m + m } IN @@c RETURN NEW";
        let mut changed: Vec<char> = text.chars().collect();
        let start = at.min(changed.len());
        let end = (start + length).min(changed.len());
        changed.splice(start..end, with.chars());
        let changed: String = changed.into_iter().collect();
        match parse(&changed) {
            Ok(query) => {
                let once = query.to_string();
                prop_assert_eq!(parse(&once).map(|again| again.to_string()), Ok(once));
            }
            Err(error) => {
                error.render(&changed);
            }
        }
    }
}

#[test]
fn names_and_strings_are_quoted_when_they_have_to_be() {
    let text = r#"RETURN { a, "b c": `b c`.`for`["\"\\\n"], `a\`b`: 1 }"#;
    let printed = parse(text).unwrap().to_string();
    assert_eq!(printed, "RETURN { a, \"b c\": `b c`.`for`[\"\\\"\\\\\\n\"], \"a`b\": 1 }");
}

#[test]
fn a_suffix_that_is_no_access_is_printed_as_a_projection() {
    let current = Expr::Name(Name { text: "CURRENT".to_owned(), span: S });
    let sum = Expr::Unary(Unary { operator: UnaryOperator::Minus, operand: boxed(current.clone()), span: S });
    let list = Expr::Name(Name { text: "list".to_owned(), span: S });
    let expansion = Expansion {
        value: boxed(list),
        depth: 1,
        filter: None,
        limit: None,
        map: Some(boxed(current)),
        suffix: Some(boxed(sum)),
        span: S,
    };
    assert_eq!(Expr::Expansion(expansion).to_string(), "(list[* RETURN CURRENT])[* RETURN -CURRENT]");
}
