//! Tests of the editor: what changes, and that nothing else does.

use proptest::prelude::*;

use super::*;

fn key(text: &str) -> DatabaseKey {
    DatabaseKey::parse(text).unwrap()
}

fn text(value: &str) -> Setting {
    Setting::Text(value.to_owned())
}

fn add(name: &str) -> Change {
    let fields = vec![(Field::Url, Some(text("http://h:8529"))), (Field::Database, Some(text("d")))];
    Change::Add { key: key(name), fields }
}

fn remove(name: &str) -> Change {
    Change::Remove { key: key(name) }
}

fn update(name: &str, field: Field, setting: impl Into<Option<Setting>>) -> Change {
    Change::Update { key: key(name), rename: None, fields: vec![(field, setting.into())] }
}

fn rename(name: &str, new: &str) -> Change {
    Change::Update { key: key(name), rename: Some(key(new)), fields: Vec::new() }
}

fn edit(text: &str, change: &Change) -> String {
    apply(text, Path::new("/c.yaml"), change).unwrap_or_else(|error| panic!("{error}\n{text}")).0
}

fn refusal(text: &str, change: &Change) -> String {
    apply(text, Path::new("/c.yaml"), change).unwrap_err().to_string()
}

const COMMENTED: &str = r#"# The databases of the shop.
version: '1.0'

default_database: "live"   # ask before you change it

databases:
    # Customers!
    live:   # EU
        url:   https://db1:8529
        database: shop # not `shop2`
        description: |
            The one
            that matters

        # max_rows: 5
    # not yet: 

    "test db": {url: 'http://t:8529', database: d, tags: [a, b]}  # flow

# The end.
"#;

