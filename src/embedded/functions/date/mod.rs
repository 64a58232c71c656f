//! The date functions of AQL: arguments in, answers out. The work is done in `parse`, `math`, `format` and `zone`.
//!
//! What is no date gives null and warning 1572; an argument of a wrong type besides the date gives null and 1542; a time
//! zone nobody knows is an error.

use jiff::{civil::DateTime, tz::TimeZone};

use super::{
    Function,
    answer::{Answer, Fault, argument, function},
};
use crate::{
    embedded::{
        error::Error,
        value::{Object, Str, Value},
    },
    wire::ErrorNum,
};

mod format;
mod math;
pub(super) mod parse;
mod zone;

use math::Moment;
use parse::{Duration, Unit};

/// A function that tells one thing about a date.
macro_rules! part {
    ($name:literal, ..=$max:literal, $of:expr) => {
        function!($name, 1..=$max, |arguments| part(arguments, $of))
    };
}

/// Milliseconds since 1970 as a date string; empty beyond the range of dates.
pub fn iso_string(millis: i64) -> String {
    Moment::new(millis).map(format::iso).unwrap_or_default()
}

/// What this file defines.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "DATE_NOW",
        min: 0,
        max: 0,
        deterministic: false,
        call: |context, _| Ok(Value::Int(context.now_millis)),
    },
    function!("DATE_TIMESTAMP", 1..=7, |arguments| Ok(Value::Int(date_or_parts(arguments)?.millis()))),
    function!("DATE_ISO8601", 1..=7, |arguments| Ok(iso(date_or_parts(arguments)?))),
    function!("IS_DATESTRING", 1..=1, |arguments: &[Value]| {
        Ok(Value::Bool(argument(arguments, 0).as_str().is_some_and(parse::is_date_string)))
    }),
    part!("DATE_DAYOFWEEK", ..=2, |at| Value::Int(format::weekday(at))),
    part!("DATE_YEAR", ..=2, |at| Value::Int(at.year().into())),
    part!("DATE_MONTH", ..=2, |at| Value::Int(at.month().into())),
    part!("DATE_DAY", ..=2, |at| Value::Int(at.day().into())),
    part!("DATE_HOUR", ..=2, |at| Value::Int(at.hour().into())),
    part!("DATE_MINUTE", ..=2, |at| Value::Int(at.minute().into())),
    part!("DATE_SECOND", ..=1, |at| Value::Int(at.second().into())),
    part!("DATE_MILLISECOND", ..=1, |at| Value::Int(at.millisecond().into())),
    part!("DATE_DAYOFYEAR", ..=2, |at| Value::Int(at.day_of_year().into())),
    part!("DATE_ISOWEEK", ..=1, |at| Value::Int(at.iso_week_date().week().into())),
    part!("DATE_ISOWEEKYEAR", ..=1, iso_week_year),
    part!("DATE_LEAPYEAR", ..=2, |at| Value::Bool(at.in_leap_year())),
    part!("DATE_QUARTER", ..=2, |at| Value::Int(format::quarter(at))),
    part!("DATE_DAYS_IN_MONTH", ..=2, |at| Value::Int(at.days_in_month().into())),
    function!("DATE_TRUNC", 2..=3, truncate),
    function!("DATE_ROUND", 3..=4, round),
    function!("DATE_FORMAT", 2..=3, fill),
    function!("DATE_ADD", 2..=4, |arguments| shift(arguments, 1)),
    function!("DATE_SUBTRACT", 2..=4, |arguments| shift(arguments, -1)),
    function!("DATE_DIFF", 3..=6, difference),
    function!("DATE_COMPARE", 3..=6, compare),
    function!("DATE_UTCTOLOCAL", 2..=3, utc_to_local),
    function!("DATE_LOCALTOUTC", 2..=3, local_to_utc),
    // The engine has no zone of its own: what it shows without being asked for a zone is UTC.
    function!("DATE_TIMEZONE", 0..=0, |_| Ok(Value::from("Etc/UTC"))),
    function!("DATE_TIMEZONES", 0..=0, |_| Ok(zone::names())),
];

fn text(value: &Value) -> Result<&str, Fault> {
    value.as_str().ok_or(Fault::Type)
}

fn unit(value: &Value) -> Result<Unit, Fault> {
    Unit::parse(text(value)?).ok_or(Fault::Date)
}

