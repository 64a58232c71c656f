//! The program inside shells: completions, driven by pressing tab in real ones, and manual pages.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

use crate::support::{
    program, run,
    terminal::{Streams, Terminal, may_use, program_folder},
};

const CONFIG: &str = "version: \"1.0\"\ndatabases:\n  production:\n    url: http://127.0.0.1:1\n    database: shop\n  \
                      staging:\n    url: http://127.0.0.1:1\n    database: shop\n  odd $(name):\n    url: \
                      http://127.0.0.1:1\n    database: shop\n";

/// Says what it was called with, and lets the real program answer for completions.
const STAND_IN: &str = "#!/bin/sh\ncase $1 in __complete) exec \"$PROGRAM\" \"$@\" ;; esac\nprintf '<%s>' \"$@\"\n";

/// A line that ends with a tab, and the words it has then.
const LINES: [(&str, &str); 9] = [
    ("compl", "<completions>"),
    ("db remove -C 'my config.yaml' pro", "<db><remove><-C><my config.yaml><production>"),
    ("health -C 'my config.yaml' --database=sta", "<health><-C><my config.yaml><--database=staging>"),
    ("health -C 'my config.yaml' --database odd", "<health><-C><my config.yaml><--database><odd $(name)>"),
    ("call arango_list_coll", "<call><arango_list_collections>"),
    ("call --server http://127.0.0.1:1/mcp arango_list_coll", "<http://127.0.0.1:1/mcp><arango_list_collections>"),
    ("call arango_create_collection name=x type=ed", "<name=x><type=edge>"),
    ("db list --config-file my", "<db><list><--config-file><my config.yaml>"),
    ("server --backup-dir back", "<server><--backup-dir><backups"),
];

/// How a shell is started without anybody's settings, and made to load a script and to show this prompt.
struct Shell {
    name: &'static str,
    command: &'static [&'static str],
    preparation: &'static str,
    /// What completes a line and runs it.
    keys: &'static str,
}

const PROMPT: &str = "READY> ";

const BASH: Shell = Shell {
    name: "bash",
    command: &["bash", "--norc", "--noprofile", "-i"],
    preparation: "bind 'set enable-bracketed-paste off'; source ./script; PS1=\"REA\"'DY> '",
    keys: "\t\r",
};

const OTHERS: [Shell; 3] = [
    Shell {
        name: "zsh",
        command: &["zsh", "-f", "-i"],
        preparation: "autoload -Uz compinit; compinit -D; source ./script; PS1=\"REA\"'DY> '",
        keys: "\t\r",
    },
    Shell {
        name: "fish",
        // It insists on a terminal of its own session.
        command: &["setsid", "--ctty", "fish", "--no-config", "--interactive"],
        preparation: "source ./script; function fish_prompt; echo -n \"REA\"'DY> '; end",
        keys: "\t\r",
    },
    Shell {
        name: "elvish",
        command: &["setsid", "--ctty", "elvish", "-norc"],
        preparation: "eval (slurp < script); set edit:prompt = { put \"REA\"'DY> ' }; set edit:rprompt = { }",
        // It may ask which of one candidate is meant.
        keys: "\t\r\r",
    },
];

fn script_of(shell: &str) -> String {
    let output = run(&["completions", shell]);
    assert!(output.status.success() && output.stderr.is_empty(), "{shell}");
    String::from_utf8(output.stdout).unwrap()
}

/// Types each line and a tab, and looks at what the program would have been called with.
fn completes(shell: &Shell) {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    fs::write(path("my config.yaml"), CONFIG).unwrap();
    fs::create_dir_all(path("backups")).unwrap();
    fs::create_dir_all(path("bin")).unwrap();
    fs::write(path("bin/mcp-arangodb-async"), STAND_IN).unwrap();
    fs::set_permissions(path("bin/mcp-arangodb-async"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(path("script"), script_of(shell.name)).unwrap();
    let mut command = Command::new(shell.command[0]);
    command.args(&shell.command[1..]).current_dir(home.path()).env_clear().env("HOME", home.path());
    command.env("PROGRAM", program_folder().join("mcp-arangodb-async"));
    command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", path("bin").display()));
    let mut terminal = Terminal::start(command, Streams::All);
    terminal.type_in(&format!("{}\r", shell.preparation));
    let mut from = terminal.wait_for(PROMPT, 0);
    for (typed, called) in LINES {
        terminal.type_in(&format!("mcp-arangodb-async {typed}{}", shell.keys));
        let shown = terminal.wait_for(called, from);
        from = terminal.wait_for(PROMPT, shown);
    }
}

#[test]
fn bash_completes_commands_keys_tools_arguments_and_files() {
    completes(&BASH);
}

#[test]
fn the_other_shells_that_the_tests_may_use_complete_the_same() {
    for shell in OTHERS.iter().filter(|shell| may_use(shell.name)) {
        completes(shell);
    }
}

#[test]
fn every_shell_gets_a_script_that_asks_this_program() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = script_of(shell);
        assert!(script.contains("__complete") && script.contains("--current="), "{shell}");
    }
    let unknown = run(&["completions", "tcsh"]);
    let told = String::from_utf8(unknown.stderr).unwrap();
    assert!(unknown.status.code() == Some(2) && told.contains("bash, zsh, fish, powershell, elvish"), "{told}");
}

