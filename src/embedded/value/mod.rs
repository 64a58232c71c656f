//! Values of AQL: cheap to clone, immutable, with ArangoDB's order, equality, truth, arithmetic and casts.
//!
//! Pure: no spans, no query context. `order` compares, `ops` computes, `like` matches patterns, `json` reads and writes.

use std::sync::Arc;

use indexmap::IndexMap;

pub mod date;
pub mod json;
pub mod like;
pub mod ops;
pub mod order;
pub mod sort;

/// A shared, immutable text.
pub type Str = Arc<str>;

/// Attributes in the order they were written.
pub type Object = IndexMap<Str, Value, foldhash::fast::RandomState>;

/// How deeply values may nest that a query makes: whatever walks them recurses.
pub const MAX_DEPTH: usize = 400;

/// What an attribute takes beside the bytes of its name and its value.
const NAME: usize = 32;

/// A value. Numbers are whole numbers of 64 bits where they fit, doubles otherwise; a double is never NaN or infinite.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite double.
    Double(f64),
    /// A text.
    String(Str),
    /// An array.
    Array(Arc<Vec<Self>>),
    /// An object.
    Object(Arc<Object>),
}

impl Value {
    /// A text value.
    pub fn string(text: impl AsRef<str>) -> Self {
        Self::String(Arc::from(text.as_ref()))
    }

    /// An array value.
    pub fn array(items: Vec<Self>) -> Self {
        Self::Array(Arc::new(items))
    }

    /// An object value.
    pub fn object(object: Object) -> Self {
        Self::Object(Arc::new(object))
    }

    /// A number: a double that is not finite becomes null, as in ArangoDB.
    pub fn number(number: f64) -> Self {
        if number.is_finite() { Self::Double(number) } else { Self::Null }
    }

    /// The text, when it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The elements, when it is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The attributes, when it is an object.
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// The number as a double, when it is a number. No cast.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "AQL computes with doubles beyond 2^53")]
            Self::Int(number) => Some(*number as f64),
            Self::Double(number) => Some(*number),
            Self::Null | Self::Bool(_) | Self::String(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The attribute of an object; null for anything else and for a missing one.
    pub fn get(&self, name: &str) -> &Self {
        static NULL: Value = Value::Null;
        self.as_object().and_then(|object| object.get(name)).unwrap_or(&NULL)
    }

    /// What a path of attribute names leads to; null where it leads nowhere.
    pub fn get_path(&self, path: &[Str]) -> &Self {
        path.iter().fold(self, |value, name| value.get(name))
    }

    /// A number that is whole if the double is, so that `4.0` and `4` are told apart no further.
    pub fn whole_or_double(number: f64) -> Self {
        match order::whole(number) {
            Some(whole) if whole.unsigned_abs() <= 1 << 53 => Self::Int(whole),
            _ => Self::number(number),
        }
    }

    /// A count as a number.
    pub fn count(count: usize) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// The type's name as `TYPENAME()` gives it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Double(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// A rough count of the bytes it occupies, for memory limits. Shared parts are counted each time.
    pub fn memory(&self) -> usize {
        const SELF: usize = size_of::<Value>();
        SELF + match self {
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Double(_) => 0,
            Self::String(text) => text.len(),
            Self::Array(items) => items.iter().map(Self::memory).sum(),
            Self::Object(object) => object.iter().map(|(name, value)| name.len() + NAME + value.memory()).sum(),
        }
    }

    /// [`Self::memory`], when it is within a limit and the value nests no deeper than [`MAX_DEPTH`]. Takes no longer than
    /// the limit allows, where an array of an array twice, and that one twice, and so on, would take for ever.
    pub fn memory_within(&self, limit: usize) -> Option<usize> {
        fn take(value: &Value, left: &mut usize, depth: usize) -> Option<()> {
            *left = left.checked_sub(size_of::<Value>())?;
            match value {
                Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) => Some(()),
                Value::String(text) => {
                    *left = left.checked_sub(text.len())?;
                    Some(())
                }
                Value::Array(items) => {
                    let depth = depth.checked_sub(1)?;
                    items.iter().try_for_each(|item| take(item, left, depth))
                }
                Value::Object(object) => {
                    let depth = depth.checked_sub(1)?;
                    object.iter().try_for_each(|(name, value)| {
                        *left = left.checked_sub(name.len() + NAME)?;
                        take(value, left, depth)
                    })
                }
            }
        }
        let mut left = limit;
        take(self, &mut left, MAX_DEPTH).map(|()| limit - left)
    }

    /// A rough count of the bytes that nobody else holds: those that are free again when this is dropped.
    pub fn own_memory(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::String(text) if Arc::strong_count(text) == 1 => text.len(),
                Self::Array(items) if Arc::strong_count(items) == 1 => items.iter().map(Self::own_memory).sum(),
                Self::Object(object) if Arc::strong_count(object) == 1 => {
                    object.iter().map(|(name, value)| name.len() + NAME + value.own_memory()).sum()
                }
                Self::Null
                | Self::Bool(_)
                | Self::Int(_)
                | Self::Double(_)
                | Self::String(_)
                | Self::Array(_)
                | Self::Object(_) => 0,
            }
    }
}

/// An object of these attributes: `object([("name", Value::from("x"))])`.
pub fn object<N: AsRef<str>>(attributes: impl IntoIterator<Item = (N, Value)>) -> Value {
    Value::object(attributes.into_iter().map(|(name, value)| (json::shared_name(name.as_ref()), value)).collect())
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::string(value)
    }
}

impl From<Str> for Value {
    fn from(value: Str) -> Self {
        Self::String(value)
    }
}

impl From<Vec<Self>> for Value {
    fn from(value: Vec<Self>) -> Self {
        Self::array(value)
    }
}

impl From<Object> for Value {
    fn from(value: Object) -> Self {
        Self::object(value)
    }
}
