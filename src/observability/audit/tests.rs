//! The chain through restarts, torn lines, new files, and hands that change it.

use std::{fs, path::Path};

use super::*;

const KEY: [u8; 32] = [7; 32];

fn line(tool: &'static str) -> Line<'static> {
    Line {
        time: now(),
        event: "call",
        who: "ann",
        session: None,
        tool,
        database: Some("shop"),
        level: Some("default"),
        arguments: None,
        outcome: "ok",
        rows: Some(1),
        milliseconds: 1.5,
    }
}

fn target(path: &Path, max_bytes: Option<u64>) -> Target {
    Target::File { path: path.to_owned(), max_bytes: max_bytes.and_then(NonZeroU64::new) }
}

/// A run of a server that records so many calls.
async fn run(target: Target, key: Option<&[u8; 32]>, calls: usize) {
    let log = AuditLog::begin(target, Key::new(key), false).unwrap();
    for _ in 0..calls {
        assert!(log.record(&line("arango_query")).await.unwrap());
    }
    log.finish().await;
    assert_eq!(log.counts(), (calls as u64, 0));
}

fn check(files: &[&Path], key: Option<&[u8; 32]>) -> Report {
    let files: Vec<_> = files.iter().map(|path| path.to_path_buf()).collect();
    verify(&files, &Key::new(key)).unwrap()
}

fn problem(path: &Path, key: Option<&[u8; 32]>) -> (u64, String) {
    let found = check(&[path], key).broken.unwrap();
    (found.line, found.problem)
}

fn edit(path: &Path, change: impl FnOnce(Vec<&str>) -> Vec<String>) {
    let text = fs::read_to_string(path).unwrap();
    let lines = change(text.lines().collect());
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

#[tokio::test]
async fn a_chain_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    run(target(&path, None), None, 3).await;
    run(target(&path, None), None, 2).await;
    let report = check(&[&path], None);
    assert!(report.broken.is_none(), "{report:?}");
    assert_eq!((report.lines, report.first, report.last, report.starts), (9, Some(1), Some(9), 2));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_it_and_only_one_process_write_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let log = AuditLog::begin(target(&path, None), Key::new(None), false).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let second = AuditLog::begin(target(&path, None), Key::new(None), false).unwrap_err();
    assert!(matches!(second, AuditError::Taken { .. }), "{second}");
    log.finish().await;
}

#[tokio::test]
async fn a_torn_line_is_told_and_the_chain_goes_on_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    run(target(&path, None), None, 2).await;
    let text = fs::read(&path).unwrap();
    fs::write(&path, &text[..text.len() - 20]).unwrap();
    let at_the_end = check(&[&path], None);
    assert!(at_the_end.broken.is_none() && at_the_end.torn.len() == 1, "{at_the_end:?}");
    run(target(&path, None), None, 1).await;
    let report = check(&[&path], None);
    assert!(report.broken.is_none(), "{report:?}");
    assert_eq!((report.torn.len(), report.last), (1, Some(6)));
    // What broke off cannot be changed either.
    edit(&path, |lines| lines.iter().map(|line| line.replace("\"event\":\"s", "\"event\":\"t")).collect());
    assert!(check(&[&path], None).broken.is_some());
}

#[tokio::test]
async fn a_line_that_only_lacks_its_end_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    run(target(&path, None), None, 1).await;
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.trim_end()).unwrap();
    run(target(&path, None), None, 1).await;
    let report = check(&[&path], None);
    assert!(report.broken.is_none() && report.torn.is_empty(), "{report:?}");
    assert_eq!(report.last, Some(6));
}

#[tokio::test]
async fn a_full_file_is_put_away_and_the_chain_goes_on_in_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    run(target(&path, Some(1500)), None, 10).await;
    run(target(&path, Some(1500)), None, 10).await;
    let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 3, "{files:?}");
    assert!(files.iter().all(|file| fs::metadata(file).unwrap().len() <= 1500));
    let all: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let report = check(&all, None);
    assert!(report.broken.is_none(), "{report:?}");
    assert_eq!((report.lines, report.last), (24, Some(24)));
    let without_one: Vec<&Path> = all.iter().copied().filter(|file| *file != all[2]).collect();
    let gap = check(&without_one, None).broken.unwrap();
    assert!(gap.problem.contains("missing"), "{gap:?}");
}

