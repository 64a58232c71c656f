//! From what the Python version was configured with to our file.

use std::fs;

use super::*;
use crate::config::MapEnv;

fn read(text: &str) -> Result<Original, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("databases.yaml");
    fs::write(&path, text).unwrap();
    Original::read(&path)
}

fn new_text(text: &str) -> String {
    read(text).unwrap().as_new(Path::new("/new/config.yaml")).unwrap().0
}

#[test]
fn numbers_and_empty_values_are_read_as_they_are_written() {
    let text = "# x\nzzz: 1\ndatabases:\n  a:\n    url: http://h\n    database: d\n    username: 007\n    timeout: 5\n    description: ~\n    password_env:\n";
    insta::assert_snapshot!(new_text(text), @r#"
    version: "1.0"
    databases:
      a:
        url: http://h
        database: d
        username: "007"
        timeout: 5
    "#);
}

#[test]
fn a_variable_that_is_made_up_is_not_one_that_is_there() {
    let text = "databases:\n  a: {url: 'http://h', database: d, password: x}\n  A: {url: 'http://h', database: d, pwd: y}\n  b: {url: 'http://h', database: d, password_env: A_PASSWORD}\n";
    let original = read(text).unwrap();
    assert_eq!(
        original.findings,
        [
            "databases.a.password: holds a password, which is left out; set A_2_PASSWORD to it",
            "databases.A.pwd: holds a password, which is left out; set A_3_PASSWORD to it",
        ]
    );
}

#[test]
fn the_name_of_a_variable_beside_a_password_is_kept() {
    let text = "databases:\n  a: {url: 'http://u:x@h', database: d, password: y, password_env: PW}\n";
    insta::assert_snapshot!(new_text(text), @r#"
    version: "1.0"
    databases:
      a:
        url: http://h
        database: d
        username: u
        password_env: PW
    "#);
    assert_eq!(read(text).unwrap().findings.len(), 2);
}

#[test]
fn an_empty_file_becomes_an_empty_file() {
    for text in ["", "# nothing\n", "databases:\n"] {
        assert_eq!(new_text(text), text);
    }
}

#[test]
fn defaults_of_the_environment_are_not_written() {
    let text = |pairs: &[(&str, &str)]| {
        let original = Original::from_env(&pairs.iter().copied().collect::<MapEnv>()).unwrap();
        original.as_new(Path::new("/new/config.yaml")).unwrap().0
    };
    insta::assert_snapshot!(text(&[("ARANGO_DB", "shop")]), @r#"
    version: "1.0"
    default_database: default
    databases:
      default:
        url: http://localhost:8529
        database: shop
        username: root
    "#);
    insta::assert_snapshot!(text(&[("ARANGO_URL", "embedded:")]), @r#"
    version: "1.0"
    default_database: default
    databases:
      default:
        url: "embedded:"
    "#);
}

#[test]
fn only_a_server_on_http_hears_of_what_changed_there() {
    let of = |pairs: &[(&str, &str)]| findings_of_environment(&pairs.iter().copied().collect::<MapEnv>());
    assert!(of(&[]).is_empty());
    assert_eq!(of(&[("MCP_TRANSPORT", "http")]).len(), 2);
    assert!(of(&[("MCP_TRANSPORT", "http"), ("MCP_HTTP_HOST", "h"), ("MCP_HTTP_CORS_ORIGINS", "*")]).is_empty());
    assert!(of(&[("MCP_HTTP_STATELESS", "yes")])[0].starts_with("MCP_HTTP_STATELESS"));
}
