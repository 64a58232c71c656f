//! String functions (chapter "String functions" of the manual): those that cut, join and change texts. Positions and
//! lengths count characters (code points), not bytes. What is no text is cast to one.

use icu_casemap::CaseMapper;
use icu_locale_core::LanguageIdentifier;
use uuid::Builder;

use crate::{
    embedded::{
        error::Error,
        value::{Str, Value, json, ops},
    },
    wire::ErrorNum,
};

use super::{ANY, Context, Function, Outcome, arg};

pub mod encode;
pub mod search;
pub mod similarity;
pub mod split;

/// The longest text a function makes out of nothing, in bytes.
const MAX_TEXT: usize = 16 << 20;

/// The longest text a function makes out of its arguments, in bytes, where it can be far longer than they are.
const MAX_GROWN: usize = 64 << 20;

/// What is trimmed unless the caller says otherwise.
const WHITE_SPACE: &str = "\r\n \t";

/// The longest random token, in characters.
const MAX_TOKEN: i64 = 65_536;

/// This file's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("CHAR_LENGTH", 1, 1, |_, args| Ok(Value::count(text(args, 0).chars().count()))),
    Function::new("CONCAT", 1, ANY, concat),
    Function::new("CONCAT_SEPARATOR", 2, ANY, concat_separator),
    Function::new("JSON_PARSE", 1, 1, json_parse),
    Function::new("JSON_STRINGIFY", 1, 1, |_, args| Ok(json::to_string(arg(args, 0)).as_str().into())),
    Function::new("LEFT", 2, 2, left),
    Function::new("LOWER", 1, 1, |_, args| {
        Ok(CaseMapper::new().lowercase_to_string(&text(args, 0), &LanguageIdentifier::UNKNOWN).as_ref().into())
    }),
    Function::new("LTRIM", 1, 2, |_, args| Ok(trim(args, Sides { start: true, end: false }))),
    Function::volatile("RANDOM_TOKEN", 1, 1, random_token),
    Function::new("REPEAT", 2, 3, repeat),
    Function::new("RIGHT", 2, 2, right),
    Function::new("RTRIM", 1, 2, |_, args| Ok(trim(args, Sides { start: false, end: true }))),
    Function::new("SUBSTRING", 2, 3, substring),
    Function::new("SUBSTRING_BYTES", 2, 5, substring_bytes),
    Function::new("TO_CHAR", 1, 1, to_char),
    Function::new("TRIM", 1, 2, trim_either),
    Function::new("UPPER", 1, 1, |_, args| {
        Ok(CaseMapper::new().uppercase_to_string(&text(args, 0), &LanguageIdentifier::UNKNOWN).as_ref().into())
    }),
    Function::volatile("UUID", 0, 0, uuid),
];

/// The argument as a text.
pub(super) fn text(args: &[Value], at: usize) -> Str {
    ops::to_text(arg(args, at))
}

/// Checks the length of a text before it is made, or while it is.
///
/// # Errors
/// 32 when it is too long.
pub(super) fn not_too_long(bytes: usize) -> Result<(), Error> {
    if bytes > MAX_GROWN { Err(ErrorNum::RESOURCE_LIMIT.into()) } else { Ok(()) }
}

/// The argument as a count of characters; none when negative.
fn count(args: &[Value], at: usize) -> usize {
    usize::try_from(ops::to_i64(arg(args, at))).unwrap_or(0)
}

/// The characters from one place up to another.
fn slice(text: &str, from: usize, count: usize) -> Value {
    let mut rest = text.chars();
    if from > 0 {
        rest.nth(from - 1);
    }
    let start = rest.as_str();
    let end = start.char_indices().nth(count).map_or(start.len(), |(at, _)| at);
    start.get(..end).unwrap_or("").into()
}

/// A single array stands for its elements; null values are left out.
fn parts(values: &[Value]) -> impl Iterator<Item = Str> {
    let list = match values {
        [Value::Array(items)] => items.as_slice(),
        _ => values,
    };
    list.iter().filter(|item| !item.is_null()).map(ops::to_text)
}

fn concat(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    Ok(parts(args).fold(String::new(), |text, part| text + &part).as_str().into())
}

fn concat_separator(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (separator, values) = args.split_first().unwrap_or((&Value::Null, &[]));
    let (parts, separator) = (parts(values).collect::<Vec<_>>(), ops::to_text(separator));
    not_too_long(separator.len().saturating_mul(parts.len()))?;
    Ok(parts.join(&*separator).as_str().into())
}