#[test]
fn completing_is_silent_whatever_is_wrong() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("broken.yaml"), "databases: [").unwrap();
    for before in [&["db", "remove", "-C", "broken.yaml"][..], &["db", "remove", "-C", "/no/such/file"], &["nonsense"]]
    {
        let words = [&["__complete", "--current=x", "--", "mcp-arangodb-async"], before].concat();
        let output = program(home.path()).args(words).env("MCP_TRANSPORT", "nonsense").output().unwrap();
        assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    }
}

#[test]
fn every_command_has_a_manual_page_that_renders() {
    let home = tempfile::tempdir().unwrap();
    let output = program(home.path()).args(["man", "--dir", "share/man1"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let folder = home.path().join("share/man1");
    let mut pages: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    pages.sort();
    for command in ["", "-call", "-db", "-db-add", "-admin-database-create", "-user-password", "-man", "-version"] {
        assert!(pages.contains(&format!("mcp-arangodb-async{command}.1")), "{pages:?}");
    }
    assert!(!pages.iter().any(|page| page.contains("__") || page.contains("help")), "{pages:?}");
    for page in &pages {
        let text = fs::read_to_string(folder.join(page)).unwrap();
        for section in
            ["\n.SH NAME\n", "\n.SH SYNOPSIS\n", "\n.SH DESCRIPTION\n", "\n.SH OPTIONS\n", "\n.SH EXAMPLES\n"]
        {
            assert!(text.contains(section), "{page}: no {section:?}");
        }
        if may_use("groff") {
            renders(&folder.join(page));
        }
    }
    let printed = run(&["man", "db", "add"]).stdout;
    assert_eq!(printed, fs::read(folder.join("mcp-arangodb-async-db-add.1")).unwrap());
    let missing = run(&["man", "db", "ad"]);
    let told = String::from_utf8(missing.stderr).unwrap();
    assert!(missing.status.code() == Some(1) && told.contains("add, remove"), "{told}");
}

#[test]
fn help_is_arranged_and_coloured_only_for_people_who_want_that() {
    let plain = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for heading in ["Serve:", "Set up:", "Look after servers:", "This program:", "Options:", "Examples:"] {
        assert!(plain.contains(&format!("\n{heading}\n")), "{plain}");
    }
    assert!(!plain.contains('\u{1b}'));
    let help = |no_color: &str| {
        let home = tempfile::tempdir().unwrap();
        let mut command = program(home.path());
        command.arg("--help").env("NO_COLOR", no_color);
        Terminal::start(command, Streams::All).ended().0
    };
    assert!(help("").contains("\u{1b}["));
    assert_eq!(help("1").replace('\r', ""), plain);
}

#[test]
fn misspelt_commands_are_told_what_was_meant() {
    for (words, meant) in
        [(&["helth"][..], "'health'"), (&["db", "remov"], "'remove'"), (&["admin", "databse"], "'database'")]
    {
        let output = run(words);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && told.contains("tip:") && told.contains(meant), "{told}");
    }
}

#[test]
fn arguments_come_from_standard_input_where_they_are_too_long_for_a_line() {
    let home = tempfile::tempdir().unwrap();
    let call = |text: &str| {
        fs::write(home.path().join("arguments.json"), text).unwrap();
        let file = fs::File::open(home.path().join("arguments.json")).unwrap();
        program(home.path()).args(["call", "--embedded", "arango_query", "-"]).stdin(file).output().unwrap()
    };
    assert_eq!(call("{\"query\": \"RETURN 1\"}").stdout, b"[1]\n");
    for text in ["", "[1]", "query=RETURN 1"] {
        let output = call(text);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && told.contains("not a JSON object"), "{told}");
    }
}

fn renders(page: &Path) {
    let output = Command::new("groff")
        // As man-db reads pages: what is beyond ASCII is UTF-8.
        .args(["-Kutf8", "-ww", "-b", "-z", "-man", "-Tutf8"])
        .arg(page)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.is_empty(), "{}: {told}", page.display());
}