#[tokio::test]
async fn what_was_changed_taken_out_or_put_in_shows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    run(target(&path, None), None, 5).await;
    let good = fs::read_to_string(&path).unwrap();
    let lines = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect::<Vec<_>>();
    edit(&path, |all| lines(all).into_iter().map(|line| line.replace("ann", "bob")).collect());
    assert_eq!(problem(&path, None).0, 3);
    fs::write(&path, &good).unwrap();
    edit(&path, |mut all| {
        all.remove(2);
        lines(all)
    });
    let (at, said) = problem(&path, None);
    assert!(at == 3 && said.contains("1 lines are missing"), "{said}");
    fs::write(&path, &good).unwrap();
    edit(&path, |mut all| {
        all.insert(2, all[2]);
        lines(all)
    });
    assert_eq!(problem(&path, None).0, 4);
    fs::write(&path, format!("{good}no line\nnor this\n")).unwrap();
    assert!(problem(&path, None).1.contains("no line of an audit log"));
}

#[tokio::test]
async fn who_has_no_key_can_neither_make_nor_check_a_keyed_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    run(target(&path, None), None, 1).await;
    run(target(&path, None), Some(&KEY), 1).await;
    let report = check(&[&path], Some(&KEY));
    assert!(report.broken.is_none(), "{report:?}");
    assert_eq!((report.lines, report.without_key), (6, 3));
    assert!(problem(&path, None).1.contains("MCP_AUDIT_KEY"));
    assert!(problem(&path, Some(&[8; 32])).1.contains("is another"));
    run(target(&path, None), None, 1).await;
    assert!(problem(&path, Some(&KEY)).1.contains("without the key"));
}

#[tokio::test]
async fn a_file_that_another_program_moved_away_is_gone_on_with_in_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let (path, away) = (folder.path().join("audit.jsonl"), folder.path().join("old.jsonl"));
    let log = AuditLog::begin(target(&path, None), Key::new(None), false).unwrap();
    assert!(log.record(&line("arango_query")).await.unwrap());
    fs::rename(&path, &away).unwrap();
    log.reopen();
    assert!(log.record(&line("arango_query")).await.unwrap());
    log.finish().await;
    let report = check(&[&path, &away], None);
    assert!(report.broken.is_none(), "{report:?}");
    assert_eq!((report.lines, report.last), (5, Some(5)));
}

#[tokio::test]
async fn what_could_not_be_written_is_told_once_writing_is_possible_again() {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("logs");
    fs::create_dir(&below).unwrap();
    let path = below.join("audit.jsonl");
    let log = AuditLog::begin(target(&path, Some(1)), Key::new(None), true).unwrap();
    fs::remove_dir_all(&below).unwrap();
    assert!(!log.record(&line("arango_query")).await.unwrap());
    assert!(!log.is_ready().await);
    fs::create_dir(&below).unwrap();
    assert!(log.is_ready().await);
    assert!(log.record(&line("arango_query")).await.unwrap());
    log.finish().await;
    assert_eq!(log.counts(), (1, 1));
    let files: Vec<_> = fs::read_dir(&below).unwrap().map(|entry| entry.unwrap().path()).collect();
    let report = verify(&files, &Key::new(None)).unwrap();
    assert!(report.broken.is_none(), "{report:?}");
    assert_eq!(report.lost, 1);
}

#[tokio::test]
async fn a_file_of_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(&path, "buy milk\n").unwrap();
    let refused = AuditLog::begin(target(&path, None), Key::new(None), false).unwrap_err();
    assert!(matches!(refused, AuditError::Foreign { .. }), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "buy milk\n");
}

#[test]
fn a_digest_needs_the_key() {
    let one = Key::new(Some(&KEY));
    assert_eq!(one.digest("{}"), Key::new(Some(&KEY)).digest("{}"));
    assert_ne!(one.digest("{}"), Key::new(None).digest("{}"));
    assert!(!format!("{one:?}").contains('7'));
}
