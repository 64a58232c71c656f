//! What `db` leaves on disk: when many write at once, when it is killed, when it cannot write.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
};

use super::{CONFIG, Shell};

#[test]
fn a_broken_file_is_an_error_that_changes_nothing() {
    let broken = "databases:\n  a:\n    url: http://h\n    databse: d\n";
    let shell = Shell::with(broken);
    insta::assert_snapshot!(shell.db(&["add", "b", "--url", "embedded:", "-y"]), @r#"
    --- stderr
    error: ~/.mcp-arangodb-async/config.yaml:4:5: databse: unknown key; did you mean `database`? Allowed here: url, urls, database, username, password_env, password_file, timeout, description, read_only, confirm, auth, max_connections, max_calls, rate_limit, max_rows, max_bytes, max_runtime, memory_limit, ca_file, tags
    --- exit 1
    "#);
    for words in [&["list"][..], &["remove", "a", "-y"], &["default", "a"], &["status"], &["test", "--all"]] {
        let told = shell.db(words);
        assert!(told.contains("databse") && told.ends_with("exit 1"), "{told}");
    }
    assert_eq!(shell.text(), broken);
}

#[test]
fn the_variable_names_the_file_and_the_option_comes_first() {
    let shell = Shell::new();
    let named = |name: &str| shell.home.path().join(name);
    let add = |key: &str, more: &[&str]| {
        let mut command = shell.command(&[&["db", "add", key, "--url", "embedded:", "-y"], more].concat());
        assert!(command.env("ARANGO_DATABASES_CONFIG_FILE", named("variable.yaml")).status().unwrap().success());
    };
    add("a", &[]);
    add("b", &["-C", named("flag.yaml").to_str().unwrap()]);
    assert!(fs::read_to_string(named("variable.yaml")).unwrap().contains("  a:\n"));
    assert!(fs::read_to_string(named("flag.yaml")).unwrap().contains("  b:\n"));
    assert!(!shell.config().exists());
}

#[test]
fn twenty_programs_at_once_lose_nothing() {
    let shell = Shell::new();
    let keys: Vec<String> = (0..20).map(|n| format!("k{n}")).collect();
    let children: Vec<_> = keys
        .iter()
        .map(|key| shell.command(&["db", "add", key, "--url", "embedded:", "--yes"]).spawn().unwrap())
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", shell.told(&output));
    }
    let listed = shell.json(&["list", "--json"]);
    let mut found: Vec<_> = listed.as_array().unwrap().iter().map(|entry| entry["key"].as_str().unwrap()).collect();
    found.sort_unstable();
    let mut expected: Vec<_> = keys.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn a_killed_save_leaves_the_old_file_or_the_new_one() {
    let shell = Shell::new();
    assert!(shell.db(&["add", "a", "--url", "embedded:", "-y"]).ends_with("exit 0"));
    let beside = shell.config().with_file_name(".config.yaml.new");
    let mut expected = shell.text();
    for round in 0..20 {
        let description = format!("{round}{}", "x".repeat(100_000));
        let mut command = shell.command(&["db", "update", "a", "--description", &description, "-y"]);
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        // Killed as soon as it writes, or a little later.
        let mut seen = 0;
        while child.try_wait().unwrap().is_none() && seen <= round * 20 {
            seen += i32::from(beside.exists());
            thread::yield_now();
        }
        drop(child.kill());
        drop(child.wait());
        let found = shell.text();
        if found != expected {
            assert!(found.contains(&format!("    description: \"{description}\"\n")), "torn in round {round}");
            expected = found;
        }
    }
    // Whatever was killed where: the next save goes through and clears up.
    assert!(shell.db(&["update", "a", "--description", "last", "-y"]).ends_with("exit 0"));
    assert!(!beside.exists() && shell.text().contains("description: last"));
}

#[cfg(unix)]
#[test]
fn a_linked_file_keeps_its_link() {
    let shell = Shell::with("");
    fs::remove_file(shell.config()).unwrap();
    let real = shell.home.path().join("real.yaml");
    fs::write(&real, CONFIG).unwrap();
    std::os::unix::fs::symlink(&real, shell.config()).unwrap();
    let told = shell.db(&["remove", "test", "-y"]);
    assert!(told.contains("saved to: ~/real.yaml"), "{told}");
    assert_eq!(fs::read_link(shell.config()).unwrap(), real);
    assert!(!fs::read_to_string(&real).unwrap().contains("test"));
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_an_error_that_changes_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let shell = Shell::with(CONFIG);
    let no_folder = shell.db(&["add", "a", "--url", "embedded:", "-y", "-C", "/dev/null/config.yaml"]);
    assert!(no_folder.contains("cannot be written") && no_folder.ends_with("exit 1"), "{no_folder}");

    // No file may grow beyond nothing, as on a full disk.
    let mut full = Command::new("/bin/sh");
    full.args(["-c", r#"trap "" XFSZ; ulimit -f 0; exec "$@""#, "sh", env!("CARGO_BIN_EXE_mcp-arangodb-async")]);
    full.args(["db", "remove", "live", "-y"]).env_clear().env("HOME", shell.home.path());
    let told = shell.told(&full.output().unwrap());
    assert!(told.contains("cannot be written") && told.ends_with("exit 1"), "{told}");
    assert_eq!(shell.text(), CONFIG);
    assert!(!shell.config().with_file_name(".config.yaml.new").exists());

    let folder = shell.config().parent().unwrap().to_owned();
    fs::remove_file(folder.join(".config.yaml.lock")).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    // Nothing is read-only to an administrator.
    let privileged = fs::write(folder.join("probe"), "").is_ok();
    let told = shell.db(&["remove", "live", "-y"]);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(told.ends_with(if privileged { "exit 0" } else { "exit 1" }), "{told}");
    assert_eq!(shell.text() == CONFIG, !privileged);
}
