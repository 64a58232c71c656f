//! The patterns of `LIKE`: `%` stands for any text, `_` for any character, a backslash takes either literally.

use icu_casemap::CaseMapper;

/// A pattern of `LIKE`, read once and matched often.
#[derive(Debug, Clone)]
pub struct LikePattern {
    parts: Vec<Part>,
    ignore_case: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// This character.
    Char(char),
    /// Any one character.
    One,
    /// Any number of characters.
    Many,
}

impl LikePattern {
    /// Reads a pattern. Any text is one: a backslash before an ordinary character stands for itself.
    pub fn new(pattern: &str, ignore_case: bool) -> Self {
        let mut parts = Vec::with_capacity(pattern.len());
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            match c {
                '%' if parts.last() == Some(&Part::Many) => {}
                '%' => parts.push(Part::Many),
                '_' => parts.push(Part::One),
                '\\' => match chars.next() {
                    Some(escaped @ ('%' | '_' | '\\')) => parts.push(Part::Char(escaped)),
                    Some(other) => parts.extend([Part::Char('\\'), Part::Char(fold(other, ignore_case))]),
                    None => {}
                },
                c => parts.push(Part::Char(fold(c, ignore_case))),
            }
        }
        Self { parts, ignore_case }
    }

    /// Whether the whole text fits the pattern.
    pub fn matches(&self, text: &str) -> bool {
        let mut rest = text.chars();
        let mut at = 0;
        // Where to go on when what follows the last `%` does not fit: one character further along the text.
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            let part = self.parts.get(at);
            if part == Some(&Part::Many) {
                at += 1;
                retry = Some((at, rest.clone()));
                continue;
            }
            let fits = match (part, rest.next()) {
                (None, None) => return true,
                (Some(_), None) => return false,
                (Some(Part::One), Some(_)) => true,
                (Some(Part::Char(wanted)), Some(c)) => *wanted == fold(c, self.ignore_case),
                (Some(Part::Many) | None, Some(_)) => false,
            };
            if fits {
                at += 1;
                continue;
            }
            let Some((again, from)) = &mut retry else { return false };
            if from.next().is_none() {
                return false;
            }
            at = *again;
            rest = from.clone();
        }
    }

    /// The characters every match begins with, unless the case is ignored: what an index can look up.
    pub fn prefix(&self) -> String {
        if self.ignore_case {
            return String::new();
        }
        let literal = self.parts.iter().map_while(|part| if let Part::Char(c) = part { Some(*c) } else { None });
        literal.collect()
    }
}

fn fold(c: char, ignore_case: bool) -> char {
    if !ignore_case {
        c
    } else if c.is_ascii() {
        c.to_ascii_lowercase()
    } else {
        CaseMapper::new().simple_fold(c)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, proptest};

    use super::LikePattern;

    fn like(text: &str, pattern: &str) -> bool {
        LikePattern::new(pattern, false).matches(text)
    }

    #[test]
    fn wildcards_cover_any_text_and_any_character() {
        assert!(like("", "%"));
        assert!(like("", ""));
        assert!(!like("", "_"));
        assert!(like("caf\u{e9}\nbar", "caf_%bar"));
        assert!(like("aXbXc", "a%X_"));
        assert!(!like("abc", "ab"));
        assert!(!like("ab", "abc"));
        assert!(like("mississippi", "m%iss%p_"));
    }

    #[test]
    fn a_backslash_takes_wildcards_literally_and_is_itself_before_anything_else() {
        assert!(like("50%", r"50\%"));
        assert!(!like("500", r"50\%"));
        assert!(like("a_b", r"a\_b"));
        assert!(!like("axb", r"a\_b"));
        assert!(like(r"a\b", r"a\\b"));
        assert!(like(r"a\b", r"a\b"));
    }

    #[test]
    fn ignoring_case_folds_more_than_ascii() {
        assert!(LikePattern::new("STRASSE%", true).matches("strasse 1"));
        assert!(LikePattern::new("\u{c4}_%", true).matches("\u{e4}bc"));
        assert!(!LikePattern::new("a", false).matches("A"));
    }

    #[test]
    fn the_prefix_ends_at_the_first_wildcard() {
        assert_eq!(LikePattern::new(r"a\%b%c", false).prefix(), "a%b");
        assert_eq!(LikePattern::new("abc%", true).prefix(), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn it_agrees_with_the_same_pattern_as_a_regular_expression(text in "[ab%]{0,8}", pattern in "[ab%_]{0,6}") {
            let regex = format!("(?s)^{}$", pattern.replace('%', ".*").replace('_', "."));
            let expected = fancy_regex::Regex::new(&regex).unwrap().is_match(&text).unwrap();
            assert_eq!(like(&text, &pattern), expected);
        }
    }
}
