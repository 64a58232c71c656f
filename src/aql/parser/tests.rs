//! What parses, to what, and what does not.

use crate::{
    aql::{
        ParseError,
        analysis::analyse,
        ast::{Clause, Expr, GraphSource, LiteralValue, ObjectKey, PathSearchKind, Query},
        ast_json::ast_json,
        parse,
    },
    wire::ErrorNum,
};

fn query(text: &str) -> Query {
    parse(text).unwrap_or_else(|error| panic!("{}", error.render(text)))
}

fn error(text: &str) -> ParseError {
    match parse(text) {
        Ok(query) => panic!("{text} parsed to {query}"),
        Err(error) => error,
    }
}

fn value(text: &str) -> Expr {
    match query(&format!("RETURN {text}")).clauses.pop() {
        Some(Clause::Return(node)) => node.value,
        other => panic!("{other:?}"),
    }
}

fn printed(text: &str) -> String {
    query(text).to_string()
}

/// Both expressions have the same tree.
fn same(left: &str, right: &str) {
    assert_eq!(value(left).to_string(), value(right).to_string());
    assert_eq!(value(left).to_string(), value(&value(left).to_string()).to_string());
}

#[test]
fn operators_bind_as_the_manual_orders_them() {
    same("a ? b : c ? d : e", "a ? b : (c ? d : e)");
    same("a ? b ? c : d : e", "a ? (b ? c : d) : e");
    same("a OR b AND c", "a || (b && c)");
    same("a AND b == c", "a AND (b == c)");
    same("a == b IN c", "a == (b IN c)");
    same("a IN b < c", "a IN (b < c)");
    same("a < b..c", "a < (b..c)");
    same("a..b + c", "a..(b + c)");
    same("a + b * c", "a + (b * c)");
    same("a * -b", "a * (-b)");
    same("-a.b[0]", "-(a.b[0])");
    same("NOT a IN b", "(NOT a) IN b");
    same("!a == b", "(NOT a) == b");
    same("a NOT IN b AND c NOT LIKE d", "(a NOT IN b) AND (c NOT LIKE d)");
    same("a ?: b ?: c", "a ?: (b ?: c)");
}

#[test]
fn operators_group_to_the_left() {
    same("a - b - c", "(a - b) - c");
    same("a / b * c % d", "((a / b) * c) % d");
    same("a == b != c LIKE d", "((a == b) != c) LIKE d");
    same("a < b < c", "(a < b) < c");
    assert_eq!(value("a - (b - c)").to_string(), "a - (b - c)");
}

#[test]
fn quantified_comparisons_bind_between_equality_and_and() {
    same("a ANY == b AND c", "(a ANY == b) AND c");
    same("a == b ALL IN c", "(a == b) ALL IN c");
    same("a NONE < b + 1", "a NONE < (b + 1)");
    same("a AT LEAST (1 + 1) NOT IN b", "a at least (2 - 0 + 0) NOT IN b".replace("2 - 0 + 0", "1 + 1").as_str());
    assert!(matches!(value("[1] any > 0"), Expr::ArrayComparison(_)));
}

#[test]
fn literals_cannot_be_accessed_but_brackets_help() {
    assert_eq!(error("RETURN 'abc'[0]").num, ErrorNum::QUERY_PARSE);
    assert_eq!(error("RETURN 1.a").num, ErrorNum::QUERY_PARSE);
    assert_eq!(value("('abc')[0]").to_string(), "(\"abc\")[0]");
    assert_eq!(value("[1, 2][0].a.@b[c]").to_string(), "[1, 2][0].a.@b[c]");
}

#[test]
fn suffixes_behind_an_expansion_apply_to_each_element() {
    let Expr::Expansion(outer) = value("a[*].b[0].c") else { panic!() };
    assert_eq!(outer.suffix.unwrap().to_string(), "CURRENT.b[0].c");
    let Expr::Expansion(outer) = value("a[*].b[*].c") else { panic!() };
    let Expr::Expansion(inner) = *outer.suffix.unwrap() else { panic!() };
    assert_eq!(inner.value.to_string(), "CURRENT.b");
    assert_eq!(inner.suffix.unwrap().to_string(), "CURRENT.c");
    let Expr::Expansion(plain) = value("a[*]") else { panic!() };
    assert_eq!(plain.suffix, None);
    let Expr::Index(index) = value("(a[*].b)[0]") else { panic!() };
    assert_eq!(index.value.to_string(), "a[*].b");
}

