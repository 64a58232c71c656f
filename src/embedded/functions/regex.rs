//! Regular expressions: `REGEX_TEST()` and its like, and the operators `=~` and `!~`.
//!
//! An expression that cannot be read gives warning 1543; one that would backtrack without end is an error.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use fancy_regex::{Captures, Regex, RegexBuilder};

use crate::{
    embedded::{
        error::Error,
        value::{Value, ops},
    },
    wire::ErrorNum,
};

use super::{
    Context, Function, Outcome, arg,
    string::{
        not_too_long,
        split::{Limit, characters, limit},
        text,
    },
};

/// How many expressions a thread keeps compiled.
const MAX_COMPILED: usize = 64;

/// How large a compiled expression may be, in bytes.
const MAX_SIZE: usize = 4 << 20;

/// Expressions by their text and whether case is ignored; none for what is no expression.
type Compiled = HashMap<(String, bool), Option<Rc<Regex>>>;

/// This category's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("REGEX_MATCHES", 2, 3, matches),
    Function::new("REGEX_REPLACE", 3, 4, replace),
    Function::new("REGEX_SPLIT", 2, 4, split),
    Function::new("REGEX_TEST", 2, 3, |context, args| {
        test(context, &text(args, 0), &text(args, 1), ops::truth(arg(args, 2)))
    }),
];

/// Whether the expression matches somewhere in the text; false with a warning when it cannot be read.
///
/// # Errors
/// 32 when matching takes too many steps, or the warning if the query is to fail on one.
pub fn test(context: &mut Context<'_>, text: &str, expression: &str, ignore_case: bool) -> Outcome {
    let Some(regex) = compile(expression, ignore_case) else { return invalid(context, false.into()) };
    Ok(regex.is_match(text).map_err(too_hard)?.into())
}

fn compile(expression: &str, ignore_case: bool) -> Option<Rc<Regex>> {
    thread_local! {
        static COMPILED: RefCell<Compiled> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|compiled| {
        let key = (expression.to_owned(), ignore_case);
        if let Some(regex) = compiled.get(&key) {
            return regex.clone();
        }
        if compiled.len() >= MAX_COMPILED {
            compiled.clear();
        }
        let mut builder = RegexBuilder::new(expression);
        builder.case_insensitive(ignore_case).delegate_size_limit(MAX_SIZE);
        let regex = builder.build().ok().map(Rc::new);
        compiled.insert(key, regex.clone());
        regex
    })
}

fn invalid(context: &mut Context<'_>, answer: Value) -> Outcome {
    context.warn(ErrorNum::QUERY_INVALID_REGEX, ErrorNum::QUERY_INVALID_REGEX.text())?;
    Ok(answer)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn too_hard(error: fancy_regex::Error) -> Error {
    Error::new(ErrorNum::RESOURCE_LIMIT, format!("regular expression takes too long: {error}"))
}

/// The first match and its groups, or null.
fn matches(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let text = text(args, 0);
    let Some(regex) = compile(&ops::to_text(arg(args, 1)), ops::truth(arg(args, 2))) else {
        return invalid(context, Value::Null);
    };
    let found = regex.captures(&*text).map_err(too_hard)?;
    let groups =
        |found: Captures<'_, str>| found.iter().map(|group| group.map_or("", |group| group.as_str()).into()).collect();
    Ok(found.map_or(Value::Null, |found| Value::array(groups(found))))
}

fn replace(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (text, replacement) = (text(args, 0), text(args, 2));
    let Some(regex) = compile(&ops::to_text(arg(args, 1)), ops::truth(arg(args, 3))) else {
        return invalid(context, false.into());
    };
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for found in regex.captures_iter(&*text) {
        let found = found.map_err(too_hard)?;
        let Some(whole) = found.get(0) else { break };
        result.push_str(text.get(done..whole.start()).unwrap_or(""));
        expand(&replacement, &found, &mut result);
        done = whole.end();
        not_too_long(result.len())?;
    }
    result.push_str(text.get(done..).unwrap_or(""));
    Ok(Value::string(result))
}

/// Appends a replacement: `$1` stands for a group, `${name}` for a named one, a backslash takes the next character
/// literally.
fn expand(replacement: &str, found: &Captures<'_, str>, result: &mut String) {
    let mut rest = replacement;
    while let Some(at) = rest.find(['$', '\\']) {
        let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        result.push_str(plain);
        let mut after = special.chars();
        let sign = after.next();
        rest = after.as_str();
        if sign == Some('\\') {
            result.extend(after.next());
            rest = after.as_str();
        } else if let Some((name, behind)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            result.push_str(found.name(name).map_or("", |group| group.as_str()));
            rest = behind;
        } else if let Some((group, behind)) = numbered(rest, found.len()) {
            result.push_str(found.get(group).map_or("", |group| group.as_str()));
            rest = behind;
        } else {
            result.push('$');
        }
    }
    result.push_str(rest);
}

/// The longest number of a group that there is.
fn numbered(text: &str, groups: usize) -> Option<(usize, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).take(9).count();
    (1..=digits).rev().find_map(|length| {
        let (number, rest) = text.split_at_checked(length)?;
        number.parse().ok().filter(|group| *group < groups).map(|group| (group, rest))
    })
}

