//! Moments in time and what can be computed with them: calendar parts, shifting, truncating, time zones.
//!
//! A [`Moment`] is milliseconds since 1970 within the years 0 to 9999. Local time is a moment too, as if the clock on
//! the wall showed UTC; `jiff` knows calendars and time zones, this file where ArangoDB's rules differ from them.

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};

use super::parse::{Duration, Unit};
pub(super) use crate::embedded::value::date::{DAY, HOUR, MINUTE, SECOND, days_before_month};

/// The mean year of the Gregorian calendar, which differences in years are counted in, in milliseconds.
const MEAN_YEAR: f64 = 365.2425 * 86_400_000.0;
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A point in time between the years 0 and 9999, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(i64);

impl Moment {
    const MIN: i64 = -62_167_219_200_000;
    const MAX: i64 = 253_402_300_799_999;

    /// The moment so many milliseconds after 1970, when it is within the range of dates.
    pub(super) fn new(millis: i64) -> Option<Self> {
        (Self::MIN..=Self::MAX).contains(&millis).then_some(Self(millis))
    }

    /// The moment that year, month, day, hour, minute, second and millisecond name; each may exceed its usual range.
    pub(super) fn from_parts(parts: [i64; 7]) -> Option<Self> {
        let [year, month, day, hour, minute, second, millis] = parts;
        let days = days_before_month(year, month.checked_sub(1)?)?.checked_add(day)?.checked_sub(1)?;
        [(days, DAY), (hour, HOUR), (minute, MINUTE), (second, SECOND), (millis, 1)]
            .into_iter()
            .try_fold(0_i64, |sum, (count, unit)| sum.checked_add(count.checked_mul(unit)?))
            .and_then(Self::new)
    }

    /// Milliseconds since 1970.
    pub(super) fn millis(self) -> i64 {
        self.0
    }

    /// Date and time of day.
    pub(super) fn civil(self) -> DateTime {
        EPOCH.saturating_add(SignedDuration::from_millis(self.0))
    }

    /// The start of the unit that the moment lies in.
    pub(super) fn truncate(self, unit: Unit) -> Option<Self> {
        let date = self.civil().date();
        let days = match unit {
            Unit::Year => days_before_month(i64::from(date.year()), 0),
            Unit::Month => days_before_month(i64::from(date.year()), i64::from(date.month()) - 1),
            Unit::Week => None,
            Unit::Day | Unit::Hour | Unit::Minute | Unit::Second | Unit::Millisecond => {
                return self.round(1, unit);
            }
        };
        Self::new(days? * DAY)
    }

    /// The start of the bucket of `amount` units that the moment lies in, counted from 1970.
    pub(super) fn round(self, amount: i64, unit: Unit) -> Option<Self> {
        let width = unit.millis()?.checked_mul(amount).filter(|width| *width > 0)?;
        Self::new(self.0 - self.0.rem_euclid(width))
    }

    /// The moment `amount` units later. A part of a year counts as months, a part of a month as days of which it has 30.
    pub(super) fn shift(self, amount: f64, unit: Unit) -> Option<Self> {
        let (months, millis) = match unit {
            Unit::Year => split_months(amount * 12.0),
            Unit::Month => split_months(amount),
            Unit::Week | Unit::Day | Unit::Hour | Unit::Minute | Unit::Second | Unit::Millisecond => {
                (0.0, amount * lossy(unit.millis()?))
            }
        };
        self.advance(Duration { months: whole(months)?, millis: whole(millis)? })
    }

    /// The moment a duration later; a day that its month does not have runs over into the next one.
    pub(super) fn advance(self, duration: Duration) -> Option<Self> {
        let mut millis = self.0;
        if duration.months != 0 {
            let date = self.civil().date();
            let month = (i64::from(date.month()) - 1).checked_add(duration.months)?;
            let days = days_before_month(i64::from(date.year()), month)? + i64::from(date.day()) - 1;
            millis = days * DAY + self.0.rem_euclid(DAY);
        }
        millis.checked_add(duration.millis).and_then(Self::new)
    }

    /// How many units lie between this moment and a later one.
    pub(super) fn until(self, later: Self, unit: Unit) -> f64 {
        let millis = lossy(later.0 - self.0);
        match unit {
            Unit::Year => millis / MEAN_YEAR,
            Unit::Month => millis / (MEAN_YEAR / 12.0),
            Unit::Week => millis / lossy(7 * DAY),
            Unit::Day => millis / lossy(DAY),
            Unit::Hour => millis / lossy(HOUR),
            Unit::Minute => millis / lossy(MINUTE),
            Unit::Second => millis / lossy(SECOND),
            Unit::Millisecond => millis,
        }
    }