fn json_parse(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let parsed = arg(args, 0).as_str().and_then(|text| json::parse(text.as_bytes()).ok());
    match parsed {
        Some(value) => Ok(value),
        None => context.wrong_type("JSON_PARSE"),
    }
}

fn left(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    Ok(slice(&text(args, 0), 0, count(args, 1)))
}

fn right(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    let text = text(args, 0);
    let length = text.chars().count();
    Ok(slice(&text, length.saturating_sub(count(args, 1)), length))
}

fn substring(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    let text = text(args, 0);
    let offset = ops::to_i64(arg(args, 1));
    let from = match usize::try_from(offset) {
        Ok(from) => from,
        Err(_) => text.chars().count().saturating_sub(usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    Ok(slice(&text, from, if args.len() > 2 { count(args, 2) } else { usize::MAX }))
}

fn substring_bytes(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let text = text(args, 0);
    let offset = ops::to_i64(arg(args, 1));
    let from = match usize::try_from(offset) {
        Ok(from) => from.min(text.len()),
        Err(_) => text.len().saturating_sub(usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    let to = if args.len() > 2 { from.saturating_add(count(args, 2)).min(text.len()) } else { text.len() };
    let wider_left = count(args, 3);
    let wider_right = if args.len() > 4 { count(args, 4) } else { wider_left };
    let (Some(before), Some(middle), Some(after)) = (text.get(..from), text.get(from..to), text.get(to..)) else {
        return context.wrong_type("SUBSTRING_BYTES");
    };
    let more_left = match wider_left.checked_sub(1) {
        Some(last) => before.char_indices().rev().nth(last).map_or(before, |(at, _)| before.get(at..).unwrap_or("")),
        None => "",
    };
    let more_right = after.char_indices().nth(wider_right).map_or(after, |(at, _)| after.get(..at).unwrap_or(""));
    Ok(Value::string([more_left, middle, more_right].concat()))
}

/// Which ends of a text are trimmed.
#[derive(Clone, Copy)]
struct Sides {
    start: bool,
    end: bool,
}

/// The second argument may name the characters to take away.
fn trim(args: &[Value], sides: Sides) -> Value {
    let chars = match arg(args, 1) {
        Value::Null | Value::Int(_) | Value::Double(_) => Str::from(WHITE_SPACE),
        chars => ops::to_text(chars),
    };
    let text = text(args, 0);
    let text = if sides.start { text.trim_start_matches(|c| chars.contains(c)) } else { &text };
    (if sides.end { text.trim_end_matches(|c| chars.contains(c)) } else { text }).into()
}

/// The second argument may also be a number that names the side: 1 the start, 2 the end.
fn trim_either(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    let side = match arg(args, 1) {
        number @ (Value::Int(_) | Value::Double(_)) => ops::to_i64(number),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => 0,
    };
    Ok(trim(args, Sides { start: side != 2, end: side != 1 }))
}

fn repeat(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (text, times, separator) = (text(args, 0), count(args, 1), text(args, 2));
    let length = text.len().saturating_add(separator.len()).saturating_mul(times);
    if length > MAX_TEXT.saturating_add(separator.len()) || times > MAX_TEXT {
        context.warn(ErrorNum::RESOURCE_LIMIT, ErrorNum::RESOURCE_LIMIT.text())?;
        return Ok(Value::Null);
    }
    Ok(Value::string(vec![&*text; times].join(&separator)))
}

fn to_char(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    match u32::try_from(ops::to_i64(arg(args, 0))).ok().and_then(char::from_u32) {
        Some(c) => Ok(Value::string(c.encode_utf8(&mut [0; 4]))),
        None => context.wrong_type("TO_CHAR"),
    }
}

fn random_token(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let length = ops::to_i64(arg(args, 0));
    if !(0..=MAX_TOKEN).contains(&length) {
        return Err(Error::about(ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH, "RANDOM_TOKEN"));
    }
    let token = (0..length).map(|_| {
        // 2^64 is so much more than 62 that no character is noticeably more likely.
        let place = (context.random.next_u64() % 62) as usize;
        ALPHABET.get(place).map_or('A', |byte| char::from(*byte))
    });
    Ok(Value::string(token.collect::<String>()))
}

fn uuid(context: &mut Context<'_>, _: &[Value]) -> Outcome {
    let mut bytes = [0; 16];
    context.random.fill(&mut bytes);
    Ok(Value::string(Builder::from_random_bytes(bytes).into_uuid().to_string()))
}

#[cfg(test)]
mod tests;