#[test]
fn an_entry_is_added_after_the_others_with_the_indentation_of_the_file() {
    insta::assert_snapshot!(edit(COMMENTED, &add("new")), @r#"
    # The databases of the shop.
    version: '1.0'

    default_database: "live"   # ask before you change it

    databases:
        # Customers!
        live:   # EU
            url:   https://db1:8529
            database: shop # not `shop2`
            description: |
                The one
                that matters

            # max_rows: 5
        # not yet: 

        "test db": {url: 'http://t:8529', database: d, tags: [a, b]}  # flow
        new:
            url: http://h:8529
            database: d

    # The end.
    "#);
}

#[test]
fn only_the_bytes_of_the_entry_are_replaced() {
    let cases: [(Change, &str, &str); 11] = [
        (update("live", Field::Url, text("http://n")), "https://db1:8529", "http://n"),
        (
            update("live", Field::Description, text("x: y")),
            "|\n            The one\n            that matters",
            "\"x: y\"",
        ),
        (
            update("live", Field::Description, None),
            "        description: |\n            The one\n            that matters\n\n        # max_rows: 5\n",
            "\n        # max_rows: 5\n",
        ),
        (
            update("live", Field::MaxRows, Some(Setting::Bare("5".to_owned()))),
            "            that matters\n",
            "            that matters\n        max_rows: 5\n",
        ),
        (update("test db", Field::Tags, Some(Setting::List(vec!["x, y".to_owned()]))), "[a, b]", "[\"x, y\"]"),
        (update("test db", Field::Tags, None), "database: d, tags: [a, b]", "database: d"),
        (update("test db", Field::Auth, text("jwt")), "tags: [a, b]", "tags: [a, b], auth: jwt"),
        (rename("test db", "test"), "\"test db\"", "test"),
        (Change::SetDefault(Some(key("test db"))), "\"live\"", "test db"),
        (Change::SetDefault(None), "default_database: \"live\"   # ask before you change it\n", ""),
        (remove("test db"), "    \"test db\": {url: 'http://t:8529', database: d, tags: [a, b]}  # flow\n", ""),
    ];
    for (change, old, new) in cases {
        assert_eq!(COMMENTED.matches(old).count(), 1, "{old}");
        assert_eq!(edit(COMMENTED, &change), COMMENTED.replace(old, new), "{change:?}");
    }
}

#[test]
fn a_renamed_or_removed_default_takes_default_database_along() {
    let renamed = COMMENTED.replace("    live:", "    prod:").replace("\"live\"", "prod");
    assert_eq!(edit(COMMENTED, &rename("live", "prod")), renamed);
    let removed = edit(COMMENTED, &remove("live"));
    assert!(!removed.contains("default_database") && !removed.contains("live") && removed.contains("Customers!"));
}

#[test]
fn a_file_without_databases_or_without_anything_gets_them() {
    insta::assert_snapshot!(edit("", &add("a")), @r#"
    version: "1.0"
    databases:
      a:
        url: http://h:8529
        database: d
    "#);
    let entry = "  a:\n    url: http://h:8529\n    database: d";
    for (before, after) in [
        ("# only this", format!("# only this\nversion: \"1.0\"\ndatabases:\n{entry}\n")),
        ("version: '1.0'", format!("version: '1.0'\ndatabases:\n{entry}")),
        ("databases:\n", format!("databases:\n{entry}\n")),
        ("databases: # none\n\n# end\n", format!("databases: # none\n{entry}\n\n# end\n")),
        ("databases:\n  # soon\nversion: '1.0'\n", format!("databases:\n  # soon\n{entry}\nversion: '1.0'\n")),
        ("databases: {}\n", format!("databases:\n{entry}\n")),
        ("databases: null # none\n", format!("databases: # none\n{entry}\n")),
        ("databases: ~", format!("databases:\n{entry}")),
        ("---\nversion: 1\n...\n", format!("---\nversion: 1\ndatabases:\n{entry}\n...\n")),
        ("{}\n", "{databases: {a: {url: http://h:8529, database: d}}}\n".to_owned()),
        ("{databases: {}}", "{databases: {a: {url: http://h:8529, database: d}}}".to_owned()),
        ("\u{feff}version: '1.0'\n", format!("\u{feff}version: '1.0'\ndatabases:\n{entry}\n")),
    ] {
        let found = edit(before, &add("a"));
        // YAML's null keeps its blank.
        assert_eq!(found.replace(":  #", ": #"), after, "{before:?}");
    }
}

#[test]
fn the_last_entry_can_go_and_another_can_come() {
    let one = "databases:\n  a:\n    url: http://h:8529\n    database: d\n";
    let none = edit(one, &remove("a"));
    assert_eq!(none, "databases:\n");
    assert_eq!(edit(&none, &add("a")), one);
    let flow = "databases: {a: {url: 'http://h', database: d}}";
    assert_eq!(edit(flow, &remove("a")), "databases: {}");
}

#[test]
fn line_ends_and_a_missing_last_one_stay_as_they_are() {
    let windows = "databases:\r\n  a:\r\n    url: http://h:8529\r\n    database: d\r\n";
    let two = edit(windows, &add("b"));
    assert_eq!(two, format!("{windows}  b:\r\n    url: http://h:8529\r\n    database: d\r\n"));
    assert_eq!(edit(&two, &remove("b")), windows);
    let open = windows.trim_end();
    let two = edit(open, &add("b"));
    assert!(two.ends_with("    database: d"), "{two:?}");
    assert_eq!(edit(&two, &remove("b")), open);
    let default = edit(open, &Change::SetDefault(Some(key("a"))));
    assert_eq!(default, format!("default_database: a\r\n{open}"));
}

#[test]
fn a_bare_embedded_url_is_no_obstacle() {
    let bare = "databases:\n  a:\n    url: embedded:   # memory\n    description: x\n";
    assert_eq!(
        edit(bare, &update("a", Field::Description, text("z"))),
        bare.replace("description: x", "description: z")
    );
    assert_eq!(edit(bare, &update("a", Field::Url, text("embedded:/d"))), bare.replace("embedded:", "embedded:/d"));
}

#[test]
fn what_cannot_be_done_without_changing_more_is_refused() {
    let shared =
        "databases:\n  a: &a\n    url: &u http://h\n    database: d\n  b: *a\n  c:\n    url: *u\n    database: d\n";
    insta::assert_snapshot!(refusal(shared, &update("a", Field::Url, text("http://x"))), @"databases.a: the file is written in a way that cannot be changed here without changing more than was asked for; change this entry with a text editor; nothing was changed");
    assert!(refusal(shared, &remove("a")).contains("with a text editor"));
    assert!(refusal(shared, &update("b", Field::Url, text("http://x"))).contains("with a text editor"));
    assert!(edit(shared, &remove("b")).starts_with("databases:\n  a: &a\n"));
    let explicit = "databases:\n  ? a\n  : url: http://h\n    database: d\n";
    assert!(refusal(explicit, &add("b")).contains("with a text editor"));
    let noted = "databases: {a: {url: 'http://h', database: d, # this\n  auth: jwt}}\n";
    assert!(refusal(noted, &update("a", Field::Database, None)).contains("database"));
    assert!(refusal(noted, &update("a", Field::Auth, None)).contains("with a text editor"));
}

#[test]
fn a_change_that_does_not_fit_is_refused_with_advice() {
    insta::assert_snapshot!(refusal(COMMENTED, &add("live")), @"databases.live: the key is taken; use `db update` to change the entry, or choose another key");
    insta::assert_snapshot!(refusal(COMMENTED, &remove("lvie")), @"databases.lvie: no such entry; did you mean `live`?");
    insta::assert_snapshot!(refusal("", &remove("x")), @"databases.x: no such entry; no databases are configured; `db add` adds one");
    insta::assert_snapshot!(refusal(COMMENTED, &rename("live", "test db")), @"databases.test db: the key is taken; choose another key");
    insta::assert_snapshot!(refusal(COMMENTED, &Change::SetDefault(Some(key("x")))), @"databases.x: no such entry; configured: live, test db");
    insta::assert_snapshot!(refusal(COMMENTED, &update("live", Field::Timeout, text("soon"))), @r#"databases.live.timeout: "soon" is not a time; use seconds above 0 and at most 86400, e.g. 30.0"#);
    insta::assert_snapshot!(refusal(COMMENTED, &update("live", Field::Url, None)), @"databases.live.url: the key is missing; say where the database is, e.g. `url: http://localhost:8529`");
    let password = refusal(COMMENTED, &update("live", Field::PasswordEnv, text("hunter2!")));
    assert!(
        password.contains("not the name of an environment variable") && !password.contains("hunter2"),
        "{password}"
    );
}

/// What separates the parts of a generated file: comments and blank lines.
fn noise() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "\n", "# a comment: x\n", "  # indented\n", "\n# url: \"no\"\n\n", "      # deep\n"])
        .prop_map(str::to_owned)
}