    /// What a clock in the zone shows at this moment.
    pub(super) fn to_local(self, zone: &TimeZone) -> Option<Self> {
        self.0.checked_add(i64::from(zone.to_offset(self.timestamp()).seconds()) * SECOND).and_then(Self::new)
    }

    /// The moment at which a clock in the zone shows this. A time that is skipped in spring counts as if it was not.
    pub(super) fn to_utc(self, zone: &TimeZone) -> Option<Self> {
        match zone.to_ambiguous_timestamp(self.civil()).compatible() {
            Ok(timestamp) => Self::new(timestamp.as_millisecond()),
            // The last day of the year 9999 is beyond what jiff can name.
            Err(_) => Self::new(self.0.checked_sub(i64::from(zone.to_offset(self.timestamp()).seconds()) * SECOND)?),
        }
    }

    /// For asking a time zone; the very last day is taken for the one before.
    pub(super) fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::MAX)
    }
}

/// Months, and what is left of one in milliseconds.
fn split_months(months: f64) -> (f64, f64) {
    (months.trunc(), months.fract() * 30.0 * lossy(DAY))
}

/// A number without its decimals, when no precision is lost.
fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the range has been checked")]
    (number.abs() < 9e15).then_some(number.trunc() as i64)
}

#[expect(clippy::cast_precision_loss, reason = "the range of dates is below 2^53 milliseconds")]
fn lossy(millis: i64) -> f64 {
    millis as f64
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{Moment, Unit};
    use crate::embedded::functions::date::{format::iso, parse};

    fn at(text: &str) -> Moment {
        parse::date(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn the_last_and_the_first_moment_have_a_civil_date() {
        assert_eq!(iso(at("9999-12-31T23:59:59.999")), "9999-12-31T23:59:59.999Z");
        assert_eq!(iso(at("0000-01-01")), "0000-01-01T00:00:00.000Z");
        assert_eq!(at("9999-12-31T23:59:59.999").shift(1.0, Unit::Millisecond), None);
    }

    #[test]
    fn months_keep_the_time_of_day_also_before_1970() {
        let moved = at("1960-11-30T10:11:12.013").shift(3.0, Unit::Month).map(iso);
        assert_eq!(moved.as_deref(), Some("1961-03-02T10:11:12.013Z"));
        let back = at("2000-03-31T01:00").shift(-13.0, Unit::Month).map(iso);
        assert_eq!(back.as_deref(), Some("1999-03-03T01:00:00.000Z"));
    }

    #[test]
    fn parts_of_years_and_months_are_counted_in_smaller_units() {
        assert_eq!(at("2020-01-01").shift(1.5, Unit::Year), Some(at("2021-07-01")));
        assert_eq!(at("2020-01-01").shift(0.5, Unit::Month), Some(at("2020-01-16")));
        assert_eq!(at("2020-01-01").shift(-0.25, Unit::Day), Some(at("2019-12-31T18:00")));
    }

    #[test]
    fn huge_shifts_are_out_of_range_and_nothing_overflows() {
        for amount in [f64::MAX, f64::MIN, 1e18, -1e18, 9e15] {
            assert_eq!(at("2020-01-01").shift(amount, Unit::Year), None);
            assert_eq!(at("2020-01-01").shift(amount, Unit::Millisecond), None);
        }
        assert_eq!(Moment::from_parts([i64::MAX; 7]), None);
        assert_eq!(Moment::from_parts([0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(at("2020-01-01").round(i64::MAX, Unit::Day), None);
        assert_eq!(at("2020-01-01").round(0, Unit::Day), None);
    }

    #[test]
    fn parts_beyond_their_range_run_over() {
        assert_eq!(Moment::from_parts([2016, 2, 32, 0, 0, 0, 0]), Some(at("2016-03-03")));
        assert_eq!(Moment::from_parts([2015, 14, 1, 26, 0, 0, 1]), Some(at("2016-02-02T02:00:00.001")));
    }

    #[test]
    fn a_time_skipped_in_spring_lands_behind_the_gap_and_one_seen_twice_is_the_first() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(at("2023-03-26T02:30").to_utc(&zone), Some(at("2023-03-26T01:30")));
        assert_eq!(at("2023-10-29T02:30").to_utc(&zone), Some(at("2023-10-29T00:30")));
        assert_eq!(at("9999-12-31T23:00").to_utc(&zone), Some(at("9999-12-31T22:00")));
        assert_eq!(at("9999-12-31T23:30").to_local(&zone), None);
    }
}
