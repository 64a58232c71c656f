//! Functions that treat arrays as sets. Each takes time in proportion to its arguments: elements are found by a hash
//! that agrees with AQL's equality. Results keep the order in which elements first come.

use std::hash::RandomState;

use indexmap::{IndexMap, IndexSet};

use super::{
    Function,
    answer::{Answer, Fault, argument, function},
    array::{array, array_or_null, arrays, count},
};
use crate::embedded::value::{Value, order::ByValue};

/// A set of values. The hash is seeded, since the values come from clients.
type Set = IndexSet<ByValue, RandomState>;

/// What this file defines.
pub(super) const FUNCTIONS: &[Function] = &[
    function!("COUNT_DISTINCT", 1..=1, |arguments| Ok(count(set(array(arguments, 0)?).len()))),
    function!("COUNT_UNIQUE", 1..=1, |arguments| Ok(count(set(array(arguments, 0)?).len()))),
    function!("UNIQUE", 1..=1, |arguments| Ok(distinct(array(arguments, 0)?))),
    function!("UNION", 2.., |arguments| Ok(Value::array(arrays(arguments)?.concat()))),
    function!("UNION_DISTINCT", 2.., |arguments| Ok(distinct(arrays(arguments)?.into_iter().flatten()))),
    // The order of first occurrence is kept by the plain one as well.
    function!("UNION_DISTINCT_STABLE", 2.., |arguments| Ok(distinct(arrays(arguments)?.into_iter().flatten()))),
    function!("INTERSECTION", 2.., intersection),
    function!("MINUS", 2.., minus),
    function!("OUTERSECTION", 2.., outersection),
    function!("JACCARD", 2..=2, jaccard),
    function!("REMOVE_VALUES", 2..=2, remove_values),
];

fn set<'a>(items: impl IntoIterator<Item = &'a Value>) -> Set {
    items.into_iter().cloned().map(ByValue).collect()
}

fn list(set: impl IntoIterator<Item = ByValue>) -> Value {
    Value::array(set.into_iter().map(|item| item.0).collect())
}

/// The elements without repetitions.
pub(super) fn distinct<'a>(items: impl IntoIterator<Item = &'a Value>) -> Value {
    list(set(items))
}

fn intersection(arguments: &[Value]) -> Answer {
    let mut arrays = arrays(arguments)?.into_iter();
    let mut common = set(arrays.next().unwrap_or_default());
    for items in arrays {
        let other = set(items);
        common.retain(|item| other.contains(item));
    }
    Ok(list(common))
}

fn minus(arguments: &[Value]) -> Answer {
    let mut arrays = arrays(arguments).map_err(|_| Fault::NotArray)?.into_iter();
    let first = set(arrays.next().unwrap_or_default());
    let others = set(arrays.flatten());
    Ok(list(first.into_iter().filter(|item| !others.contains(item))))
}

fn outersection(arguments: &[Value]) -> Answer {
    let mut counts: IndexMap<ByValue, usize, RandomState> = IndexMap::default();
    for item in arrays(arguments)?.into_iter().flatten() {
        *counts.entry(ByValue(item.clone())).or_default() += 1;
    }
    Ok(list(counts.into_iter().filter(|(_, count)| *count == 1).map(|(item, _)| item)))
}

fn jaccard(arguments: &[Value]) -> Answer {
    let (left, right) = match arrays(arguments)?.as_slice() {
        [left, right] => (set(*left), set(*right)),
        _ => return Err(Fault::Type),
    };
    let common = left.iter().filter(|item| right.contains(*item)).count();
    let all = left.len() + right.len() - common;
    #[expect(clippy::cast_precision_loss, reason = "no array has 2^53 elements")]
    Ok(if all == 0 { Value::Int(1) } else { Value::number(common as f64 / all as f64) })
}

fn remove_values(arguments: &[Value]) -> Answer {
    let items = array_or_null(arguments)?;
    let unwanted = match argument(arguments, 1) {
        Value::Null => Set::default(),
        values => set(values.as_array().ok_or(Fault::Type)?),
    };
    let keep = |item: &&Value| !unwanted.contains(&ByValue(Value::clone(item)));
    Ok(Value::array(items.iter().filter(keep).cloned().collect()))
}

#[cfg(test)]
mod tests {
    use super::{Value, distinct};
    use crate::embedded::functions::answer::harness::check;

    #[test]
    fn repetitions_are_found_by_value_not_by_notation() {
        check(&[
            (
                "UNIQUE",
                "[[1, 1.0, \"1\", {\"a\": 1, \"b\": 2}, {\"b\": 2, \"a\": 1.0}]]",
                "[1,\"1\",{\"a\":1,\"b\":2}]",
            ),
            ("UNIQUE", "[null]", "warning 1563"),
            ("COUNT_DISTINCT", "[[1, 1.0, null, null, false]]", "3"),
            ("COUNT_UNIQUE", "[[]]", "0"),
            ("COUNT_UNIQUE", "[7]", "warning 1563"),
        ]);
    }

    #[test]
    fn set_operations_take_any_number_of_arrays() {
        check(&[
            ("UNION", "[[1, 2], [2], [1]]", "[1,2,2,1]"),
            ("UNION_DISTINCT", "[[1, 2], [2], [3, 1]]", "[1,2,3]"),
            ("UNION", "[[1], null]", "warning 1542"),
            ("INTERSECTION", "[[3, 1, 2, 1], [2, 1], [1, 5, 2]]", "[1,2]"),
            ("INTERSECTION", "[[], [1]]", "[]"),
            ("MINUS", "[[3, 1, 3, 2], [1], [7]]", "[3,2]"),
            ("MINUS", "[[3], 1]", "warning 1563"),
            ("OUTERSECTION", "[[1, 2], [2, 3], [3, 4, 4]]", "[1]"),
            ("REMOVE_VALUES", "[[1, null, 2, 1], [1.0, null]]", "[2]"),
            ("REMOVE_VALUES", "[[1], null]", "[1]"),
            ("REMOVE_VALUES", "[[1], 1]", "warning 1542"),
        ]);
    }

    #[test]
    fn similarity_is_the_common_share() {
        check(&[
            ("JACCARD", "[[1, 1, 2], [2, 3, 3, 4]]", "0.25"),
            ("JACCARD", "[[], []]", "1"),
            ("JACCARD", "[[1], []]", "0"),
            ("JACCARD", "[1, []]", "warning 1542"),
        ]);
    }

    #[test]
    fn large_sets_take_linear_time() {
        let many: Vec<Value> = (0..200_000).map(|number| Value::Int(number % 100_000)).collect();
        assert_eq!(distinct(&many).as_array().map(<[Value]>::len), Some(100_000));
    }
}