/// One entry, in one of the ways people write them.
fn entry() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec!["d", "'d'", "\"d\"  # why", "!!str d"]);
    let note = prop::sample::select(vec![
        "",
        "    description: one\n",
        "    description: >-\n      folded\n      text\n",
        "    description: |\n      block\n\n",
        "    description: \"two\n      lines\"\n    # last\n",
        "    tags:\n      - a\n      - b\n",
        "    tags: [a,\n      b]  # list\n",
    ]);
    let block = (value, note).prop_map(|(value, note)| format!(":\n    database: {value}\n    url: http://h\n{note}"));
    let flow = Just(": {database: d, url: 'http://h'} # flow\n".to_owned());
    prop_oneof![3 => block, 1 => flow]
}

/// A file with entries `k0`, `k1`, … and the number of them.
fn file_text() -> impl Strategy<Value = (String, usize)> {
    let entries = prop::collection::vec((noise(), any::<bool>(), entry()), 0..5);
    (noise(), entries, noise(), any::<bool>(), any::<bool>()).prop_map(|(head, entries, tail, windows, closed)| {
        let mut text = format!("{head}databases:\n");
        for (position, (noise, quoted, entry)) in entries.iter().enumerate() {
            let quote = if *quoted { "\"" } else { "" };
            text.extend([noise, "  ", quote, &format!("k{position}"), quote, entry]);
        }
        text.push_str(&tail);
        let text = if closed { text } else { text.trim_end().to_owned() };
        (if windows { text.replace('\n', "\r\n") } else { text }, entries.len())
    })
}