#[test]
fn flattening_applies_to_the_whole_of_an_earlier_expansion() {
    let Expr::Expansion(outer) = value("a[*].b[**].c") else { panic!() };
    assert_eq!((outer.depth, outer.value.to_string().as_str()), (2, "a[*].b"));
    assert_eq!(outer.suffix.unwrap().to_string(), "CURRENT.c");
}

#[test]
fn inline_expressions_are_read() {
    for text in [
        "a[* FILTER CURRENT.x > 1 LIMIT 1, 2 RETURN CURRENT.y]",
        "a[** LIMIT 3]",
        "a[?]",
        "a[? FILTER CURRENT == 1]",
        "a[? ALL FILTER CURRENT == 1]",
        "a[? AT LEAST (2) FILTER CURRENT == 1]",
        "a[? 2..3 FILTER CURRENT == 1].b",
        "a[*].b[? NONE FILTER CURRENT]",
    ] {
        assert_eq!(value(text).to_string(), text);
    }
    assert_eq!(error("RETURN a[? ANY]").num, ErrorNum::QUERY_PARSE);
    assert_eq!(error("RETURN a[* RETURN 1 FILTER 2]").num, ErrorNum::QUERY_PARSE);
}

#[test]
fn objects_have_all_kinds_of_keys() {
    let Expr::Object(object) = value("{ a, 'b c': 1, @d: 2, [1 + 1]: 3, `for`: 4, \"e\": e, }") else { panic!() };
    assert!(matches!(object.entries[2].key, ObjectKey::Bind(_)));
    assert!(matches!(object.entries[3].key, ObjectKey::Computed(_)));
    assert_eq!(Expr::Object(object).to_string(), "{ a, \"b c\": 1, @d: 2, [1 + 1]: 3, \"for\": 4, e }");
    assert_eq!(value("[1, [],]").to_string(), "[1, []]");
    for text in ["{ 'a' }", "{ 1: 2 }", "{ a: }", "{, }", "[,]", "[1,,2]", "{ @@a: 1 }"] {
        assert_eq!(error(&format!("RETURN {text}")).num, ErrorNum::QUERY_PARSE, "{text}");
    }
}

#[test]
fn spreading_is_read_as_the_functions_it_means() {
    assert_eq!(value("[0, ...a, 4]").to_string(), "UNION([0], a, [4])");
    assert_eq!(value("[...a]").to_string(), "UNION(a, [])");
    assert_eq!(value("{ ...a, b: 1 }").to_string(), "MERGE(a, { b: 1 })");
}

#[test]
fn calls_take_queries_and_know_like() {
    assert_eq!(value("length(FOR x IN y RETURN x)").to_string(), "LENGTH(FOR x IN y RETURN x)");
    assert_eq!(value("my::fn(1, (RETURN 2))").to_string(), "MY::FN(1, (RETURN 2))");
    assert_eq!(value("like('a', 'b') LIKE 'c'").to_string(), "LIKE(\"a\", \"b\") LIKE \"c\"");
    assert_eq!(value("COUNT()").to_string(), "COUNT()");
    assert_eq!(error("RETURN F(1,)").num, ErrorNum::QUERY_PARSE);
}

#[test]
fn numbers_keep_their_type() {
    let literal = |text: &str| match value(text) {
        Expr::Literal(literal) => literal.value,
        other => panic!("{other:?}"),
    };
    assert_eq!(literal("1.0"), LiteralValue::Double(1.0));
    assert_eq!(literal("0x10"), LiteralValue::Int(16));
    assert_eq!(value("1.0").to_string(), "1.0");
    assert_eq!(literal("1e999"), LiteralValue::Double(f64::INFINITY));
    assert_eq!(value("0x1ffffffff").to_string(), "1e999");
    assert_eq!(error("RETURN 01").num, ErrorNum::QUERY_PARSE);
}

