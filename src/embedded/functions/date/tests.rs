//! Calls of the date functions as a query makes them.

use crate::embedded::{functions::answer::harness, value::Value};

fn call(name: &str, arguments: &serde_json::Value) -> (Value, Option<u16>) {
    harness::call(name, &arguments.to_string())
}

macro_rules! gives {
    ($name:literal $arguments:tt, $expected:expr) => {
        let (result, warning) = call($name, &serde_json::json!($arguments));
        assert_eq!(
            format!("{result:?}"),
            format!("{:?}", Value::from($expected)),
            "{} {}",
            $name,
            stringify!($arguments)
        );
        assert_eq!(warning, None, "{} {}", $name, stringify!($arguments));
    };
}

macro_rules! warns {
    ($name:literal $arguments:tt, $number:literal) => {
        let (result, warning) = call($name, &serde_json::json!($arguments));
        assert!(result.is_null(), "{} {}: {result:?}", $name, stringify!($arguments));
        assert_eq!(warning, Some($number), "{} {}", $name, stringify!($arguments));
    };
}

#[test]
fn dates_convert_between_numbers_and_strings() {
    gives!("DATE_NOW"[], 0);
    gives!("DATE_TIMESTAMP"["1970-01-02"], 86_400_000);
    gives!("DATE_TIMESTAMP"[86_400_000.9], 86_400_000);
    gives!("DATE_TIMESTAMP"[1970, 1, 1, 26], 93_600_000);
    gives!("DATE_TIMESTAMP"["1970", "01", 3], 172_800_000);
    gives!("DATE_ISO8601"[2016, 2, 32], "2016-03-03T00:00:00.000Z");
    gives!("DATE_ISO8601"[-1], "1969-12-31T23:59:59.999Z");
    warns!("DATE_TIMESTAMP"[2016, 12, -1], 1572);
    warns!("DATE_TIMESTAMP"[2016, 12], 1542);
    warns!("DATE_TIMESTAMP"[2016, 12, true], 1542);
    warns!("DATE_TIMESTAMP"[253_402_300_800_000_i64], 1572);
    warns!("DATE_TIMESTAMP"[1e300], 1572);
    warns!("DATE_ISO8601"["tomorrow"], 1572);
    gives!("IS_DATESTRING"["2015-02-31"], true);
    gives!("IS_DATESTRING"[2015], false);
}

#[test]
fn parts_of_a_date_are_those_of_the_zone() {
    gives!("DATE_YEAR"["2031-12-31T20:00:00Z", "Asia/Tokyo"], 2032);
    gives!("DATE_DAYOFWEEK"[0], 4);
    gives!("DATE_DAYOFYEAR"["2024-12-31"], 366);
    gives!("DATE_MINUTE"["2024-01-01T00:00:00Z", "Asia/Kolkata"], 30);
    gives!("DATE_MILLISECOND"["2024-01-01T00:00:00.12Z"], 120);
    gives!("DATE_ISOWEEK"["2021-01-03"], 53);
    gives!("DATE_LEAPYEAR"["1900"], false);
    gives!("DATE_QUARTER"["2024-09-30"], 3);
    gives!("DATE_DAYS_IN_MONTH"["2024-02"], 29);
    let (week, _) = call("DATE_ISOWEEKYEAR", &serde_json::json!(["2021-01-03"]));
    assert_eq!(
        (format!("{:?}", week.get("week")), format!("{:?}", week.get("year"))),
        ("Int(53)".into(), "Int(2020)".into())
    );
    warns!("DATE_YEAR"[null], 1572);
    warns!("DATE_YEAR"[["2024"]], 1572);
    warns!("DATE_YEAR"["2024", 1], 1542);
    warns!("DATE_YEAR"["2024", "Middle/Earth"], 10);
}