fn change(entries: usize) -> impl Strategy<Value = Change> {
    let field = prop_oneof![
        any::<String>().prop_map(|value| (Field::Description, Some(Setting::Text(value)))),
        Just((Field::Description, None)),
        prop::collection::vec("[a-z ,#]{1,5}[a-z]", 0..3).prop_map(|tags| (Field::Tags, Some(Setting::List(tags)))),
        Just((Field::Tags, None)),
        (1..9_u32).prop_map(|rows| (Field::MaxRows, Some(Setting::Bare(rows.to_string())))),
        Just((Field::Url, Some(Setting::Text("embedded:".to_owned())))),
    ];
    let name = move || (0..entries.max(1)).prop_map(|position| key(&format!("k{position}")));
    let other = "new[a-zA-Z:#'\" ]{0,6}[a-z]".prop_filter_map("a key", |text| DatabaseKey::parse(text).ok());
    prop_oneof![
        other.clone().prop_map(|name| add(name.as_str())),
        name().prop_map(|key| Change::Remove { key }),
        (name(), field).prop_map(|(key, field)| Change::Update { key, rename: None, fields: vec![field] }),
        (name(), other).prop_map(|(key, new)| Change::Update { key, rename: Some(new), fields: Vec::new() }),
        name().prop_map(|key| Change::SetDefault(Some(key))),
        Just(Change::SetDefault(None)),
    ]
}

/// The lines of a text without those of one entry, which begin with its key and end before the next one or a comment above it.
fn lines_outside<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let mut inside = false;
    let mut outside = Vec::new();
    for line in text.split_inclusive('\n') {
        let depth = line.len() - line.trim_start().len();
        let content = line.trim_start().trim_start_matches('"');
        if depth == 2 && !line.trim_start().starts_with('#') {
            inside = content.starts_with(name) || !content.starts_with('k');
        } else if inside && depth < 3 && !line.trim().is_empty() {
            inside = false;
        }
        if !inside && !line.starts_with("default_database") {
            outside.push(line.trim_end());
        }
    }
    outside
}

proptest! {
    #[test]
    fn random_edits_do_what_they_say_and_touch_nothing_else(
        (text, change) in file_text().prop_flat_map(|(text, entries)| (Just(text), change(entries)))
    ) {
        let path = Path::new("/c.yaml");
        let before = file::parse(&text, path).unwrap();
        let target = match &change {
            Change::Add { key, .. } | Change::Remove { key } | Change::Update { key, .. } => key.to_string(),
            Change::SetDefault(_) => "no entry".to_owned(),
        };
        let known = before.databases().contains_key(target.as_str());
        let Ok((after, config)) = apply(&text, path, &change) else {
            // Nothing in these files is beyond the editor: only what does not fit is refused.
            let fits = match &change {
                Change::Add { .. } => !known,
                Change::Remove { .. } | Change::Update { rename: None, .. } => known,
                Change::Update { rename: Some(new), .. } => known && !before.databases().contains_key(new),
                Change::SetDefault(key) => key.as_ref().is_none_or(|key| before.databases().contains_key(key)),
            };
            prop_assert!(!fits, "refused: {change:?}\n{text}");
            return Ok(());
        };
        prop_assert_eq!(file::parse(&after, path).unwrap(), config);
        let others = |text: &str| lines_outside(text, &target).into_iter().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(others(&text), others(&after), "{:?}", change);
        if matches!(change, Change::Add { .. }) {
            prop_assert_eq!(apply(&after, path, &remove(&target)).unwrap().0, text);
        }
    }
}
