//! Writes a text as a YAML scalar that every reader takes for that text: bare where nobody can mistake it, else in double
//! quotes.

use std::fmt::Write as _;

/// Words and beginnings that some reader takes for something else than text.
const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// The text as a scalar, for any place in a document.
pub(super) fn write(text: &str) -> String {
    if is_safe_bare(text) { text.to_owned() } else { quoted(text) }
}

fn is_safe_bare(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '_'));
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | '+' | ' ' | ':');
    starts
        && text.chars().all(plain)
        && !text.contains(": ")
        && !text.ends_with([':', ' '])
        && !WORDS.contains(&text.to_lowercase().as_str())
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            // Writing to a text cannot fail.
            c => drop(write!(out, "\\U{:08X}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// What may stand in a double-quoted scalar as it is. Line separators and the byte order mark may not: readers differ.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
        && !matches!(u32::from(c), 0xfdd0..=0xfdef)
        && (u32::from(c) & 0xfffe) != 0xfffe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_texts_stay_bare_and_others_are_quoted() {
        for bare in ["production", "https://db1.example.com:8529", "käse", "/run/secrets/x", "Live data", "a.b-c_d"] {
            assert_eq!(write(bare), bare);
        }
        for (text, written) in [
            ("embedded:", "\"embedded:\""),
            ("http://[::1]:8529", "\"http://[::1]:8529\""),
            ("Yes", "\"Yes\""),
            ("1.0", "\"1.0\""),
            ("", "\"\""),
            ("a: b", "\"a: b\""),
            ("a #b", "\"a #b\""),
            ("say \"hi\"\n", "\"say \\\"hi\\\"\\n\""),
            ("\u{7}", "\"\\U00000007\""),
        ] {
            assert_eq!(write(text), written);
        }
    }

    proptest! {
        #[test]
        fn every_text_is_read_back_as_it_was(text in any::<String>()) {
            let block = format!("key: {}\n", write(&text));
            let flow = format!("{{key: {}, other: x}}\n", write(&text));
            for yaml in [block, flow] {
                let read: std::collections::BTreeMap<String, String> = serde_saphyr::from_str(&yaml).unwrap();
                prop_assert_eq!(&read["key"], &text);
            }
        }
    }
}
