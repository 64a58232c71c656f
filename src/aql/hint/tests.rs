//! Texts with slips, and what their hints say.

use crate::aql::parse;

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
fn what_is_missing_or_misplaced_gets_a_hint() {
    let cases = [
        ("RETURN SUM(*)", "SUM(doc.value)"),
        ("FOR u IN users RETURN *", "RETURN doc"),
        ("FOR u IN users RETURN u.a ?? 1", "NOT_NULL"),
        ("FOR u IN users RETURN u?.a", "without ?"),
        ("FOR u IN users FILTER u.a NOT NULL RETURN u", "!= null"),
        ("FOR u IN users FILTER u.name CONTAINS 'a' RETURN u", "CONTAINS(text"),
        ("FOR u IN users FILTER u.name STARTS WITH 'a' RETURN u", "STARTS_WITH"),
        ("FOR u IN users FILTER u.a IN (1, 2) RETURN u", "IN [1, 2, 3]"),
        ("FOR (u IN users) RETURN u", "without parentheses"),
        ("FOR u IN users { RETURN u }", "braces"),
        ("FOR u IN users: RETURN u", "colons"),
        ("FOR i = 1 TO 3 RETURN i", "IN 1..10"),
        ("FOR u IN users FILTER u.a == 1 AND RETURN u", "missing before RETURN"),
        ("FOR u IN users SORT RETURN u", "missing before RETURN"),
        ("FOR u IN users LIMIT 5, RETURN u", "missing before RETURN"),
        ("FOR u IN users RETURN u LIMIT 5", "put LIMIT before it"),
        ("FOR u IN users RETURN u SORT u.a", "put SORT before it"),
        ("RETURN FOR u IN users RETURN u", "in parentheses"),
        ("LET x = FOR u IN users RETURN u RETURN x", "in parentheses"),
        ("FOR x IN FOR u IN users RETURN u RETURN x", "in parentheses"),
        ("FOR v IN 1..2 OUTBOUND 'a/1' 'knows' RETURN v", "not quoted as strings"),
        ("FOR v IN 1..2 OUTBOUND 'a/1' RETURN v", "needs edges"),
        ("FOR v IN OUTBOUND 1..2 'a/1' knows RETURN v", "before the direction"),
        ("FOR v IN SHORTEST_PATH 'a/1' TO 'a/2' knows RETURN v", "direction first"),
        ("FOR v IN OUTBOUND SHORTEST_PATH 'a/1', 'a/2' knows RETURN v", "start TO target"),
        ("FOR u IN users COLLECT u.a RETURN u", "COLLECT name ="),
        ("FOR u IN users COLLECT a = u.a AGGREGATE SUM(u.b) RETURN a", "AGGREGATE total ="),
        ("FOR u IN users COLLECT a = u.a WITH COUNT AS n RETURN a", "WITH COUNT INTO"),
        ("WITH x AS (FOR u IN users RETURN u) RETURN x", "LET name ="),
        ("RETURN CAST(a AS int)", "TO_NUMBER"),
        ("RETURN { a = 1 }", "{ name: value }"),
        ("RETURN { name u.name }", "{ name: value, other: value }"),
        ("RETURN { name: u.name age: u.age }", "{ name: value, other: value }"),
        ("FOR u IN users RETURN u.name u.age", "RETURN { a, b }"),
        ("RETURN x => x + 1", "no => functions"),
        ("RETURN [x for x in y]", "list[*"),
        ("RETURN u.tags[0:2]", "SLICE"),
        ("RETURN u.tags[0, 2]", "SLICE"),
        ("RETURN 'it''s'", "CONCAT"),
        ("UPSERT {a: 1} INSERT {a: 1} IN users", "three parts"),
        ("UPDATE 'k' {a: 1} IN users", "UPDATE key WITH"),
        ("UPDATE users WITH {a: 1}", "name the collection"),
        ("FOR u IN users UPDATE u.a = 1 IN users", "UPDATE key WITH"),
        ("FOR u IN users REMOVE u", "name the collection"),
        ("INSERT {a: 1}", "name the collection"),
        ("INSERT users {a: 1}", "INTO collection"),
        ("REPLACE INTO users VALUES (1)", "REPLACE document IN"),
        ("RETURN 5 MOD 2", "%"),
        ("RETURN 2 ^ 3", "POW"),
        ("FOR u IN users FILTER u.a ~ 'x' RETURN u", "=~"),
        ("FOR u IN users FILTER u.a == %s RETURN u", "@name"),
        ("FOR u IN users FILTER u.a == {{a}} RETURN u", "@name"),
        ("FOR u IN users FILTER ANY u.tags == 'a' RETURN u", "list ANY == value"),
        ("RETURN ROW_NUMBER() OVER (ORDER BY a)", "WINDOW"),
        ("db.users.find({a: 1})", "FOR doc IN collection"),
        ("SHOW COLLECTIONS", "COLLECTIONS()"),
        ("USE mydb", "leave USE out"),
        ("EXPLAIN RETURN 1", "query alone"),
        ("LENGTH(users)", "RETURN"),
        ("RETURN (1 + 2", "a ( is never closed"),
        ("RETURN { a: 1", "a { is never closed"),
    ];
    for (query, part) in cases {
        let hint = parse(query).unwrap_err().hint.unwrap_or_default();
        assert!(hint.contains(part), "{query}: {hint}");
    }
}

#[test]
fn names_like_the_words_of_other_languages_are_no_reason_for_a_hint() {
    for query in ["FOR show IN shows RETURN show +", "FOR use IN db RETURN [use mod", "FOR var IN vars RETURN (var, 1)"]
    {
        let hint = parse(query).unwrap_err().hint.unwrap_or_default();
        assert!(["SHOW", "USE", "LET", "JavaScript"].iter().all(|word| !hint.contains(word)), "{query}: {hint}");
    }
    let hint = parse("FOR u IN users RETURN u.where u").unwrap_err().hint.unwrap_or_default();
    assert!(!hint.contains("FILTER"), "{hint}");
}