#[test]
fn every_clause_prints_as_it_was_written() {
    for text in [
        "WITH a, @@b FOR x IN a RETURN x",
        "FOR x IN v SEARCH x.a == 1 OPTIONS { waitForSync: true } RETURN x",
        "FOR x IN c OPTIONS { indexHint: \"i\" } FILTER x.a LIMIT 5 RETURN DISTINCT x",
        "FOR v, e, p IN 1..@max OUTBOUND @start GRAPH \"g\" PRUNE stop = v.a == 1 OPTIONS { order: \"bfs\" } RETURN p",
        "FOR v IN ANY \"a/1\" INBOUND e1, @@e2, OUTBOUND `e-3` RETURN v",
        "FOR v IN 2 ANY doc.start e PRUNE v.stop RETURN v",
        "FOR v, e IN OUTBOUND SHORTEST_PATH @a TO @b GRAPH @g OPTIONS { weightAttribute: \"w\" } RETURN e",
        "FOR p IN INBOUND K_SHORTEST_PATHS \"a/1\" TO doc e LIMIT 2 RETURN p",
        "FOR p IN 1..3 ANY K_PATHS \"a/1\" TO \"a/2\" GRAPH \"g\" RETURN p",
        "FOR p IN ANY ALL_SHORTEST_PATHS \"a/1\" TO \"a/2\" e RETURN p",
        "FOR x IN c COLLECT a = x.a, b = x.b INTO g KEEP x, a OPTIONS { method: \"sorted\" } RETURN g",
        "FOR x IN c COLLECT a = x.a INTO g = x.b RETURN g",
        "FOR x IN c COLLECT a = x.a WITH COUNT INTO n RETURN n",
        "FOR x IN c COLLECT WITH COUNT INTO n RETURN n",
        "FOR x IN c COLLECT AGGREGATE n = MAX(x.a), m = LENGTH(1) INTO g RETURN n",
        "FOR x IN c SORT x.a, x.b DESC, x.c ASC, x.d @dir LIMIT 1, @n RETURN x",
        "FOR x IN c WINDOW { preceding: 1, following: 2 } AGGREGATE s = SUM(x.a) RETURN s",
        "FOR x IN c WINDOW x.t WITH { preceding: \"PT1H\" } AGGREGATE s = SUM(x.a) RETURN s",
        "FOR x IN c INSERT x INTO d OPTIONS { overwriteMode: \"ignore\" } RETURN NEW",
        "FOR x IN c UPDATE x WITH { a: 1 } IN c RETURN { old: OLD, new: NEW }",
        "FOR x IN c UPDATE x IN c",
        "FOR x IN c REPLACE x._key WITH x IN @@c LET y = OLD RETURN y",
        "REMOVE \"key\" IN c OPTIONS { ignoreErrors: true }",
        "UPSERT { a: 1 } INSERT { a: 1 } UPDATE { n: OLD.n + 1 } IN c RETURN NEW",
        "UPSERT FILTER CURRENT.a > 1 INSERT {} REPLACE {} IN c",
        "INSERT {} INTO a INSERT {} INTO b",
    ] {
        assert_eq!(printed(text), text);
    }
}

#[test]
fn words_that_are_keywords_only_in_their_place_are_names_elsewhere() {
    let text = "FOR options IN search FILTER options.keep == prune.to COLLECT count = at INTO least RETURN count";
    assert_eq!(printed(text), text);
}

#[test]
fn spellings_are_unified() {
    assert_eq!(
        printed("for X in `for` let a = 1, b = 2 return X && !a"),
        "FOR X IN `for` LET a = 1 LET b = 2 RETURN X AND NOT a"
    );
    assert_eq!(printed("WITH a b RETURN 1 // end"), "WITH a, b RETURN 1");
    assert_eq!(printed("FOR v IN OUTBOUND 'a/1' GRAPH g RETURN v"), "FOR v IN OUTBOUND \"a/1\" GRAPH \"g\" RETURN v");
    assert_eq!(printed("INSERT {} IN 'c'"), "INSERT {} INTO c");
}

#[test]
fn the_collection_of_a_modification_is_told_from_an_operand() {
    let Some(Clause::Remove(remove)) = query("FOR x IN c REMOVE x IN c RETURN OLD").clauses.into_iter().nth(1) else {
        panic!()
    };
    assert_eq!(remove.key.to_string(), "x");
    let Some(Clause::Remove(remove)) = query("REMOVE x IN y IN c").clauses.pop() else { panic!() };
    assert_eq!(remove.key.to_string(), "x IN y");
    let Some(Clause::Insert(insert)) = query("INSERT { a: x IN y } IN c").clauses.pop() else { panic!() };
    assert_eq!(insert.document.to_string(), "{ a: x IN y }");
    assert_eq!(printed("REMOVE x IN y INTO c"), "REMOVE x IN y INTO c");
    assert_eq!(printed("RETURN LENGTH(FOR x IN c REMOVE x IN c)"), "RETURN LENGTH(FOR x IN c REMOVE x IN c)");
}