#[test]
fn truncating_and_rounding_begin_where_the_zone_does() {
    gives!("DATE_TRUNC"["2017-02-03T04:05:06.789", "months"], "2017-02-01T00:00:00.000Z");
    gives!("DATE_TRUNC"["2017-02-03T04:05:06.789", "Y"], "2017-01-01T00:00:00.000Z");
    gives!("DATE_TRUNC"["1960-02-03T04:05:06.789", "i"], "1960-02-03T04:05:00.000Z");
    gives!("DATE_TRUNC"["2023-07-01T21:59:00", "day", "Europe/Berlin"], "2023-06-30T22:00:00.000Z");
    gives!("DATE_ROUND"["2000-04-10T11:44:29Z", 20, "minutes"], "2000-04-10T11:40:00.000Z");
    gives!("DATE_ROUND"["2023-07-01T22:30:00Z", 1, "d", "Europe/Berlin"], "2023-07-01T22:00:00.000Z");
    warns!("DATE_TRUNC"["2017-02-03", "week"], 1572);
    warns!("DATE_TRUNC"["2017-02-03", 7], 1542);
    warns!("DATE_ROUND"["2017-02-03", 0, "d"], 1572);
    warns!("DATE_ROUND"["2017-02-03", 1, "months"], 1572);
    warns!("DATE_ROUND"["2017-02-03", "1", "d"], 1542);
}

#[test]
fn adding_and_subtracting_take_amounts_and_durations() {
    gives!("DATE_ADD"["2015-04-01", 61, "months"], "2020-05-01T00:00:00.000Z");
    gives!("DATE_ADD"["2015-04-01", -1, "day"], "2015-03-31T00:00:00.000Z");
    gives!("DATE_SUBTRACT"["2015-04-01", 1.5, "h"], "2015-03-31T22:30:00.000Z");
    gives!("DATE_ADD"["2000-01-01", "PT30M44.4S"], "2000-01-01T00:30:44.400Z");
    gives!("DATE_SUBTRACT"["2000-01-01", "P1Y1D"], "1998-12-31T00:00:00.000Z");
    gives!("DATE_ADD"["2023-10-28T12:00:00Z", 1, "day", "Europe/Berlin"], "2023-10-29T13:00:00.000Z");
    gives!("DATE_ADD"["2023-10-28T12:00:00Z", "P1D", "Europe/Berlin"], "2023-10-29T13:00:00.000Z");
    warns!("DATE_ADD"["9999-12-31", 1, "day"], 1572);
    warns!("DATE_SUBTRACT"["2000-01-01", "-P1Y"], 1572);
    warns!("DATE_ADD"["2000-01-01", 1, "moon"], 1572);
    warns!("DATE_ADD"["2000-01-01", true, "day"], 1542);
    warns!("DATE_ADD"["2000-01-01", 1], 1542);
}

#[test]
fn differences_are_rounded_unless_decimals_are_wanted() {
    gives!("DATE_DIFF"["2023-12-01", "2024-04-01", "days"], 122);
    gives!("DATE_DIFF"["2024-04-01", "2023-12-01", "w"], -17);
    gives!("DATE_DIFF"["2024-01-01T00:00", "2024-01-01T00:45", "h", true], Value::Double(0.75));
    gives!("DATE_DIFF"["2020-01-01", "2024-01-01", "years"], 4);
    gives!("DATE_DIFF"["2023-10-28T22:00:00Z", "2023-10-29T23:00:00Z", "hours", "Europe/Berlin"], 24);
    gives!("DATE_DIFF"["2024-01-01", "2024-01-01", "h", true, "Asia/Kolkata", "UTC"], Value::Double(-5.5));
    gives!("DATE_DIFF"["2024-01-01", "2024-01-01", "h", "Asia/Tokyo", "UTC"], -9);
    warns!("DATE_DIFF"["2024-01-01", "x", "h"], 1572);
    warns!("DATE_DIFF"["2024-01-01", "2024-01-01", "h", 1], 1542);
}

