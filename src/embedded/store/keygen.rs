//! Keys for documents that come without one, as the collection's `keyOptions` say.
//!
//! What has been given out stays given out, also when the transaction it was for is rolled back, as in ArangoDB.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Shared, set};
use crate::{
    embedded::{
        error::Error,
        value::{Object, Str, Value},
    },
    wire::ErrorNum,
};

/// How keys are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Traditional,
    AutoIncrement { offset: u64, increment: u64 },
    Uuid,
    Padded,
}

/// A collection's source of keys.
#[derive(Debug)]
pub(super) struct KeyGenerator {
    method: Method,
    /// Whether documents may bring keys of their own.
    pub(super) allow_user_keys: bool,
    last: AtomicU64,
}

impl KeyGenerator {
    /// Reads `keyOptions`; `Null` means the defaults.
    ///
    /// # Errors
    /// 1232 for an unknown type or bad numbers.
    pub(super) fn parse(options: &Value) -> Result<Self, Error> {
        let bad = |why: &'static str| Error::new(ErrorNum::INVALID_KEY_GENERATOR, why);
        let number = |name: &str, default: u64| match options.get(name) {
            Value::Null => Ok(default),
            Value::Int(number) => u64::try_from(*number).map_err(|_| bad("invalid key generator: negative number")),
            Value::Bool(_) | Value::Double(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                Err(bad("invalid key generator: a whole number is expected"))
            }
        };
        let method = match options.get("type").as_str().unwrap_or("traditional") {
            "" | "traditional" => Method::Traditional,
            "autoincrement" => {
                let (offset, increment) = (number("offset", 0)?, number("increment", 1)?);
                if increment == 0 || increment >= 1 << 16 {
                    return Err(bad(
                        "invalid key generator: increment value must be greater than zero and below 65536",
                    ));
                }
                Method::AutoIncrement { offset, increment }
            }
            "uuid" => Method::Uuid,
            "padded" => Method::Padded,
            _ => return Err(bad("invalid key generator")),
        };
        let allow_user_keys = !matches!(options.get("allowUserKeys"), Value::Bool(false));
        Ok(Self { method, allow_user_keys, last: AtomicU64::new(number("lastValue", 0)?) })
    }

    /// A key nobody had before.
    ///
    /// # Errors
    /// 1225 when the numbers are used up.
    pub(super) fn generate(&self, shared: &Shared) -> Result<Str, Error> {
        let advance = |next: &dyn Fn(u64) -> Option<u64>| {
            let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
            last.ok().and_then(next).ok_or(Error::from(ErrorNum::OUT_OF_KEYS))
        };
        match self.method {
            Method::Traditional | Method::Padded => {
                let tick = shared.ticks.next_id();
                let number = advance(&|last| last.checked_add(1).map(|next| next.max(tick)))?;
                let padded = self.method == Method::Padded;
                Ok(Str::from(if padded { format!("{number:016x}") } else { number.to_string() }))
            }
            Method::AutoIncrement { offset, increment } => {
                let number = advance(&|last| {
                    if last < offset {
                        return Some(offset);
                    }
                    let beyond = last.checked_sub(offset)?.checked_rem(increment)?;
                    last.checked_add(increment.checked_sub(beyond)?)
                })?;
                Ok(Str::from(number.to_string()))
            }
            Method::Uuid => {
                let mut bytes = [0; 16];
                shared.random.fill(&mut bytes);
                Ok(Str::from(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()))
            }
        }
    }

    /// Takes note of a key that came from outside, so that it is not made again.
    pub(super) fn track(&self, key: &str) {
        let number = match self.method {
            Method::Traditional | Method::AutoIncrement { .. } => {
                if key.bytes().all(|byte| byte.is_ascii_digit()) {
                    key.parse().ok()
                } else {
                    None
                }
            }
            Method::Padded => u64::from_str_radix(key, 16).ok(),
            Method::Uuid => None,
        };
        if let Some(number) = number {
            self.last.fetch_max(number, Ordering::Relaxed);
        }
    }

    /// `keyOptions` as properties show them.
    pub(super) fn describe(&self) -> Object {
        let mut options = Object::default();
        let name = match self.method {
            Method::Traditional => "traditional",
            Method::AutoIncrement { .. } => "autoincrement",
            Method::Uuid => "uuid",
            Method::Padded => "padded",
        };
        set(&mut options, "allowUserKeys", self.allow_user_keys);
        set(&mut options, "type", name);
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        if let Method::AutoIncrement { offset, increment } = self.method {
            set(&mut options, "offset", whole(offset));
            set(&mut options, "increment", whole(increment));
        }
        if self.method != Method::Uuid {
            set(&mut options, "lastValue", whole(self.last.load(Ordering::Relaxed)));
        }
        options
    }
}