fn split(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (text, expression) = (text(args, 0), ops::to_text(arg(args, 1)));
    let most = match limit(args, 3) {
        Limit::Negative => return Ok(Value::Null),
        Limit::Pieces(most) => most,
        Limit::Unbounded => usize::MAX,
    };
    let Some(regex) = compile(&expression, ops::truth(arg(args, 2))) else { return invalid(context, Value::Null) };
    let mut pieces = if expression.is_empty() { characters(&text) } else { Vec::new() };
    let mut done = 0;
    for found in regex.captures_iter(&*text).take_while(|_| !expression.is_empty()) {
        let found = found.map_err(too_hard)?;
        // An empty match parts nothing at the very beginning.
        let Some(whole) = found.get(0).filter(|whole| whole.end() > 0) else { continue };
        if pieces.len() >= most {
            break;
        }
        pieces.push(text.get(done..whole.start()).unwrap_or("").into());
        pieces.extend(found.iter().skip(1).flatten().map(|group| Value::from(group.as_str())));
        done = whole.end();
    }
    if !expression.is_empty() {
        pieces.push(text.get(done..).unwrap_or("").into());
    }
    pieces.truncate(most);
    Ok(Value::array(pieces))
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{call, check, check_warns},
        wire::ErrorNum,
    };

    #[test]
    fn testing_searches_anywhere_and_may_ignore_case() {
        check("REGEX_TEST", r#"["foo bar", "o\\s+B"]"#, "false");
        check("REGEX_TEST", r#"["foo bar", "o\\s+B", true]"#, "true");
        check("REGEX_TEST", r#"["abab", "^(ab)\\1$"]"#, "true");
        check("REGEX_TEST", r#"["", ""]"#, "true");
    }

    #[test]
    fn matches_give_the_groups_of_the_first_match() {
        check("REGEX_MATCHES", r#"["k=v, a=b", "(\\w)=(\\w)(x)?"]"#, r#"["k=v","k","v",""]"#);
        check("REGEX_MATCHES", r#"["abc", "x"]"#, "null");
    }

    #[test]
    fn replacements_may_name_groups() {
        check("REGEX_REPLACE", r#"["a1b2", "([a-z])(\\d)", "$2$1"]"#, r#""1a2b""#);
        check("REGEX_REPLACE", r#"["ab", "b", "\\$1$9$"]"#, r#""a$1$9$""#);
        check("REGEX_REPLACE", r#"["ab", "(?<x>b)", "[${x}]"]"#, r#""a[b]""#);
        check("REGEX_REPLACE", r#"["\u00e4A", "\u00c4|a", "x", true]"#, r#""xx""#);
        check("REGEX_REPLACE", r#"["ab", "(b)", "$10"]"#, r#""ab0""#);
    }

    #[test]
    fn splitting_keeps_groups_and_has_a_limit() {
        check("REGEX_SPLIT", r#"["a1b22c", "\\d+"]"#, r#"["a","b","c"]"#);
        check("REGEX_SPLIT", r#"["a1b", "(\\d)"]"#, r#"["a","1","b"]"#);
        check("REGEX_SPLIT", r#"["a1b2c", "\\d", false, 2]"#, r#"["a","b"]"#);
        check("REGEX_SPLIT", r#"["ab", ""]"#, r#"["a","b"]"#);
        check("REGEX_SPLIT", r#"["ab", "x", false, -1]"#, "null");
    }

    #[test]
    fn what_is_no_expression_is_warned_about() {
        for bad in ["?", "*", "**", "[", "[^", "a.(", "(a", "(a]"] {
            check_warns("REGEX_TEST", &format!(r#"["a", "{bad}"]"#), "false", ErrorNum::QUERY_INVALID_REGEX);
            check_warns("REGEX_SPLIT", &format!(r#"["a", "{bad}"]"#), "null", ErrorNum::QUERY_INVALID_REGEX);
        }
    }

    #[test]
    fn endless_backtracking_is_an_error() {
        let args = format!(r#"["{}c!", "^(a|b|ab)*(?>c)$"]"#, "ab".repeat(60));
        assert_eq!(call("REGEX_TEST", &args).0.unwrap_err().num, ErrorNum::RESOURCE_LIMIT);
    }
}
