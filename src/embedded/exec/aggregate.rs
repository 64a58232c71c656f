//! Aggregate functions that take one value after the other.

use crate::embedded::{
    plan::{
        aggregate::AggregateKind,
        key::{Key, Set},
    },
    value::{Value, order},
};

/// The state of one aggregate of one group.
#[derive(Debug, Clone)]
pub(super) struct Accumulator {
    kind: AggregateKind,
    /// A value came that the function cannot take: the result is null.
    invalid: bool,
    count: u64,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Count,
    Extreme(Option<Value>),
    Sum(f64),
    /// Mean and sum of squared distances from it (Welford).
    Spread(f64, f64),
    Distinct(Vec<Value>, Set),
    Bits(u64),
    Push(Vec<Value>),
}

impl Accumulator {
    pub(super) fn new(kind: AggregateKind) -> Self {
        let state = match kind {
            AggregateKind::Count => State::Count,
            AggregateKind::Min | AggregateKind::Max => State::Extreme(None),
            AggregateKind::Sum | AggregateKind::Average => State::Sum(0.0),
            AggregateKind::VariancePopulation
            | AggregateKind::VarianceSample
            | AggregateKind::StddevPopulation
            | AggregateKind::StddevSample => State::Spread(0.0, 0.0),
            AggregateKind::Unique | AggregateKind::SortedUnique | AggregateKind::CountDistinct => {
                State::Distinct(Vec::new(), Set::default())
            }
            AggregateKind::BitAnd | AggregateKind::BitOr | AggregateKind::BitXor => State::Bits(0),
            AggregateKind::Push => State::Push(Vec::new()),
        };
        Self { kind, invalid: false, count: 0, state }
    }

    /// Takes a value; gives the bytes that are kept of it.
    pub(super) fn add(&mut self, value: Value) -> usize {
        match &mut self.state {
            State::Count => {
                self.count += 1;
                0
            }
            State::Extreme(extreme) => {
                let wanted = match (self.kind, &extreme) {
                    (AggregateKind::Min, _) if value.is_null() => false,
                    (_, None) => true,
                    (AggregateKind::Min, Some(least)) => order::compare(&value, least).is_lt(),
                    (_, Some(most)) => order::compare(&value, most).is_gt(),
                };
                if wanted {
                    *extreme = Some(value);
                }
                0
            }
            State::Sum(sum) => {
                match (value.is_null(), value.as_f64()) {
                    (true, _) => {}
                    (false, Some(number)) => {
                        *sum += number;
                        self.count += 1;
                    }
                    (false, None) => self.invalid = true,
                }
                0
            }
            State::Spread(mean, squares) => {
                match (value.is_null(), value.as_f64()) {
                    (true, _) => {}
                    (false, Some(number)) => {
                        self.count += 1;
                        let delta = number - *mean;
                        *mean += delta / as_f64(self.count);
                        *squares += delta * (number - *mean);
                    }
                    (false, None) => self.invalid = true,
                }
                0
            }
            State::Distinct(list, seen) => {
                if !seen.insert(Key(vec![value.clone()])) {
                    return 0;
                }
                let bytes = value.memory();
                list.push(value);
                bytes
            }
            State::Bits(bits) => {
                match (value.is_null(), bit_field(&value)) {
                    (true, _) => {}
                    (false, Some(operand)) => {
                        *bits = match self.kind {
                            _ if self.count == 0 => operand,
                            AggregateKind::BitAnd => *bits & operand,
                            AggregateKind::BitOr => *bits | operand,
                            _ => *bits ^ operand,
                        };
                        self.count += 1;
                    }
                    (false, None) => self.invalid = true,
                }
                0
            }
            State::Push(list) => {
                let bytes = value.memory();
                list.push(value);
                bytes
            }
        }
    }

    /// The result for what has been taken so far.
    pub(super) fn result(&self) -> Value {
        if self.invalid {
            return Value::Null;
        }
        let count = as_f64(self.count);
        match &self.state {
            State::Count => Value::Int(i64::try_from(self.count).unwrap_or(i64::MAX)),
            State::Extreme(extreme) => extreme.clone().unwrap_or_default(),
            State::Sum(sum) => match self.kind {
                AggregateKind::Average if self.count == 0 => Value::Null,
                AggregateKind::Average => Value::whole_or_double(sum / count),
                _ => Value::whole_or_double(*sum),
            },
            State::Spread(_, squares) => {
                let (divisor, root) = match self.kind {
                    AggregateKind::VariancePopulation => (count, false),
                    AggregateKind::StddevPopulation => (count, true),
                    AggregateKind::VarianceSample => (count - 1.0, false),
                    _ => (count - 1.0, true),
                };
                if divisor <= 0.0 {
                    return Value::Null;
                }
                let variance = squares / divisor;
                Value::number(if root { variance.sqrt() } else { variance })
            }
            State::Distinct(list, _) => match self.kind {
                AggregateKind::CountDistinct => Value::count(list.len()),
                AggregateKind::SortedUnique => {
                    let mut sorted = list.clone();
                    sorted.sort_by(order::compare);
                    Value::array(sorted)
                }
                _ => Value::array(list.clone()),
            },
            State::Bits(_) if self.count == 0 => Value::Null,
            State::Bits(bits) => Value::Int(i64::try_from(*bits).unwrap_or(i64::MAX)),
            State::Push(list) => Value::array(list.clone()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no group has 2^53 rows")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

/// A number that bit operations can take: whole, and of 32 bits.
fn bit_field(value: &Value) -> Option<u64> {
    let whole = match value {
        Value::Int(number) => *number,
        Value::Double(number) => order::whole(*number)?,
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    u32::try_from(whole).ok().map(u64::from)
}