#[test]
fn partial_dates_are_compared_from_one_unit_to_another() {
    gives!("DATE_COMPARE"["1985-04-04", "2024-04-04T12:00", "months", "days"], true);
    gives!("DATE_COMPARE"["1985-04-04", "2024-04-05", "months", "days"], false);
    gives!("DATE_COMPARE"["1985-04-04", "2024-04-05", "months"], true);
    gives!("DATE_COMPARE"["2024-01-01T12:00:00Z", "2024-01-01T03:00:00Z", "h", "i", "UTC", "Asia/Tokyo"], true);
    gives!("DATE_COMPARE"["2024-01-01T12:00:00Z", "2024-01-01T03:00:00Z", "h", "UTC", "Asia/Tokyo"], true);
    warns!("DATE_COMPARE"["1985-04-04", "2024-04-05", "days", "months"], 1572);
    warns!("DATE_COMPARE"["1985-04-04", "2024-04-05", "weeks"], 1572);
    warns!("DATE_COMPARE"["1985-04-04", "2024-04-05", "weeks", "nowhere"], 1572);
    warns!("DATE_COMPARE"["1985-04-04", "2024-04-05", "days", "nowhere"], 10);
}

#[test]
fn local_time_has_no_zulu_mark() {
    gives!("DATE_UTCTOLOCAL"["2022-07-01T00:00:00Z", "Europe/Paris"], "2022-07-01T02:00:00.000");
    gives!("DATE_UTCTOLOCAL"["2022-07-01T00:00:00+03:00", "UTC"], "2022-06-30T21:00:00.000Z");
    gives!("DATE_LOCALTOUTC"["2022-07-01T00:00:00", "Europe/Paris"], "2022-06-30T22:00:00.000Z");
    warns!("DATE_UTCTOLOCAL"["2022-07-01", "Nowhere"], 10);
    warns!("DATE_UTCTOLOCAL"["2022-07-01", 3], 1542);
    warns!("DATE_LOCALTOUTC"["2022-07-01", "UTC", "yes"], 1542);
}

#[test]
fn zone_information_names_the_rule_in_force() {
    let (result, _) = call("DATE_UTCTOLOCAL", &serde_json::json!(["2022-07-01T00:00:00Z", "Europe/Paris", true]));
    let zone = result.get("zoneInfo");
    assert_eq!(result.get("local").as_str(), Some("2022-07-01T02:00:00.000"));
    assert!(result.get("tzdb").as_str().is_some());
    assert_eq!(zone.get("name").as_str(), Some("CEST"));
    assert_eq!(zone.get("begin").as_str(), Some("2022-03-27T01:00:00.000Z"));
    assert_eq!(zone.get("end").as_str(), Some("2022-10-30T01:00:00.000Z"));
    assert_eq!(format!("{:?} {:?}", zone.get("dst"), zone.get("offset")), "Bool(true) Int(7200)");
    let (result, _) = call("DATE_LOCALTOUTC", &serde_json::json!(["2022-03-27T03:00:00", "Europe/Paris", true]));
    assert_eq!(result.get("utc").as_str(), Some("2022-03-27T01:00:00.000Z"));
    assert_eq!(result.get("zoneInfo").get("begin").as_str(), Some("2022-03-27T01:00:00.000Z"));
    let (result, _) = call("DATE_UTCTOLOCAL", &serde_json::json!(["2022-07-01T00:00:00Z", "UTC", true]));
    assert!(result.get("zoneInfo").get("begin").is_null() && result.get("zoneInfo").get("end").is_null());
}

#[test]
fn time_zones_are_listed_and_include_utc() {
    let (zones, _) = call("DATE_TIMEZONES", &serde_json::json!([]));
    let zones = zones.as_array().unwrap();
    assert!(zones.len() > 400 && zones.iter().any(|zone| zone.as_str() == Some("Europe/Berlin")));
    gives!("DATE_TIMEZONE"[], "Etc/UTC");
}

#[test]
fn formats_use_the_zone_for_calendar_parts_only() {
    gives!("DATE_FORMAT"["2023-12-31T23:00:00Z", "%yyyy-%mm-%dd %hh %z", "Europe/Berlin"], "2024-01-01 00 2023-12-31T23:00:00.000Z");
    warns!("DATE_FORMAT"["2023-12-31", 7], 1542);
    warns!("DATE_FORMAT"["", "%y"], 1572);
}
