//! Dates, durations and units as AQL writes them.
//!
//! ArangoDB takes a loose dialect of ISO 8601 (short years, months without a leading zero, a blank for the `T`, days
//! that do not exist), so a strict parser would refuse what a server accepts. Days beyond a month's end run over.

use super::math::{DAY, HOUR, MINUTE, Moment, SECOND};
use crate::embedded::value::date::{Cursor, millis};

/// The moment a date string stands for.
pub(super) fn date(text: &str) -> Option<Moment> {
    millis(text).and_then(Moment::new)
}

/// Whether a text has the form of a date string; days that do not exist, such as February 31st, count.
pub(in crate::embedded::functions) fn is_date_string(text: &str) -> bool {
    millis(text).is_some()
}

/// A stretch of time as an ISO 8601 duration writes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Duration {
    /// Years and months, as months.
    pub(super) months: i64,
    /// Everything from weeks down, in milliseconds.
    pub(super) millis: i64,
}

impl Duration {
    /// Reads `P…Y…M…W…DT…H…M…S`; each part may be missing, their order may not change, and a sign is not allowed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut cursor = Cursor(text.as_bytes());
        cursor.take(b"P")?;
        let mut duration = Self::default();
        let mut parts = 0;
        let mut in_time = false;
        let mut allowed: &[(u8, Part)] = &DATE_PARTS;
        while !cursor.at_end() {
            if !in_time && cursor.take(b"T").is_some() {
                in_time = true;
                allowed = &TIME_PARTS;
            }
            let number = cursor.digits(1, 12)?;
            let fraction = if cursor.take(b".").is_some() { Some(cursor.fraction()?) } else { None };
            let (letter, rest) = cursor.0.split_first()?;
            cursor.0 = rest;
            let at = allowed.iter().position(|(name, _)| name == letter)?;
            let (_, part) = allowed.get(at)?;
            allowed = allowed.get(at + 1..).unwrap_or_default();
            duration.add(*part, number, fraction)?;
            parts += 1;
        }
        (parts > 0).then_some(duration)
    }

    fn add(&mut self, part: Part, number: i64, fraction: Option<i64>) -> Option<()> {
        if fraction.is_some() && part != Part::Millis(SECOND) {
            return None;
        }
        let (total, factor) = match part {
            Part::Months(months) => (&mut self.months, months),
            Part::Millis(millis) => (&mut self.millis, millis),
        };
        *total = number.checked_mul(factor)?.checked_add(fraction.unwrap_or(0))?.checked_add(*total)?;
        Some(())
    }
}

/// What a letter of a duration counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Months(i64),
    Millis(i64),
}

const DATE_PARTS: [(u8, Part); 4] =
    [(b'Y', Part::Months(12)), (b'M', Part::Months(1)), (b'W', Part::Millis(7 * DAY)), (b'D', Part::Millis(DAY))];
const TIME_PARTS: [(u8, Part); 3] =
    [(b'H', Part::Millis(HOUR)), (b'M', Part::Millis(MINUTE)), (b'S', Part::Millis(SECOND))];

/// A unit of time, from coarse to fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

/// Each unit with its short and its singular name; the plural has an `s` more.
const UNITS: [(Unit, &str, &str); 8] = [
    (Unit::Year, "y", "year"),
    (Unit::Month, "m", "month"),
    (Unit::Week, "w", "week"),
    (Unit::Day, "d", "day"),
    (Unit::Hour, "h", "hour"),
    (Unit::Minute, "i", "minute"),
    (Unit::Second, "s", "second"),
    (Unit::Millisecond, "f", "millisecond"),
];

impl Unit {
    /// Reads a unit's name, in any case.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let name = text.to_ascii_lowercase();
        let matches = |short: &str, long: &str| name == short || name.strip_suffix('s').unwrap_or(&name) == long;
        UNITS.iter().find(|(_, short, long)| matches(short, long)).map(|(unit, _, _)| *unit)
    }

    /// Its length in milliseconds, when that is always the same.
    pub(super) fn millis(self) -> Option<i64> {
        match self {
            Self::Year | Self::Month => None,
            Self::Week => Some(7 * DAY),
            Self::Day => Some(DAY),
            Self::Hour => Some(HOUR),
            Self::Minute => Some(MINUTE),
            Self::Second => Some(SECOND),
            Self::Millisecond => Some(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Unit, date};
    use crate::embedded::functions::date::math::DAY;

    #[test]
    fn a_day_that_does_not_exist_runs_over_into_the_next_month() {
        assert_eq!(date("2021-02-31"), date("2021-03-03"));
    }

    #[test]
    fn the_range_of_dates_ends_with_the_year_9999() {
        assert!(date("9999-12-31T23:59:59.999Z").is_some());
        assert!(date("9999-12-31T23:59:59.999-00:01").is_none());
        assert!(date("0000-01-01").is_some());
        assert!(date("0000-01-01T00:00:00+00:01").is_none());
    }

    #[test]
    fn durations_have_their_parts_in_order() {
        assert_eq!(
            Duration::parse("P1Y2M3W4DT5H6M7.89S").map(|d| (d.months, d.millis)),
            Some((14, 25 * DAY + 18_367_890))
        );
        assert_eq!(Duration::parse("PT30M44.4S").map(|d| d.millis), Some(1_844_400));
        for text in [
            "",
            "P",
            "PT",
            "P1",
            "1Y",
            "-P1Y",
            "P1D1Y",
            "P1H",
            "P1.5Y",
            "PT1S1H",
            "P1YT",
            "PTT1H",
            "PT1HT1M",
            "P1Y ",
            "P9999999999999Y",
        ] {
            assert_eq!(Duration::parse(text), None, "{text}");
        }
    }

    #[test]
    fn units_have_three_names_in_any_case() {
        assert_eq!(Unit::parse("I"), Some(Unit::Minute));
        assert_eq!(Unit::parse("Months"), Some(Unit::Month));
        assert_eq!(Unit::parse("millisecond"), Some(Unit::Millisecond));
        for text in ["", "s ", "ds", "yearss", "decade"] {
            assert_eq!(Unit::parse(text), None, "{text}");
        }
    }
}
