//! Functions without a category of their own: choices, comparisons, hashes, and those that only talk to the query.

use std::{
    hash::{DefaultHasher, Hasher as _},
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

use crate::{
    embedded::{
        error::Error,
        value::{Value, json, ops, order},
    },
    wire::ErrorNum,
};

use super::{ANY, Context, Function, Outcome, arg, string::encode::fnv64};

/// The release of ArangoDB whose behaviour the engine follows.
pub const VERSION: &str = "3.12.5";

/// How long `SLEEP()` sleeps before it looks whether the query is to end.
const NAP: Duration = Duration::from_millis(10);

/// This category's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::volatile("ASSERT", 2, 2, assert),
    Function::new("FIRST_DOCUMENT", 1, ANY, |_, args| Ok(first(args, |value| matches!(value, Value::Object(_))))),
    Function::new("FIRST_LIST", 1, ANY, |_, args| Ok(first(args, |value| matches!(value, Value::Array(_))))),
    Function::volatile("FAIL", 0, 1, |_, args| {
        Err(Error::about(ErrorNum::QUERY_FAIL_CALLED, arg(args, 0).as_str().unwrap_or("")))
    }),
    Function::new("HASH", 1, 1, hash),
    Function::new("IN_RANGE", 5, 5, in_range),
    Function::new("MINHASH", 2, 2, minhash),
    Function::new("MINHASH_COUNT", 1, 1, minhash_count),
    Function::new("MINHASH_ERROR", 1, 1, minhash_error),
    Function::new("MIN_MATCH", 2, ANY, min_match),
    Function::new("NOEVAL", 1, 1, |_, args| Ok(arg(args, 0).clone())),
    Function::volatile("NOOPT", 1, 1, |_, args| Ok(arg(args, 0).clone())),
    Function::new("NOT_NULL", 1, ANY, |_, args| Ok(first(args, |value| !value.is_null()))),
    Function::volatile("PASSTHRU", 1, 1, |_, args| Ok(arg(args, 0).clone())),
    Function::volatile("SLEEP", 1, 1, sleep),
    // There is no JavaScript engine to enforce; the value is the same.
    Function::volatile("V8", 1, 1, |_, args| Ok(arg(args, 0).clone())),
    Function::new("VERSION", 0, 0, |_, _| Ok(VERSION.into())),
    Function::volatile("WARN", 2, 2, warn),
];

fn first(args: &[Value], wanted: impl Fn(&Value) -> bool) -> Value {
    args.iter().find(|value| wanted(value)).cloned().unwrap_or_default()
}

fn assert(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let Some(message) = arg(args, 1).as_str() else { return context.wrong_type("ASSERT") };
    if ops::truth(arg(args, 0)) {
        return Ok(true.into());
    }
    Err(Error::new(ErrorNum::QUERY_USER_ASSERT, message.to_owned()))
}

fn warn(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let Some(message) = arg(args, 1).as_str() else { return context.wrong_type("WARN") };
    if ops::truth(arg(args, 0)) {
        return Ok(true.into());
    }
    context.warn(ErrorNum::QUERY_USER_WARN, message)?;
    Ok(false.into())
}

/// Equal values have equal hashes; 51 bits of it, so that it survives as a double.
fn hash(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    let mut hasher = DefaultHasher::new();
    order::hash(arg(args, 0), &mut hasher);
    Ok(Value::Int(i64::try_from(hasher.finish() >> 13).unwrap_or(0)))
}

fn in_range(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (Value::Bool(include_low), Value::Bool(include_high)) = (arg(args, 3), arg(args, 4)) else {
        return context.wrong_type("IN_RANGE");
    };
    let low = order::compare(arg(args, 0), arg(args, 1));
    let high = order::compare(arg(args, 0), arg(args, 2));
    Ok(((low.is_gt() || *include_low && low.is_eq()) && (high.is_lt() || *include_high && high.is_eq())).into())
}

fn min_match(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let Some((wanted @ (Value::Int(_) | Value::Double(_)), conditions)) = args.split_last() else {
        return context.wrong_type("MIN_MATCH");
    };
    let met = conditions.iter().filter(|condition| ops::truth(condition)).count();
    Ok(order::compare(&Value::count(met), wanted).is_ge().into())
}