fn iso(moment: Moment) -> Value {
    Value::from(format::iso(moment).as_str())
}

/// A date argument: milliseconds or a date string.
fn date(value: &Value) -> Result<Moment, Fault> {
    let moment = match value {
        Value::Int(millis) => Moment::new(*millis),
        Value::Double(millis) => integer(*millis).and_then(Moment::new),
        Value::String(text) => parse::date(text),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    moment.ok_or(Fault::Date)
}

/// A double without its decimals, when that is exact.
fn integer(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the range has been checked")]
    (number.abs() < 9e15).then_some(number.trunc() as i64)
}

/// A date, or its year, month, day and what follows as arguments of their own.
fn date_or_parts(arguments: &[Value]) -> Result<Moment, Fault> {
    match arguments {
        [value] => date(value),
        [_, _, _, ..] => {
            let mut parts = [0; 7];
            for (part, value) in parts.iter_mut().zip(arguments) {
                let number = match value {
                    Value::Int(number) => Some(*number),
                    Value::Double(number) => integer(*number),
                    Value::String(text) => text.trim().parse().ok(),
                    Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return Err(Fault::Type),
                };
                *part = number.filter(|number| *number >= 0).ok_or(Fault::Date)?;
            }
            Moment::from_parts(parts).ok_or(Fault::Date)
        }
        [] | [_, _] => Err(Fault::Type),
    }
}

/// A moment as the clock shows it in the zone that an optional argument names.
fn localized(moment: Moment, zone: &Value) -> Result<Moment, Fault> {
    match zone {
        Value::Null => Ok(moment),
        zone => moment.to_local(&time_zone(zone)?).ok_or(Fault::Date),
    }
}

/// Back from what [`localized`] gave.
fn globalized(moment: Moment, zone: &Value) -> Result<Moment, Fault> {
    match zone {
        Value::Null => Ok(moment),
        zone => moment.to_utc(&time_zone(zone)?).ok_or(Fault::Date),
    }
}

fn time_zone(name: &Value) -> Result<TimeZone, Fault> {
    let name = text(name)?;
    zone::find(name).ok_or_else(|| {
        let message = format!("{name} not found in timezone database");
        Fault::Fatal(Error::new(ErrorNum::BAD_PARAMETER, message))
    })
}

fn part(arguments: &[Value], of: fn(DateTime) -> Value) -> Answer {
    let moment = localized(date(argument(arguments, 0))?, argument(arguments, 1))?;
    Ok(of(moment.civil()))
}

fn iso_week_year(at: DateTime) -> Value {
    let week = at.iso_week_date();
    let mut object = Object::default();
    object.insert(Str::from("week"), Value::Int(week.week().into()));
    object.insert(Str::from("year"), Value::Int(week.year().into()));
    Value::object(object)
}

fn truncate(arguments: &[Value]) -> Answer {
    let zone = argument(arguments, 2);
    let local = localized(date(argument(arguments, 0))?, zone)?;
    let start = local.truncate(unit(argument(arguments, 1))?).ok_or(Fault::Date)?;
    Ok(iso(globalized(start, zone)?))
}

fn round(arguments: &[Value]) -> Answer {
    let zone = argument(arguments, 3);
    let local = localized(date(argument(arguments, 0))?, zone)?;
    let amount = argument(arguments, 1).as_f64().ok_or(Fault::Type)?;
    let amount = integer(amount).filter(|amount| *amount > 0).ok_or(Fault::Date)?;
    let start = local.round(amount, unit(argument(arguments, 2))?).ok_or(Fault::Date)?;
    Ok(iso(globalized(start, zone)?))
}

fn fill(arguments: &[Value]) -> Answer {
    let utc = date(argument(arguments, 0))?;
    let local = localized(utc, argument(arguments, 2))?;
    Ok(Value::from(format::fill(text(argument(arguments, 1))?, utc, local).as_str()))
}

/// `(date, amount, unit, zone?)` or `(date, duration, zone?)`, forwards or backwards.
fn shift(arguments: &[Value], sign: i8) -> Answer {
    let start = date(argument(arguments, 0))?;
    let amount = argument(arguments, 1);
    let (moved, zone) = if let Value::String(duration) = amount {
        let zone = argument(arguments, 2);
        let Duration { months, millis } = Duration::parse(duration).ok_or(Fault::Date)?;
        let sign = i64::from(sign);
        (localized(start, zone)?.advance(Duration { months: months * sign, millis: millis * sign }), zone)
    } else {
        let amount = amount.as_f64().ok_or(Fault::Type)? * f64::from(sign);
        let zone = argument(arguments, 3);
        (localized(start, zone)?.shift(amount, unit(argument(arguments, 2))?), zone)
    };
    Ok(iso(globalized(moved.ok_or(Fault::Date)?, zone)?))
}

/// The moments of two dates as clocks show them; with one zone it holds for both.
fn both(arguments: &[Value], zones: &[Value]) -> Result<(Moment, Moment), Fault> {
    let first = argument(zones, 0);
    let second = zones.get(1).unwrap_or(first);
    let left = localized(date(argument(arguments, 0))?, first)?;
    let right = localized(date(argument(arguments, 1))?, second)?;
    Ok((left, right))
}

/// `(date1, date2, unit, asFloat?, zone1?, zone2?)`
fn difference(arguments: &[Value]) -> Answer {
    let rest = arguments.get(3..).unwrap_or_default();
    let (as_float, zones) = match rest.split_first() {
        Some((Value::String(_), _)) | None => (false, rest),
        Some((Value::Bool(as_float), zones)) => (*as_float, zones),
        Some((Value::Null, zones)) => (false, zones),
        Some((Value::Int(_) | Value::Double(_) | Value::Array(_) | Value::Object(_), _)) => return Err(Fault::Type),
    };
    let (left, right) = both(arguments, zones)?;
    let difference = left.until(right, unit(argument(arguments, 2))?);
    if as_float {
        return Ok(Value::number(difference));
    }
    integer(difference.round()).map(Value::Int).ok_or(Fault::Date)
}

/// `(date1, date2, first unit, last unit?, zone1?, zone2?)`
fn compare(arguments: &[Value]) -> Answer {
    let first = unit(argument(arguments, 2))?;
    let rest = arguments.get(3..).unwrap_or_default();
    let (last, zones) = match rest.split_first() {
        None => (first, rest),
        Some((value, zones)) => match Unit::parse(text(value)?) {
            Some(last) => (last, zones),
            None => (first, rest),
        },
    };
    if last < first || first == Unit::Week || last == Unit::Week {
        return Err(Fault::Date);
    }
    let (left, right) = both(arguments, zones)?;
    let (left, right) = (left.civil(), right.civil());
    let same = COMPARED
        .iter()
        .filter(|(unit, _)| (first..=last).contains(unit))
        .all(|(_, component)| component(left) == component(right));
    Ok(Value::Bool(same))
}

/// A part of a date as a number.
type Component = fn(DateTime) -> i16;

/// What `DATE_COMPARE()` looks at.
const COMPARED: [(Unit, Component); 7] = [
    (Unit::Year, DateTime::year),
    (Unit::Month, |at| at.month().into()),
    (Unit::Day, |at| at.day().into()),
    (Unit::Hour, |at| at.hour().into()),
    (Unit::Minute, |at| at.minute().into()),
    (Unit::Second, |at| at.second().into()),
    (Unit::Millisecond, DateTime::millisecond),
];

fn utc_to_local(arguments: &[Value]) -> Answer {
    let utc = date(argument(arguments, 0))?;
    let zone = time_zone(argument(arguments, 1))?;
    let local = utc.to_local(&zone).ok_or(Fault::Date)?;
    let shown = if zone::is_utc(&zone) { format::iso(local) } else { format::unqualified(local) };
    with_zone_info("local", &shown, &zone, utc, argument(arguments, 2))
}

fn local_to_utc(arguments: &[Value]) -> Answer {
    let local = date(argument(arguments, 0))?;
    let zone = time_zone(argument(arguments, 1))?;
    let utc = local.to_utc(&zone).ok_or(Fault::Date)?;
    with_zone_info("utc", &format::iso(utc), &zone, utc, argument(arguments, 2))
}

/// The converted date alone, or with all that is known about the zone.
fn with_zone_info(name: &str, shown: &str, zone: &TimeZone, utc: Moment, wanted: &Value) -> Answer {
    match wanted {
        Value::Null | Value::Bool(false) => Ok(Value::from(shown)),
        Value::Bool(true) => Ok(zone::info(name, shown, zone, utc)),
        Value::Int(_) | Value::Double(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => Err(Fault::Type),
    }
}

#[cfg(test)]
mod tests;
