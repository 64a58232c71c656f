//! Functions that look into the database: documents, collections, who asks.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    embedded::{
        error::Error,
        value::{Value, object},
    },
    wire::ErrorNum,
};

use super::{Context, Function, Outcome, arg};

/// This category's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("CHECK_DOCUMENT", 1, 1, |_, args| Ok(arg(args, 0).as_object().is_some().into())),
    Function::volatile("COLLECTIONS", 0, 0, collections),
    Function::volatile("COLLECTION_COUNT", 1, 1, collection_count),
    Function::new("CURRENT_DATABASE", 0, 0, |context, _| Ok(Value::string(context.data.database_name()))),
    Function::new("CURRENT_USER", 0, 0, |context, _| Ok(context.data.user().map_or(Value::Null, Value::string))),
    Function::new("DECODE_REV", 1, 1, decode_rev),
    Function::volatile("DOCUMENT", 1, 2, document),
    Function::new("SHARD_ID", 2, 2, shard_id),
];

fn collections(context: &mut Context<'_>, _: &[Value]) -> Outcome {
    let describe = |(id, name): (String, String)| object([("_id", Value::string(id)), ("name", Value::string(name))]);
    Ok(Value::array(context.data.collections().into_iter().map(describe).collect()))
}

fn collection_count(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let Some(name) = arg(args, 0).as_str() else { return context.wrong_type("COLLECTION_COUNT") };
    let count = context.data.collection_count(name);
    count.map(Value::count).ok_or_else(|| unknown_collection(name))
}

pub(super) fn unknown_collection(name: &str) -> Error {
    Error::new(ErrorNum::DATA_SOURCE_NOT_FOUND, format!("collection or view not found: {name}"))
}

/// `DOCUMENT(id)`, `DOCUMENT(ids)`, `DOCUMENT(collection, key or id)`, `DOCUMENT(collection, keys or ids)`.
fn document(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (collection, wanted) = match args {
        [collection, wanted] => match collection.as_str() {
            Some(collection) => (Some(collection), wanted),
            None => return Ok(Value::Null),
        },
        _ => (None, arg(args, 0)),
    };
    let find = |wanted: &Value| {
        let id = wanted.as_str().or_else(|| wanted.get("_id").as_str())?;
        match (id.split_once('/'), collection) {
            (Some((of, _)), Some(collection)) if of != collection => None,
            (Some(_), _) => context.data.document(id),
            (None, Some(collection)) => context.data.document(&format!("{collection}/{id}")),
            (None, None) => None,
        }
    };
    Ok(match wanted.as_array() {
        Some(ids) => Value::array(ids.iter().filter_map(find).collect()),
        None => find(wanted).unwrap_or_default(),
    })
}

/// A single server has no shards and answers with the collection itself.
fn shard_id(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (Some(name), Some(_)) = (arg(args, 0).as_str(), arg(args, 1).as_object()) else {
        return context.wrong_type("SHARD_ID");
    };
    match context.data.collection_count(name) {
        Some(_) => Ok(name.into()),
        None => Err(unknown_collection(name)),
    }
}

/// A revision holds the time in milliseconds and, in its lower 20 bits, a count.
fn decode_rev(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let decoded = arg(args, 0).as_str().and_then(decode).and_then(|revision| {
        let millis = i64::try_from(revision >> 20).ok()?;
        let time = Timestamp::from_millisecond(millis).ok()?.to_zoned(TimeZone::UTC);
        let count = i64::try_from(revision & 0xF_FFFF).ok()?;
        let date = time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        Some(object([("date", Value::string(date)), ("count", Value::Int(count))]))
    });
    match decoded {
        Some(parts) => Ok(parts),
        None => context.wrong_type("DECODE_REV"),
    }
}

/// Six bits a character, the highest first.
fn decode(revision: &str) -> Option<u64> {
    const ALPHABET: &[u8; 64] = b"-_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    if revision.is_empty() || revision.len() > 11 {
        return None;
    }
    revision.bytes().try_fold(0_u64, |number, byte| {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        number.checked_mul(64)?.checked_add(u64::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{call, check, check_warns},
        wire::ErrorNum,
    };

    #[test]
    fn documents_are_found_by_id_or_by_collection_and_key() {
        let ada = r#"{"_id": "people/ada", "_key": "ada"}"#;
        check("DOCUMENT", r#"["people/ada"]"#, ada);
        check("DOCUMENT", r#"["people", "ada"]"#, ada);
        check("DOCUMENT", r#"["people", "people/ada"]"#, ada);
        check("DOCUMENT", r#"["others", "people/ada"]"#, "null");
        check("DOCUMENT", r#"["ada"]"#, "null");
        check("DOCUMENT", r#"[["people/bob", "people/ada"]]"#, &format!("[{ada}]"));
        check("DOCUMENT", r#"["people", ["ada", "bob", 1]]"#, &format!("[{ada}]"));
    }

    #[test]
    fn collections_are_listed_and_counted() {
        check("COLLECTIONS", "[]", r#"[{"_id": "17", "name": "people"}]"#);
        check("COLLECTION_COUNT", r#"["people"]"#, "1");
        assert_eq!(call("COLLECTION_COUNT", r#"["x"]"#).0.unwrap_err().num, ErrorNum::DATA_SOURCE_NOT_FOUND);
        check("SHARD_ID", r#"["people", {}]"#, r#""people""#);
    }

    #[test]
    fn the_database_and_the_user_are_told() {
        check("CURRENT_DATABASE", "[]", r#""_system""#);
        check("CURRENT_USER", "[]", "null");
    }

    #[test]
    fn revisions_tell_when_they_were_made() {
        check("DECODE_REV", r#"["_YU0HOEG---"]"#, r#"{"date": "2019-03-11T16:15:05.314Z", "count": 0}"#);
        let warning = ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH;
        check_warns("DECODE_REV", r#"["?"]"#, "null", warning);
        check_warns("DECODE_REV", r#"["zzzzzzzzzzz"]"#, "null", warning);
        check_warns("DECODE_REV", "[1]", "null", warning);
    }
}
