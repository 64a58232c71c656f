//! `WINDOW`: aggregates over the rows near each row, by their number or by the distance of a value.

use super::{Context, Operator, aggregate::Accumulator, set};
use crate::{
    embedded::{
        error::Error,
        eval::{Host, Row, eval},
        functions,
        plan::node::Window,
        value::{Value, ops, order},
    },
    wire::ErrorNum,
};

pub(super) struct Windower<'p, 'a> {
    node: &'p Window,
    input: Box<dyn Operator<'a> + 'p>,
    rows: Option<std::vec::IntoIter<Row>>,
}

/// How far a window reaches to one side.
#[derive(Debug, Clone)]
enum Reach {
    Unbounded,
    Number(f64),
    /// An ISO 8601 duration, for dates.
    Duration(Value),
}

/// A row with the value that distance is measured on and the arguments of the aggregates.
struct Entry {
    row: Row,
    place: Value,
    arguments: Vec<Value>,
}

impl<'p, 'a> Windower<'p, 'a> {
    pub(super) fn new(node: &'p Window, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input, rows: None }
    }

    fn compute(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<Vec<Row>, Error> {
        let bounds = eval(&self.node.bounds, row, context)?;
        let preceding = reach(&bounds, "preceding", self.node.range.is_some())?;
        let following = reach(&bounds, "following", self.node.range.is_some())?;
        let mut entries = self.read(row, context)?;
        if self.node.range.is_some() {
            entries.sort_by(|a, b| order::compare(&a.place, &b.place));
            self.by_distance(&mut entries, (&preceding, &following), context)?;
        } else {
            self.by_number(&mut entries, (&preceding, &following), context)?;
        }
        Ok(entries.into_iter().map(|entry| entry.row).collect())
    }

    fn read(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<Vec<Entry>, Error> {
        let mut entries = Vec::new();
        while self.input.next(row, context)? {
            context.poll()?;
            let place = match &self.node.range {
                Some(range) => eval(range, row, context)?,
                None => Value::Null,
            };
            let mut arguments = Vec::with_capacity(self.node.aggregates.len());
            for aggregate in &self.node.aggregates {
                arguments.push(eval(&aggregate.argument, row, context)?);
            }
            context.allocate(arguments.iter().chain(&*row).map(Value::own_memory).sum())?;
            entries.push(Entry { row: row.clone(), place, arguments });
        }
        Ok(entries)
    }

    fn by_number(
        &self,
        entries: &mut [Entry],
        (preceding, following): (&Reach, &Reach),
        context: &mut Context<'_>,
    ) -> Result<(), Error> {
        let mut spans = Vec::with_capacity(entries.len());
        for at in 0..entries.len() {
            spans
                .push(Some((at.saturating_sub(rows(preceding)), at.saturating_add(rows(following)).saturating_add(1))));
        }
        self.aggregate(entries, &spans, context)
    }

    fn by_distance(
        &self,
        entries: &mut [Entry],
        (preceding, following): (&Reach, &Reach),
        context: &mut Context<'_>,
    ) -> Result<(), Error> {
        let dates = matches!(preceding, Reach::Duration(_)) || matches!(following, Reach::Duration(_));
        let mut numbers = Vec::with_capacity(entries.len());
        for entry in entries.iter() {
            numbers.push(if dates { timestamp(&entry.place, context)? } else { entry.place.as_f64() });
        }
        let mut spans = Vec::with_capacity(entries.len());
        for (entry, number) in entries.iter().zip(&numbers) {
            context.poll()?;
            let Some(number) = *number else {
                context.warn(
                    ErrorNum::QUERY_INVALID_ARITHMETIC_VALUE,
                    ErrorNum::QUERY_INVALID_ARITHMETIC_VALUE.text().to_owned(),
                )?;
                spans.push(None);
                continue;
            };
            let low = edge(preceding, &entry.place, number, "DATE_SUBTRACT", context)?;
            let high = edge(following, &entry.place, number, "DATE_ADD", context)?;
            let first = numbers.partition_point(|other| other.is_none_or(|other| other < low));
            let end = numbers.partition_point(|other| other.is_none_or(|other| other <= high));
            spans.push(Some((first, end)));
        }
        self.aggregate(entries, &spans, context)
    }

    /// Sets the aggregates of each row over its span of rows; without one they are null.
    fn aggregate(
        &self,
        entries: &mut [Entry],
        spans: &[Option<(usize, usize)>],
        context: &mut Context<'_>,
    ) -> Result<(), Error> {
        let fresh = || -> Vec<Accumulator> {
            self.node.aggregates.iter().map(|aggregate| Accumulator::new(aggregate.kind)).collect()
        };
        let mut accumulators = fresh();
        // The span that the accumulators hold: as long as windows only grow at the end, they are carried on.
        let mut held = (0, 0);
        for (at, span) in spans.iter().enumerate() {
            let mut results = vec![Value::Null; self.node.aggregates.len()];
            if let Some((first, end)) = *span {
                if first != held.0 || end < held.1 {
                    accumulators = fresh();
                    held = (first, first);
                }
                let added = entries.get(held.1..end.min(entries.len())).unwrap_or_default();
                for entry in added {
                    context.poll()?;
                    for (accumulator, argument) in accumulators.iter_mut().zip(&entry.arguments) {
                        accumulator.add(argument.clone());
                    }
                }
                held.1 = held.1.max(end.min(entries.len()));
                results = accumulators.iter().map(Accumulator::result).collect();
                context.allocate(results.iter().map(Value::own_memory).sum())?;
            }
            if let Some(entry) = entries.get_mut(at) {
                for (aggregate, result) in self.node.aggregates.iter().zip(results) {
                    set(&mut entry.row, aggregate.out, result);
                }
            }
        }
        Ok(())
    }
}

impl<'a> Operator<'a> for Windower<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        if self.rows.is_none() {
            let rows = self.compute(row, context)?;
            self.rows = Some(rows.into_iter());
        }
        let Some(next) = self.rows.as_mut().and_then(Iterator::next) else {
            return Ok(false);
        };
        *row = next;
        Ok(true)
    }
}