#[test]
fn destructuring_becomes_assignments() {
    assert_eq!(printed("LET [a, , [b]] = x RETURN a"), "LET a = x[0] LET b = x[2][0] RETURN a");
    assert_eq!(printed("LET { a, b: { c: d } } = x RETURN a"), "LET a = x.a LET d = x.b.c RETURN a");
    assert_eq!(printed("LET [a] = [1] RETURN a"), "LET `0_4` = [1] LET a = `0_4`[0] RETURN a");
    assert_eq!(printed("FOR { name } IN c RETURN name"), "FOR `0_4` IN c LET name = `0_4`.name RETURN name");
    assert_eq!(error("FOR [a] IN OUTBOUND 'a/1' e RETURN a").num, ErrorNum::QUERY_PARSE);
}

#[test]
fn a_graph_can_be_named_in_every_way() {
    for (text, is_name) in [("'g'", true), ("g", true), ("`g`", true), ("@g", false)] {
        let query = query(&format!("FOR v IN ANY 'a/1' GRAPH {text} RETURN v"));
        let Some(Clause::Traversal(node)) = query.clauses.first() else { panic!() };
        let GraphSource::Graph(graph) = &node.source else { panic!() };
        assert_eq!(matches!(graph, Expr::Literal(_)), is_name);
    }
}

#[test]
fn only_one_kind_of_path_search_takes_a_depth_and_only_one_an_edge() {
    let Some(Clause::PathSearch(node)) = query("FOR p IN 2 ANY K_PATHS a TO b e RETURN p").clauses.into_iter().next()
    else {
        panic!()
    };
    assert_eq!(node.kind, PathSearchKind::KPaths);
    for text in [
        "FOR p IN 1..2 ANY SHORTEST_PATH a TO b e RETURN p",
        "FOR p, q IN ANY K_PATHS a TO b e RETURN p",
        "FOR p, q, r IN ANY SHORTEST_PATH a TO b e RETURN p",
        "FOR a, b, c, d IN ANY x e RETURN a",
        "FOR a, b IN c RETURN a",
    ] {
        assert_eq!(error(text).num, ErrorNum::QUERY_PARSE, "{text}");
    }
}

#[test]
fn a_query_ends_with_return_or_a_modification() {
    for text in [
        "FOR x IN y",
        "LET a = 1",
        "RETURN 1 RETURN 2",
        "RETURN 1 LIMIT 1",
        "INSERT {} INTO c LET x = NEW",
        "WITH a",
        " ",
        "// x",
    ] {
        assert_eq!(error(text).num, ErrorNum::QUERY_PARSE, "{text}");
    }
    assert_eq!(error("").num, ErrorNum::QUERY_EMPTY);
    assert_eq!(error("LET a = 1").hint.unwrap().split(' ').next_back(), Some("UPSERT)"));
}

#[test]
fn distinct_at_the_top_needs_a_loop() {
    for text in
        ["RETURN DISTINCT 1", "LET a = 1 COLLECT x = a RETURN DISTINCT x", "FOR i IN c LET a = DISTINCT i RETURN a"]
    {
        assert_eq!(error(text).num, ErrorNum::QUERY_PARSE, "{text}");
    }
    query("RETURN (RETURN DISTINCT 1)");
    query("FOR x IN c COLLECT a = x RETURN DISTINCT a");
}