fn sleep(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let Some(seconds) = arg(args, 0).as_f64().filter(|seconds| *seconds >= 0.0) else {
        return context.wrong_type("SLEEP");
    };
    let mut left = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    // The query ends on its own after this call, if it has to.
    while !left.is_zero() && !(context.is_over)() {
        let nap = left.min(NAP);
        thread::sleep(nap);
        left = left.saturating_sub(nap);
    }
    Ok(Value::Null)
}

/// The smallest hashes of the elements. They are not those a server computes, but as good for comparing sets here.
fn minhash(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let size = usize::try_from(ops::to_i64(arg(args, 1))).unwrap_or(0);
    let (Some(values), 1..) = (arg(args, 0).as_array(), size) else { return context.wrong_type("MINHASH") };
    let mix = |hash: u64| {
        let hash = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        hash ^ (hash >> 32)
    };
    let mut hashes: Vec<u64> = values.iter().map(|value| mix(fnv64(json::to_string(value).as_bytes()))).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let encode = |hash: &u64| Value::string(STANDARD_NO_PAD.encode(hash.to_le_bytes()));
    Ok(Value::array(hashes.iter().take(size).map(encode).collect()))
}

fn minhash_count(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    match arg(args, 0).as_f64().filter(|error| (0.0..1.0).contains(error)) {
        Some(error) => Ok(Value::whole_or_double((1.0 / (error * error)).ceil())),
        None => context.wrong_type("MINHASH_COUNT"),
    }
}

fn minhash_error(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    match arg(args, 0).as_f64().filter(|count| *count >= 1.0) {
        Some(count) => Ok(Value::number(1.0 / count.sqrt())),
        None => context.wrong_type("MINHASH_ERROR"),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::{
            functions::tests::{call, check, check_warns},
            value::order,
        },
        wire::ErrorNum,
    };

    #[test]
    fn the_first_fitting_alternative_is_chosen() {
        check("NOT_NULL", "[null, false, 1]", "false");
        check("FIRST_LIST", "[1, {}, [], [1]]", "[]");
        check("FIRST_DOCUMENT", "[null, [], 1]", "null");
    }

    #[test]
    fn assertions_fail_the_query_and_warnings_do_not() {
        check("ASSERT", r#"[1, "no"]"#, "true");
        let error = call("ASSERT", r#"[0, "no good"]"#).0.unwrap_err();
        assert_eq!((error.num, &*error.message), (ErrorNum::QUERY_USER_ASSERT, "no good"));
        check_warns("WARN", r#"[false, "hm"]"#, "false", ErrorNum::QUERY_USER_WARN);
        let error = call("FAIL", r#"["why"]"#).0.unwrap_err();
        assert_eq!((error.num, &*error.message), (ErrorNum::QUERY_FAIL_CALLED, "FAIL(why) called"));
    }

    #[test]
    fn equal_values_have_equal_hashes_and_others_do_not() {
        let hash = |args: &str| call("HASH", args).0.unwrap();
        assert!(order::equal(&hash(r#"[{"a":1,"b":[2]}]"#), &hash(r#"[{"b":[2.0],"a":1}]"#)));
        assert!(!order::equal(&hash("[1]"), &hash(r#"["1"]"#)));
        assert!(!order::equal(&hash("[[1,2]]"), &hash("[[2,1]]")));
    }

    #[test]
    fn ranges_include_their_ends_when_told_so() {
        check("IN_RANGE", "[3, 3, 5, true, false]", "true");
        check("IN_RANGE", "[5, 3, 5, true, false]", "false");
        check("IN_RANGE", r#"["b", "a", "c", false, false]"#, "true");
        check_warns("IN_RANGE", "[1, 1, 1, 1, 1]", "null", ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH);
    }

    #[test]
    fn enough_conditions_have_to_be_met() {
        check("MIN_MATCH", "[true, 0, \"x\", 2]", "true");
        check("MIN_MATCH", "[true, 0, 2]", "false");
    }

    #[test]
    fn hash_signatures_have_the_size_and_error_of_the_manual() {
        check("MINHASH_COUNT", "[0.05]", "400");
        check("MINHASH_ERROR", "[400]", "0.05");
        let size = |args: &str| call("MINHASH", args).0.unwrap().as_array().unwrap().len();
        assert_eq!((size("[[1,2,3,3], 9]"), size("[[1,2,3], 2]")), (3, 2));
    }
}
