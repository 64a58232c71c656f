//! Commands in advice, written so that they can be copied into a shell.

use std::path::Path;

/// Commands of this program about the configuration that was looked at.
#[derive(Debug)]
pub(super) struct Commands {
    /// The options that name its file; empty where it is found without.
    file: String,
}

impl Commands {
    pub(super) fn for_file(named: Option<&Path>) -> Self {
        let file = named.map(|path| format!(" --config-file {}", quoted(&path.display().to_string())));
        Self { file: file.unwrap_or_default() }
    }

    /// One command, from its words.
    pub(super) fn line(&self, words: &[&str]) -> String {
        let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
        format!("mcp-arangodb-async {}{}", words.join(" "), self.file)
    }
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '=');
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_more_into_them() {
        for (word, shown) in
            [("live", "live"), ("", "''"), ("my db", "'my db'"), ("$(x)", "'$(x)'"), ("a'b", r"'a'\''b'")]
        {
            assert_eq!(quoted(word), shown);
        }
    }

    #[test]
    fn commands_name_the_file_that_was_named() {
        let words = ["db", "default", "my db"];
        assert_eq!(Commands::for_file(None).line(&words), "mcp-arangodb-async db default 'my db'");
        let named = Commands::for_file(Some(Path::new("/etc/a b.yaml")));
        assert_eq!(named.line(&words), "mcp-arangodb-async db default 'my db' --config-file '/etc/a b.yaml'");
    }
}
