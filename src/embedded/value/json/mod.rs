//! Values as JSON text and back, without a detour over another tree: every document and every answer passes here.
//!
//! Whole doubles are written without a fraction, as ArangoDB does; numbers beyond 64 bits are read as doubles; of
//! attributes that are there twice the last counts.

use std::{cell::RefCell, fmt, hash::BuildHasher as _, io::Write as _, sync::LazyLock};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap as _, SerializeSeq as _},
};

use super::{Object, Str, Value, order::whole};

/// The whole numbers beyond which a double skips some.
const EXACT: i64 = 1 << 53;

/// How many attribute names a thread remembers, and how long they may be to be remembered.
const NAMES: usize = 512;
const NAME_LENGTH: usize = 40;

/// Reads one JSON value.
///
/// # Errors
/// Says what is wrong with the text and where; nesting beyond 128 levels is an error too.
pub fn parse(text: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(text)
}

/// The value as compact JSON text.
pub fn to_string(value: &Value) -> String {
    // What `write` makes of texts is text.
    String::from_utf8(to_vec(value)).unwrap_or_default()
}

/// The value as compact JSON, in bytes.
pub fn to_vec(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    write(value, &mut bytes);
    bytes
}

/// Appends the value as compact JSON.
pub fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) => write_int(*number, out),
        Value::Double(number) => write_double(*number, out),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(object) => {
            out.push(b'{');
            for (at, (name, value)) in object.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_text(name, out);
                out.push(b':');
                write(value, out);
            }
            out.push(b'}');
        }
    }
}

/// Appends a JSON string.
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else { break };
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0C => b'f',
            _ => 0,
        };
        if short == 0 {
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
        } else {
            out.extend_from_slice(&[b'\\', short]);
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn write_int(number: i64, out: &mut Vec<u8>) {
    // Writing to a Vec cannot fail.
    write!(out, "{number}").unwrap_or_default();
}

/// A whole double that is exact is written as a whole number, any other in the shortest form that reads back the same.
fn write_double(number: f64, out: &mut Vec<u8>) {
    match plain(number) {
        Some(whole) => write_int(whole, out),
        None if number == 0.0 => out.extend_from_slice(b"-0"),
        None => serde_json::to_writer(&mut *out, &number).unwrap_or_default(),
    }
}

/// The double as the whole number it is written as, if it is.
fn plain(number: f64) -> Option<i64> {
    whole(number).filter(|whole| (-EXACT..=EXACT).contains(whole) && (*whole != 0 || number.is_sign_positive()))
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Double(number) => match plain(*number) {
                Some(whole) => serializer.serialize_i64(whole),
                None => serializer.serialize_f64(*number),
            },
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => {
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| sequence.serialize_element(item))?;
                sequence.end()
            }
            Self::Object(object) => {
                let mut map = serializer.serialize_map(Some(object.len()))?;
                object.iter().try_for_each(|(name, value)| map.serialize_entry(&**name, value))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        #[expect(clippy::cast_precision_loss, reason = "AQL has no larger whole numbers")]
        Ok(i64::try_from(value).map_or(Value::Double(value as f64), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::string(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::with_capacity(items.size_hint().unwrap_or(0).min(1024));
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut attributes: A) -> Result<Value, A::Error> {
        let mut object = Object::default();
        while let Some(name) = attributes.next_key_seed(Name)? {
            object.insert(name, attributes.next_value()?);
        }
        object.shrink_to_fit();
        Ok(Value::object(object))
    }
}

/// Reads an attribute name, shared with the last documents that had it: collections repeat their names endlessly.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Str, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an attribute name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Str, E> {
        Ok(shared_name(name))
    }
}

/// The name as a shared text, the same one as before if this thread saw it lately.
pub fn shared_name(name: &str) -> Str {
    thread_local! {
        static SEEN: RefCell<Vec<Option<Str>>> = RefCell::new(vec![None; NAMES]);
    }
    static STATE: LazyLock<foldhash::fast::RandomState> = LazyLock::new(foldhash::fast::RandomState::default);
    if name.len() > NAME_LENGTH {
        return Str::from(name);
    }
    #[expect(clippy::cast_possible_truncation, reason = "only the low bits count")]
    let slot = STATE.hash_one(name) as usize % NAMES;
    SEEN.with_borrow_mut(|seen| match seen.get_mut(slot) {
        Some(Some(known)) if **known == *name => known.clone(),
        Some(place) => place.insert(Str::from(name)).clone(),
        None => Str::from(name),
    })
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        Self::from(&value)
    }
}

impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(number) => Self::Int(number),
                None => number.as_f64().map_or(Self::Null, Self::number),
            },
            serde_json::Value::String(text) => Self::string(text),
            serde_json::Value::Array(items) => Self::array(items.iter().map(Self::from).collect()),
            serde_json::Value::Object(object) => {
                Self::object(object.iter().map(|(name, value)| (shared_name(name), Self::from(value))).collect())
            }
        }
    }
}

impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(number) => Self::from(*number),
            Value::Double(number) => match plain(*number) {
                Some(whole) => Self::from(whole),
                None => Self::from(*number),
            },
            Value::String(text) => Self::from(&**text),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(object) => {
                Self::Object(object.iter().map(|(name, value)| (name.to_string(), Self::from(value))).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests;
