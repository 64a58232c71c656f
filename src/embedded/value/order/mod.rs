//! ArangoDB's total order over values: null < bool < number < string < array < object.
//!
//! Texts are ordered by the Unicode collation algorithm with the root locale of ICU, capital letters first, as a server
//! with the default language does; texts that collate alike are told apart by their bytes, so that "neither comes
//! first" and "equal" are the same ("Type and value order" of the manual).

use std::{
    cmp::Ordering,
    hash::{Hash, Hasher},
    sync::LazyLock,
};

use icu_collator::{
    Collator, CollatorBorrowed, CollatorPreferences,
    options::{CollatorOptions, Strength},
    preferences::CollationCaseFirst,
};

use super::{Object, Str, Value};

/// The largest power of two a double holds that is beyond every `i64`.
const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;

static NULL: Value = Value::Null;

/// `None` only if the compiled-in data lacked the root locale; texts are then compared byte by byte.
static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| collator(Strength::Tertiary));

/// The places of the printable ASCII characters among each other, capital and small letters at the same one; 0 for all
/// other bytes. Taken from the collator, which is several times slower than looking here.
static PLACES: LazyLock<[u8; 256]> = LazyLock::new(|| {
    let mut places = [0; 256];
    let Some(collator) = collator(Strength::Primary) else { return places };
    let order = |left: &char, right: &char| {
        let (mut one, mut other) = ([0; 4], [0; 4]);
        collator.compare(left.encode_utf8(&mut one), right.encode_utf8(&mut other))
    };
    let mut printable: Vec<char> = (' '..='~').collect();
    printable.sort_by(order);
    let mut place = 0;
    for alike in printable.chunk_by(|left, right| order(left, right).is_eq()) {
        place += 1;
        for character in alike {
            if let Some(entry) = places.get_mut(*character as usize) {
                *entry = place;
            }
        }
    }
    places
});

fn collator(strength: Strength) -> Option<CollatorBorrowed<'static>> {
    let mut preferences = CollatorPreferences::default();
    preferences.case_first = Some(CollationCaseFirst::Upper);
    let mut options = CollatorOptions::default();
    options.strength = Some(strength);
    Collator::try_new(preferences, options).ok()
}

/// Which of two values comes first in `SORT`, `<`, `MIN`, an index …
pub fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Double(left), Value::Double(right)) => left.partial_cmp(right).unwrap_or(Ordering::Equal),
        (Value::Int(left), Value::Double(right)) => compare_int_double(*left, *right),
        (Value::Double(left), Value::Int(right)) => compare_int_double(*right, *left).reverse(),
        (Value::String(left), Value::String(right)) => compare_text(left, right),
        (Value::Array(left), Value::Array(right)) => compare_arrays(left, right),
        (Value::Object(left), Value::Object(right)) => compare_objects(left, right),
        (
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Double(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_),
            _,
        ) => rank(left).cmp(&rank(right)),
    }
}

/// Which of two texts comes first.
pub fn compare_text(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    if left.is_ascii()
        && right.is_ascii()
        && let Some(order) = compare_printable(left.as_bytes(), right.as_bytes())
    {
        return order;
    }
    match &*COLLATOR {
        Some(collator) => collator.compare(left, right).then_with(|| left.cmp(right)),
        None => left.cmp(right),
    }
}

/// As the collator compares ASCII: by places first, then the first capital letter where the other has a small one wins.
/// `None` when a character is not printable, as the collator passes over those.
fn compare_printable(left: &[u8], right: &[u8]) -> Option<Ordering> {
    let places = &*PLACES;
    let place = |byte: &u8| places.get(usize::from(*byte)).copied().filter(|place| *place != 0);
    let mut by_case = Ordering::Equal;
    for (one, other) in left.iter().zip(right) {
        if one == other {
            place(one)?;
            continue;
        }
        let order = place(one)?.cmp(&place(other)?);
        if order.is_ne() {
            return Some(order);
        }
        by_case = by_case.then(one.cmp(other));
    }
    let shared = left.len().min(right.len());
    for byte in left.iter().skip(shared).chain(right.iter().skip(shared)) {
        place(byte)?;
    }
    Some(left.len().cmp(&right.len()).then(by_case))
}

