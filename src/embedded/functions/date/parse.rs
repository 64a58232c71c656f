//! Dates, durations and units as AQL writes them.
//!
//! ArangoDB takes a loose dialect of ISO 8601 (short years, months without a leading zero, a blank for the `T`, days
//! that do not exist), so a strict parser would refuse what a server accepts. Days beyond a month's end run over.

use super::math::{DAY, HOUR, MINUTE, Moment, SECOND, days_before_month};

/// A cursor over the bytes of a text; everything of interest is ASCII.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn take(&mut self, any_of: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !any_of.contains(first) {
            return None;
        }
        self.0 = rest;
        Some(*first)
    }

    /// A run of `min` to `max` digits as a number.
    fn digits(&mut self, min: usize, max: usize) -> Option<i64> {
        let mut number: i64 = 0;
        let mut count = 0;
        while count < max {
            let Some(digit) = self.take(b"0123456789") else { break };
            number = number.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
            count += 1;
        }
        (count >= min).then_some(number)
    }

    /// Exactly two digits that make a number up to `limit`.
    fn pair(&mut self, limit: i64) -> Option<i64> {
        self.digits(2, 2).filter(|number| *number <= limit)
    }

    /// The digits behind a decimal point as milliseconds; what is beyond the third is cut off.
    fn fraction(&mut self) -> Option<i64> {
        let mut millis = 0;
        let mut weight = 100;
        let mut count = 0;
        while let Some(digit) = self.take(b"0123456789") {
            millis += i64::from(digit - b'0') * weight;
            weight /= 10;
            count += 1;
        }
        (count > 0).then_some(millis)
    }

    fn at_end(&self) -> bool {
        self.0.is_empty()
    }
}

/// Milliseconds since 1970 that a date string stands for, whether or not they are within the range of dates.
fn date_millis(text: &str) -> Option<i64> {
    let mut cursor = Cursor(text.trim_matches([' ', '\t', '\r', '\n']).as_bytes());
    cursor.take(b"+");
    let year = cursor.digits(1, 6).filter(|year| *year <= 9999)?;
    let mut month = 1;
    let mut day = 1;
    if cursor.take(b"-").is_some() {
        month = cursor.digits(1, 2).filter(|month| (1..=12).contains(month))?;
        if cursor.take(b"-").is_some() {
            day = cursor.digits(1, 2).filter(|day| (1..=31).contains(day))?;
        }
    }
    let time = if cursor.take(b"T ").is_some() { time_millis(&mut cursor)? } else { zulu(&mut cursor) };
    if !cursor.at_end() {
        return None;
    }
    Some((days_before_month(year, month - 1)? + day - 1) * DAY + time)
}

/// A trailing `Z` says what holds anyway.
fn zulu(cursor: &mut Cursor<'_>) -> i64 {
    cursor.take(b"zZ");
    0
}

/// `HH:MM[:SS[.fff]]` with an offset, as milliseconds since midnight UTC.
fn time_millis(cursor: &mut Cursor<'_>) -> Option<i64> {
    let hour = cursor.pair(24)?;
    cursor.take(b":")?;
    let minute = cursor.pair(59)?;
    let mut second = 0;
    let mut millis = 0;
    if cursor.take(b":").is_some() {
        second = cursor.pair(59)?;
        if cursor.take(b".").is_some() {
            millis = cursor.fraction()?;
        }
    }
    // 24:00 is the next day's midnight; 24:01 is nothing.
    if hour == 24 && (minute, second, millis) != (0, 0, 0) {
        return None;
    }
    let local = hour * HOUR + minute * MINUTE + second * SECOND + millis;
    let offset = match cursor.take(b"zZ+-") {
        Some(sign @ (b'+' | b'-')) => {
            let hours = cursor.pair(24)?;
            cursor.take(b":")?;
            let offset = hours * HOUR + cursor.pair(59)? * MINUTE;
            if sign == b'+' { offset } else { -offset }
        }
        Some(_) | None => 0,
    };
    Some(local - offset)
}

/// The moment a date string stands for.
pub(super) fn date(text: &str) -> Option<Moment> {
    date_millis(text).and_then(Moment::new)
}

/// Whether a text has the form of a date string; days that do not exist, such as February 31st, count.
pub(in crate::embedded::functions) fn is_date_string(text: &str) -> bool {
    date_millis(text).is_some()
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
    use super::{Duration, Unit, date, date_millis, is_date_string};
    use crate::embedded::functions::date::math::DAY;

    #[test]
    fn short_and_long_forms_of_the_same_day_are_equal() {
        for text in
            ["2021-03-04", "2021-3-4", "2021-03-04Z", "2021-03-04T00:00", " 2021-03-04 00:00:00.000z\t", "+2021-3-4"]
        {
            assert_eq!(date_millis(text), Some(18_690 * DAY), "{text}");
        }
    }

    #[test]
    fn offsets_move_the_moment_to_utc() {
        assert_eq!(date_millis("1970-01-01T02:30:00+02:30"), Some(0));
        assert_eq!(date_millis("1969-12-31 22:00:00.5-02:00"), Some(500));
        assert_eq!(date_millis("1970-01-01T24:00:00Z"), Some(DAY));
    }

    #[test]
    fn malformed_dates_are_refused() {
        for text in [
            "",
            " ",
            "x",
            "-1",
            "-2021-01-01",
            "2021-",
            "2021-13",
            "2021-00-01",
            "2021-01-32",
            "2021-01-01T",
            "2021-01-01T1:00",
            "2021-01-01T01",
            "2021-01-01T25:00",
            "2021-01-01T01:60",
            "2021-01-01T01:00:00.",
            "2021-01-01T01:00+1:00",
            "2021-01-01T24:00:01",
            "10000",
            "99999999999999999999",
            "2021-01-01ZZ",
            "2021-01-01 é",
            "２０２１",
        ] {
            assert!(!is_date_string(text), "{text}");
        }
    }

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
