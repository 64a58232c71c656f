//! Reading dumps: sizes of batches, and paths inside of the backup directory.

use std::{path::Path, sync::Arc};

use cap_std::{ambient_authority, fs::Dir};

use super::{read::Folder, root::Root};
use crate::clock::ManualClock;

fn folder(path: &Path) -> Folder {
    let handle = Dir::open_ambient_dir(path, ambient_authority()).unwrap();
    Folder { handle: Arc::new(handle), path: path.to_owned() }
}

#[tokio::test]
async fn a_large_dump_comes_in_batches_and_is_digested_as_a_whole() {
    let temporary = tempfile::tempdir().unwrap();
    let documents: Vec<String> = (0..2500).map(|n| format!("{{\"_key\":\"{n}\"}}")).collect();
    let text = format!("[\n  {}\n]", documents.join(",\n  "));
    std::fs::write(temporary.path().join("d.json"), &text).unwrap();
    let mut rows = folder(temporary.path()).rows("d.json".to_owned()).await.unwrap();
    let mut sizes = Vec::new();
    while let Some(batch) = rows.next().await.unwrap() {
        sizes.push(batch.len());
    }
    assert_eq!(sizes, [1000, 1000, 500]);
    let sum = rows.sum().await.unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    assert_eq!((sum.count, sum.sha256), (2500, super::layout::hex(digest.as_ref())));
}

#[tokio::test]
async fn a_document_on_many_lines_becomes_one_line_and_keeps_its_text() {
    let temporary = tempfile::tempdir().unwrap();
    std::fs::write(temporary.path().join("d.json"), "[{\"_key\": \"a\",\r\n\"t\": \"x\\ny\"}]").unwrap();
    let mut rows = folder(temporary.path()).rows("d.json".to_owned()).await.unwrap();
    let batch = rows.next().await.unwrap().unwrap();
    assert_eq!((batch[0].key.as_deref(), batch[0].text.contains('\n')), (Some("a"), false));
    let value: serde_json::Value = serde_json::from_str(&batch[0].text).unwrap();
    assert_eq!(value["t"], "x\ny");
}

#[test]
fn only_plain_names_below_the_directory_are_places() {
    let root = Root::new(Some("/backups".into()), ManualClock::at(0));
    for good in ["a", "a/b", "./a", "/backups/a", " a "] {
        assert!(root.place(Some(good), "x").is_ok(), "{good}");
    }
    for bad in ["..", "a/..", "../backups/a", "/backups", "/backupsx/a", "/", ".", "/backups/../a", "a\0"] {
        assert!(root.place(Some(bad), "x").is_err(), "{bad}");
    }
    assert_eq!(root.place(Some(" "), "x").unwrap().path(), Path::new("/backups/x"));
    assert_eq!(root.stamp(), "19700101_000000");
}