/// Whether two values are equal as `==` sees it: numbers by value, texts byte for byte, an attribute that is missing
/// equals one that is null, the order of attributes does not matter.
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Array(left), Value::Array(right)) => {
            let length = left.len().max(right.len());
            (0..length).all(|at| equal(left.get(at).unwrap_or(&NULL), right.get(at).unwrap_or(&NULL)))
        }
        (Value::Object(left), Value::Object(right)) => {
            let covers = |one: &Object, other: &Object| {
                one.iter().all(|(name, value)| equal(value, other.get(name).unwrap_or(&NULL)))
            };
            covers(left, right)
                && right.iter().all(|(name, value)| matches!(value, Value::Null) || left.contains_key(name))
        }
        (Value::Int(_) | Value::Double(_), Value::Int(_) | Value::Double(_)) => compare(left, right).is_eq(),
        (
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Double(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_),
            _,
        ) => false,
    }
}

/// A hash that agrees with [`equal`].
pub fn hash(value: &Value, state: &mut impl Hasher) {
    state.write_u8(rank(value));
    match value {
        Value::Null => {}
        Value::Bool(value) => value.hash(state),
        Value::Int(number) => number.hash(state),
        Value::Double(number) => match whole(*number) {
            Some(number) => number.hash(state),
            None => number.to_bits().hash(state),
        },
        Value::String(text) => text.hash(state),
        Value::Array(items) => {
            let length = items.iter().rposition(|item| !item.is_null()).map_or(0, |last| last + 1);
            state.write_usize(length);
            items.iter().take(length).for_each(|item| hash(item, state));
        }
        Value::Object(object) => hash_attributes(object, state),
    }
}

/// A value by its AQL equality, for sets and maps.
#[derive(Debug, Clone)]
pub struct ByValue(pub Value);

impl PartialEq for ByValue {
    fn eq(&self, other: &Self) -> bool {
        equal(&self.0, &other.0)
    }
}

impl Eq for ByValue {}

impl Hash for ByValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

impl PartialOrd for ByValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ByValue {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

/// The double as a whole number, if it is one that fits.
pub fn whole(number: f64) -> Option<i64> {
    let fits = (-TWO_POW_63..TWO_POW_63).contains(&number) && number.fract() == 0.0;
    #[expect(clippy::cast_possible_truncation, reason = "the range was just checked")]
    fits.then_some(number as i64)
}

/// The place of a value's type in the order of types.
pub fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Int(_) | Value::Double(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

/// Exact: a whole number beyond 2^53 is not rounded to a double first.
fn compare_int_double(int: i64, double: f64) -> Ordering {
    if double >= TWO_POW_63 {
        return Ordering::Less;
    }
    if double < -TWO_POW_63 {
        return Ordering::Greater;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range was just checked")]
    let floor = double.floor() as i64;
    int.cmp(&floor).then(if double.fract() == 0.0 { Ordering::Equal } else { Ordering::Less })
}

fn compare_arrays(left: &[Value], right: &[Value]) -> Ordering {
    let length = left.len().max(right.len());
    (0..length)
        .map(|at| compare(left.get(at).unwrap_or(&NULL), right.get(at).unwrap_or(&NULL)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn compare_objects(left: &Object, right: &Object) -> Ordering {
    let mut names: Vec<&Str> = left.keys().chain(right.keys().filter(|name| !left.contains_key(*name))).collect();
    names.sort_unstable_by(|left, right| compare_text(left, right));
    names
        .into_iter()
        .map(|name| compare(left.get(name).unwrap_or(&NULL), right.get(name).unwrap_or(&NULL)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Attributes go in by name, since their order does not matter; null ones are left out, since a missing one is equal.
fn hash_attributes(object: &Object, state: &mut impl Hasher) {
    let mut attributes: Vec<_> = object.iter().filter(|(_, value)| !value.is_null()).collect();
    attributes.sort_unstable_by_key(|(name, _)| *name);
    state.write_usize(attributes.len());
    for (name, value) in attributes {
        name.hash(state);
        hash(value, state);
    }
}

#[cfg(test)]
pub(crate) mod tests;