#[test]
fn malformed_clauses_are_refused() {
    for text in [
        "FOR i IN c COLLECT RETURN 1",
        "FOR i IN c COLLECT INTO g RETURN g",
        "FOR i IN c COLLECT a = i WITH COUNT RETURN 1",
        "FOR i IN c COLLECT a = i WITH COUNT n INTO g RETURN 1",
        "FOR i IN c COLLECT AGGREGATE n = MIN(i) WITH COUNT INTO g RETURN 1",
        "FOR i IN c COLLECT a = i KEEP i RETURN 1",
        "FOR i IN c LIMIT RETURN i",
        "FOR i IN c OPTIONS @o RETURN i",
        "FOR v IN 'x' OUTBOUND @s @@e RETURN v",
        "FOR v IN 1.5 OUTBOUND @s @@e RETURN v",
        "FOR v IN (RETURN 1) OUTBOUND @s @@e RETURN v",
        "FOR v IN OUTBOUND @s RETURN v",
        "FOR v IN OUTBOUND 1 @@e RETURN v",
        "FOR v IN OUTBOUND 'a/1' 'e' RETURN v",
        "UPSERT 'a' INSERT {} UPDATE {} INTO c",
        "UPDATE x c",
        "INSERT x",
        "RETURN (WITH a RETURN 1)",
        "RETURN (1",
        "RETURN )",
        "RETURN a.for",
        "RETURN @",
        "RETURN a AT LEAST 1 == b",
        "WINDOW 1 AGGREGATE a = SUM(1) RETURN a",
    ] {
        assert_eq!(error(text).num, ErrorNum::QUERY_PARSE, "{text}");
    }
}

#[test]
fn spans_cover_what_was_written() {
    let text = "FOR x IN c FILTER x.a == (1 + 2) RETURN LENGTH(x)";
    let query = query(text);
    let cut = |span: crate::aql::Span| text.get(span.start as usize..span.end as usize).unwrap();
    assert_eq!(cut(query.span), text);
    let Clause::Filter(filter) = &query.clauses[1] else { panic!() };
    assert_eq!(cut(filter.span), "FILTER x.a == (1 + 2)");
    let Expr::Binary(binary) = &filter.condition else { panic!() };
    assert_eq!(cut(binary.left.span()), "x.a");
    assert_eq!(cut(binary.right.span()), "1 + 2");
    let Clause::Return(last) = &query.clauses[2] else { panic!() };
    assert_eq!(cut(last.value.span()), "LENGTH(x)");
}

#[test]
fn deep_nesting_is_an_error_and_never_an_overflow() {
    let many = 4_000;
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("F(", ")"),
        ("(RETURN ", ")"),
        ("-", ""),
        ("NOT ", ""),
        ("1 + ", ""),
        ("1 ? 1 : ", ""),
        ("1 ? ", " : 1"),
        ("a[", "]"),
        ("a[*].b[* FILTER ", "]"),
    ] {
        let text = format!("RETURN {}1{}", open.repeat(many), close.repeat(many));
        assert_eq!(error(&text).num, ErrorNum::QUERY_TOO_MUCH_NESTING, "{open}");
    }
    for link in [".a", "[0]", "[*]", "[**]", "[?]", "[*].a", " + a", " OR a", " IN a", "..a", " ANY == a"] {
        let text = format!("RETURN a{}", link.repeat(many));
        assert_eq!(error(&text).num, ErrorNum::QUERY_TOO_MUCH_NESTING, "{link}");
    }
    let text = format!("RETURN {}1{}", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(error(&text).num, ErrorNum::QUERY_TOO_MUCH_NESTING);
    assert_eq!(error(&format!("RETURN a{}", ".a".repeat(100_000))).num, ErrorNum::QUERY_TOO_MUCH_NESTING);
    assert_eq!(error(&format!("LET {}a = 1 RETURN 1", "[".repeat(many))).num, ErrorNum::QUERY_TOO_MUCH_NESTING);
}

#[test]
fn nesting_below_the_limit_is_parsed_printed_and_dropped() {
    for (open, close, times) in [("[", "]", 290), ("(RETURN ", ")", 95), ("1 + ", "", 490), ("f(", ")", 290)] {
        let text = format!("RETURN {}1{}", open.repeat(times), close.repeat(times));
        let tree = query(&text);
        assert_eq!(analyse(&tree).operations, []);
        assert_eq!(ast_json(&tree)["type"], "root");
        let once = tree.to_string();
        assert_eq!(printed(&once), once);
    }
}

#[test]
fn long_flat_queries_are_no_deep_ones() {
    let many = 20_000;
    query(&format!("RETURN [{}]", "1, ".repeat(many)));
    query(&format!("{}RETURN 1", "FOR x IN c OPTIONS {} ".repeat(many)));
    let lets: Vec<String> = (0..many).map(|number| format!("LET x{number} = [1 + 1, x0]")).collect();
    let tree = query(&format!("{} RETURN 1", lets.join(" ")));
    assert_eq!(analyse(&tree).read.len(), 1);
    assert_eq!(ast_json(&tree)["subNodes"].as_array().map(Vec::len), Some(many + 1));
}
