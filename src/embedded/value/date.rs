//! Date strings: the loose dialect of ISO 8601 that ArangoDB takes (short years, months without a leading zero, a blank for
//! the `T`, days that do not exist). Date functions and TTL indexes read them.

/// Milliseconds of a second.
pub const SECOND: i64 = 1000;
/// Milliseconds of a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Milliseconds of an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Milliseconds of a day.
pub const DAY: i64 = 24 * HOUR;

/// Days from 1970-01-01 to the first of a month; months are counted from 0 and may exceed a year.
pub fn days_before_month(year: i64, month: i64) -> Option<i64> {
    let year = year.checked_add(month.div_euclid(12)).filter(|year| (-9999..=9999).contains(year))?;
    let month = month.rem_euclid(12);
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(365 * year + leap_days + (153 * month + 2) / 5 - 719_468)
}

/// A cursor over the bytes of a text; everything of interest is ASCII.
pub(in crate::embedded) struct Cursor<'a>(pub(in crate::embedded) &'a [u8]);

impl Cursor<'_> {
    /// The next byte, if it is one of these.
    pub(in crate::embedded) fn take(&mut self, any_of: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !any_of.contains(first) {
            return None;
        }
        self.0 = rest;
        Some(*first)
    }

    /// A run of `min` to `max` digits as a number.
    pub(in crate::embedded) fn digits(&mut self, min: usize, max: usize) -> Option<i64> {
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
    pub(in crate::embedded) fn fraction(&mut self) -> Option<i64> {
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

    /// Whether all has been read.
    pub(in crate::embedded) fn at_end(&self) -> bool {
        self.0.is_empty()
    }
}

/// Milliseconds since 1970 that a date string stands for, whether or not they are within the range of dates.
pub fn millis(text: &str) -> Option<i64> {
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

#[cfg(test)]
mod tests {
    use super::{DAY, days_before_month, millis};

    #[test]
    fn months_begin_where_the_calendar_has_them() {
        assert_eq!(days_before_month(1970, 0), Some(0));
        assert_eq!(days_before_month(2000, 2), Some(11_017));
        assert_eq!(days_before_month(1999, 14), Some(11_017));
        assert_eq!(days_before_month(0, 0), Some(-719_528));
        assert_eq!(days_before_month(9999, 12), None);
    }

    #[test]
    fn short_and_long_forms_of_the_same_day_are_equal() {
        for text in
            ["2021-03-04", "2021-3-4", "2021-03-04Z", "2021-03-04T00:00", " 2021-03-04 00:00:00.000z\t", "+2021-3-4"]
        {
            assert_eq!(millis(text), Some(18_690 * DAY), "{text}");
        }
    }

    #[test]
    fn offsets_move_the_moment_to_utc() {
        assert_eq!(millis("1970-01-01T02:30:00+02:30"), Some(0));
        assert_eq!(millis("1969-12-31 22:00:00.5-02:00"), Some(500));
        assert_eq!(millis("1970-01-01T24:00:00Z"), Some(DAY));
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
            assert!(millis(text).is_none(), "{text}");
        }
    }
}
