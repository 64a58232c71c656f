//! Functions that look for one text in another.

use memchr::memmem;

use crate::embedded::value::{Value, like::LikePattern, ops};

use super::{Context, Function, Outcome, arg, text};

/// This file's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("CONTAINS", 2, 3, contains),
    Function::new("FIND_FIRST", 2, 4, |_, args| Ok(find(args, End::First).map_or(Value::Int(-1), Value::count))),
    Function::new("FIND_LAST", 2, 4, |_, args| Ok(find(args, End::Last).map_or(Value::Int(-1), Value::count))),
    Function::new("LIKE", 2, 3, |_, args| {
        let pattern = LikePattern::new(&text(args, 1), ops::truth(arg(args, 2)));
        Ok(pattern.matches(&text(args, 0)).into())
    }),
    Function::new("STARTS_WITH", 2, 3, starts_with),
];

fn contains(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (text, wanted) = (text(args, 0), text(args, 1));
    // Nothing is not contained in anything, not even in nothing.
    let found = if wanted.is_empty() { None } else { memmem::find(text.as_bytes(), wanted.as_bytes()) };
    Ok(if ops::truth(arg(args, 2)) {
        found.map_or(Value::Int(-1), |at| Value::count(text.get(..at).unwrap_or("").chars().count()))
    } else {
        found.is_some().into()
    })
}

/// Which occurrence is wanted.
#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

/// The place of an occurrence that lies wholly between `start` and `end` (both included), counted in characters.
fn find(args: &[Value], which: End) -> Option<usize> {
    let (text, wanted) = (text(args, 0), text(args, 1));
    let length = text.chars().count();
    let start = usize::try_from(ops::to_i64(arg(args, 2))).ok()?;
    let end = match arg(args, 3) {
        Value::Null => length,
        end => usize::try_from(ops::to_i64(end)).ok().filter(|end| *end >= start)?.saturating_add(1),
    };
    if wanted.is_empty() {
        return Some(match which {
            End::First => start,
            End::Last => end,
        });
    }
    let byte = |place: usize| text.char_indices().nth(place).map_or(text.len(), |(at, _)| at);
    let (from, to) = (byte(start), byte(end));
    let part = text.get(from..to)?;
    let found = match which {
        End::First => memmem::find(part.as_bytes(), wanted.as_bytes()),
        End::Last => memmem::rfind(part.as_bytes(), wanted.as_bytes()),
    }?;
    Some(start + part.get(..found)?.chars().count())
}

fn starts_with(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    match begins(args) {
        Some(answer) => Ok(answer.into()),
        None => context.wrong_type("STARTS_WITH"),
    }
}

/// Nothing when an argument has a wrong type.
fn begins(args: &[Value]) -> Option<bool> {
    let text = arg(args, 0).as_str()?;
    let Some(prefixes) = arg(args, 1).as_array() else {
        return Some(text.starts_with(arg(args, 1).as_str()?));
    };
    let wanted = match args.get(2) {
        None => 1,
        Some(count @ (Value::Int(_) | Value::Double(_))) => ops::to_i64(count),
        Some(Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => return None,
    };
    let mut matched = 0;
    for prefix in prefixes {
        matched += i64::from(text.starts_with(prefix.as_str()?));
    }
    Some(matched >= wanted)
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{check, check_warns},
        wire::ErrorNum,
    };

    #[test]
    fn containing_tells_whether_or_where() {
        check("CONTAINS", r#"["\u00e4bc", "c", true]"#, "2");
        check("CONTAINS", r#"["abc", "B"]"#, "false");
        check("CONTAINS", r#"["abc", ""]"#, "false");
        check("CONTAINS", r#"["a1c", 1]"#, "true");
    }

    #[test]
    fn finding_stays_within_the_bounds() {
        check("FIND_FIRST", r#"["\u00e4abcabc", "abc"]"#, "1");
        check("FIND_FIRST", r#"["abcabc", "abc", 1]"#, "3");
        check("FIND_FIRST", r#"["abcabc", "abc", 1, 4]"#, "-1");
        check("FIND_FIRST", r#"["abcabc", "abc", -1]"#, "-1");
        check("FIND_FIRST", r#"["abcabc", "abc", 99]"#, "-1");
        check("FIND_LAST", r#"["abcabc", "abc"]"#, "3");
        check("FIND_LAST", r#"["abcabc", "abc", 0, 4]"#, "0");
        check("FIND_LAST", r#"["abcabc", "abc", 4]"#, "-1");
        check("FIND_FIRST", r#"["abc", "", 2]"#, "2");
        check("FIND_LAST", r#"["abc", ""]"#, "3");
        check("FIND_LAST", r#"["abc", "", 0, 1]"#, "2");
    }

    #[test]
    fn beginnings_may_be_given_as_a_list() {
        check("STARTS_WITH", r#"["foobar", "foo"]"#, "true");
        check("STARTS_WITH", r#"["foobar", ["x", "f", "fo"], 2]"#, "true");
        check("STARTS_WITH", r#"["foobar", ["x", "f"], 2]"#, "false");
        check("STARTS_WITH", r#"["foobar", [], 0]"#, "true");
        let warning = ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH;
        check_warns("STARTS_WITH", "[1, \"1\"]", "null", warning);
        check_warns("STARTS_WITH", "[\"1\", [1]]", "null", warning);
    }

    #[test]
    fn patterns_may_ignore_case() {
        check("LIKE", r#"["FooBar", "foo_ar", true]"#, "true");
        check("LIKE", r#"["FooBar", "foo_ar"]"#, "false");
    }
}
