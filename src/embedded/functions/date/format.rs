//! Moments as text: ISO 8601 and the placeholders of `DATE_FORMAT()`.

use std::fmt::Write;

use jiff::civil::DateTime;

use super::math::Moment;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// `2024-02-29T12:00:00.000Z`
pub(super) fn iso(moment: Moment) -> String {
    let mut text = unqualified(moment);
    text.push('Z');
    text
}

/// `2024-02-29T12:00:00.000`: local time, which has no `Z`.
pub(super) fn unqualified(moment: Moment) -> String {
    let at = moment.civil();
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    )
}

/// Days since Sunday.
pub(super) fn weekday(at: DateTime) -> i64 {
    i64::from(at.weekday().to_sunday_zero_offset())
}

/// Which quarter of the year, from 1.
pub(super) fn quarter(at: DateTime) -> i64 {
    (i64::from(at.month()) + 2) / 3
}

/// What a placeholder writes.
#[derive(Clone, Copy)]
enum Placeholder {
    /// A number with leading zeros up to this length.
    Number(usize, fn(DateTime) -> i64),
    /// A name, cut to three letters or not.
    Name(bool, fn(DateTime) -> &'static str),
    /// Nothing: it only ends the placeholder before it.
    Nothing,
    /// The year with a sign and six digits.
    SignedYear,
    /// The moment as milliseconds since 1970.
    Timestamp,
    /// The moment as ISO 8601.
    Iso,
}

/// What may follow a `%`; a longer one stands before those it begins with.
const PLACEHOLDERS: [(&str, Placeholder); 31] = [
    ("yyyyyy", Placeholder::SignedYear),
    ("yyyy", Placeholder::Number(4, |at| at.year().into())),
    ("yy", Placeholder::Number(2, |at| i64::from(at.year()) % 100)),
    ("y", Placeholder::Number(1, |at| at.year().into())),
    ("mmmm", Placeholder::Name(false, month_name)),
    ("mmm", Placeholder::Name(true, month_name)),
    ("mm", Placeholder::Number(2, |at| at.month().into())),
    ("m", Placeholder::Number(1, |at| at.month().into())),
    ("dd", Placeholder::Number(2, |at| at.day().into())),
    ("d", Placeholder::Number(1, |at| at.day().into())),
    ("hh", Placeholder::Number(2, |at| at.hour().into())),
    ("h", Placeholder::Number(1, |at| at.hour().into())),
    ("ii", Placeholder::Number(2, |at| at.minute().into())),
    ("i", Placeholder::Number(1, |at| at.minute().into())),
    ("ss", Placeholder::Number(2, |at| at.second().into())),
    ("s", Placeholder::Number(1, |at| at.second().into())),
    ("fff", Placeholder::Number(3, |at| at.millisecond().into())),
    ("f", Placeholder::Number(1, |at| at.millisecond().into())),
    ("xxx", Placeholder::Number(3, |at| at.day_of_year().into())),
    ("x", Placeholder::Number(1, |at| at.day_of_year().into())),
    ("kk", Placeholder::Number(2, |at| at.iso_week_date().week().into())),
    ("k", Placeholder::Number(1, |at| at.iso_week_date().week().into())),
    ("wwww", Placeholder::Name(false, weekday_name)),
    ("www", Placeholder::Name(true, weekday_name)),
    ("w", Placeholder::Number(1, weekday)),
    ("l", Placeholder::Number(1, |at| at.in_leap_year().into())),
    ("q", Placeholder::Number(1, quarter)),
    ("a", Placeholder::Number(1, |at| at.days_in_month().into())),
    ("t", Placeholder::Timestamp),
    ("z", Placeholder::Iso),
    ("&", Placeholder::Nothing),
];

fn month_name(at: DateTime) -> &'static str {
    usize::try_from(at.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default()
}

fn weekday_name(at: DateTime) -> &'static str {
    usize::try_from(weekday(at)).ok().and_then(|day| WEEKDAYS.get(day)).copied().unwrap_or_default()
}

/// Fills a format in. `local` is what the clock shows where the caller is, `utc` the same moment in UTC.
pub(super) fn fill(format: &str, utc: Moment, local: Moment) -> String {
    let at = local.civil();
    let mut out = String::with_capacity(format.len() + 16);
    let mut pieces = format.split('%');
    out.push_str(pieces.next().unwrap_or_default());
    // Splitting at each `%` leaves an empty piece where two of them meet.
    while let Some(piece) = pieces.next() {
        if piece.is_empty() {
            if let Some(next) = pieces.next() {
                out.push('%');
                out.push_str(next);
            }
            continue;
        }
        let found = PLACEHOLDERS.iter().find_map(|(name, placeholder)| {
            let (head, tail) = piece.split_at_checked(name.len())?;
            head.eq_ignore_ascii_case(name).then_some((*placeholder, tail))
        });
        let tail = found.map_or(piece, |(placeholder, tail)| {
            put(&mut out, placeholder, at, utc);
            tail
        });
        out.push_str(tail);
    }
    out
}

fn put(out: &mut String, placeholder: Placeholder, at: DateTime, utc: Moment) {
    let written = match placeholder {
        Placeholder::Number(width, of) => write!(out, "{:0width$}", of(at)),
        Placeholder::Name(short, of) => {
            let name = of(at);
            out.write_str(if short { name.get(..3).unwrap_or(name) } else { name })
        }
        Placeholder::Nothing => Ok(()),
        Placeholder::SignedYear => write!(out, "+{:06}", at.year()),
        Placeholder::Timestamp => write!(out, "{}", utc.millis()),
        Placeholder::Iso => out.write_str(&iso(utc)),
    };
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::{PLACEHOLDERS, fill};
    use crate::embedded::functions::date::parse;

    fn formatted(date: &str, format: &str) -> String {
        let moment = parse::date(date).unwrap();
        fill(format, moment, moment)
    }

    #[test]
    fn every_placeholder_is_filled_in() {
        let all = "%t|%z|%w|%y|%yy|%yyyy|%yyyyyy|%m|%mm|%d|%dd|%h|%hh|%i|%ii|%s|%ss|%f|%fff|%x|%xxx|%k|%kk|%l|%q|%a|%mmm|%mmmm|%www|%wwww";
        assert_eq!(
            formatted("0805-02-03T04:05:06.007", all),
            "-36760938893993|0805-02-03T04:05:06.007Z|4|805|05|0805|+000805|2|02|3|03|4|04|5|05|6|06|7|007|34|034|5|05|0|1|28|Feb|February|Thu|Thursday"
        );
        assert_eq!(formatted("2024-05-01", "%YYYY %Mmm"), "2024 May");
    }

    #[test]
    fn escapes_and_lone_percent_signs_follow_the_manual() {
        assert_eq!(formatted("2024-05-01", "%m%&month %mmonth"), "5month 05onth");
        assert_eq!(formatted("2024-05-01", "%%%%d %%%d"), "%%d %1");
        assert_eq!(formatted("2024-05-01", "100% n%n %é%"), "100 nn é");
        assert_eq!(formatted("2024-05-01", ""), "");
    }

    #[test]
    fn longer_placeholders_come_before_their_beginnings() {
        for (at, (name, _)) in PLACEHOLDERS.iter().enumerate() {
            assert!(PLACEHOLDERS[..at].iter().all(|(earlier, _)| !name.starts_with(earlier)), "{name}");
        }
    }
}