fn reach(bounds: &Value, side: &str, by_distance: bool) -> Result<Reach, Error> {
    match bounds.get(side) {
        Value::Null => Ok(Reach::Number(0.0)),
        Value::String(text) if text.eq_ignore_ascii_case("unbounded") => Ok(Reach::Unbounded),
        Value::String(text) if by_distance && text.starts_with('P') => Ok(Reach::Duration(Value::String(text.clone()))),
        value => match value.as_f64() {
            Some(number) if number >= 0.0 || by_distance => Ok(Reach::Number(number)),
            _ => Err(Error::new(
                ErrorNum::BAD_PARAMETER,
                "bad parameter: WINDOW bounds must be positive numbers, \
                                                          durations or \"unbounded\"",
            )),
        },
    }
}

fn rows(reach: &Reach) -> usize {
    match reach {
        Reach::Unbounded | Reach::Duration(_) => usize::MAX,
        Reach::Number(number) => usize::try_from(ops::to_i64(&Value::Double(*number))).unwrap_or(0),
    }
}

/// How far the window reaches to one side, as a number on the scale of the range value.
fn edge(
    reach: &Reach,
    place: &Value,
    number: f64,
    date_function: &str,
    context: &mut Context<'_>,
) -> Result<f64, Error> {
    let back = date_function == "DATE_SUBTRACT";
    match reach {
        Reach::Unbounded => Ok(if back { f64::NEG_INFINITY } else { f64::INFINITY }),
        Reach::Number(distance) => Ok(if back { number - distance } else { number + distance }),
        Reach::Duration(duration) => {
            let moved = call(date_function, &[place.clone(), duration.clone()], context)?;
            Ok(timestamp(&moved, context)?.unwrap_or(number))
        }
    }
}

fn timestamp(date: &Value, context: &mut Context<'_>) -> Result<Option<f64>, Error> {
    Ok(call("DATE_TIMESTAMP", std::slice::from_ref(date), context)?.as_f64())
}

fn call(name: &str, arguments: &[Value], context: &mut Context<'_>) -> Result<Value, Error> {
    let function = functions::lookup(name).ok_or(ErrorNum::INTERNAL_AQL)?;
    context.call(function, arguments)
}
