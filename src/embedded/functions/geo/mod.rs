//! Geographic functions: `GeoJSON` constructors, distances, areas and relations between shapes.

use super::{
    Function,
    answer::{Answer, Fault, argument, function},
};
use crate::embedded::value::{Object, Str, Value, ops};

pub(super) mod legacy;
mod shape;
mod sphere;

use shape::{Ellipsoid, Shape};

/// What this file defines.
pub(super) const FUNCTIONS: &[Function] = &[
    function!("DISTANCE", 4..=4, haversine),
    function!("GEO_DISTANCE", 2..=3, |arguments| Ok(Value::number(distance(arguments, argument(arguments, 2))?))),
    function!("GEO_IN_RANGE", 4..=6, in_range),
    function!("GEO_CONTAINS", 2..=2, contains),
    function!("GEO_INTERSECTS", 2..=2, |arguments| {
        Ok(Value::Bool(shape(arguments, 0)?.intersects(&shape(arguments, 1)?)))
    }),
    function!("GEO_EQUALS", 2..=2, |arguments| Ok(Value::Bool(shape(arguments, 0)?.same(&shape(arguments, 1)?)))),
    function!("GEO_AREA", 1..=2, |arguments| {
        Ok(Value::number(shape(arguments, 0)?.area(ellipsoid(argument(arguments, 1))?)))
    }),
    function!("IS_IN_POLYGON", 2..=3, is_in_polygon),
    function!("GEO_POINT", 2..=3, point),
    function!("GEO_MULTIPOINT", 1..=1, |arguments| construct("MultiPoint", argument(arguments, 0).clone(), 2)),
    function!("GEO_LINESTRING", 1..=1, |arguments| construct("LineString", argument(arguments, 0).clone(), 2)),
    function!("GEO_MULTILINESTRING", 1..=1, |arguments| {
        construct("MultiLineString", argument(arguments, 0).clone(), 2)
    }),
    function!("GEO_POLYGON", 1..=1, polygon),
    function!("GEO_MULTIPOLYGON", 1..=1, |arguments| construct("MultiPolygon", argument(arguments, 0).clone(), 2)),
];

fn number(arguments: &[Value], at: usize) -> Result<f64, Fault> {
    argument(arguments, at).as_f64().ok_or(Fault::Type)
}

/// An argument that is a shape: `GeoJSON`, or the coordinates of a point.
fn shape(arguments: &[Value], at: usize) -> Result<Shape, Fault> {
    Shape::read(argument(arguments, at)).ok_or(Fault::Type)
}

fn ellipsoid(value: &Value) -> Result<Ellipsoid, Fault> {
    match value {
        Value::String(name) if name.eq_ignore_ascii_case("wgs84") => Ok(Ellipsoid::Wgs84),
        Value::Null | Value::String(_) => Ok(Ellipsoid::Sphere),
        Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::Array(_) | Value::Object(_) => Err(Fault::Type),
    }
}

/// The haversine formula, which is exact enough for points close to each other.
fn haversine(arguments: &[Value]) -> Answer {
    let radians = |at| number(arguments, at).map(f64::to_radians);
    let (latitude1, longitude1, latitude2, longitude2) = (radians(0)?, radians(1)?, radians(2)?, radians(3)?);
    let half = |difference: f64| (difference / 2.0).sin().powi(2);
    let chord = half(latitude2 - latitude1) + latitude1.cos() * latitude2.cos() * half(longitude2 - longitude1);
    Ok(Value::number(2.0 * 6_371_000.0 * chord.sqrt().min(1.0).asin()))
}

fn distance(arguments: &[Value], on: &Value) -> Result<f64, Fault> {
    shape(arguments, 0)?.distance(&shape(arguments, 1)?, ellipsoid(on)?).ok_or(Fault::Shape)
}

/// `(shape, shape, low, high, with low?, with high?)`
fn in_range(arguments: &[Value]) -> Answer {
    let distance = distance(arguments, &Value::Null)?;
    let (low, high) = (number(arguments, 2)?, number(arguments, 3)?);
    let with = |at| match argument(arguments, at) {
        Value::Null => Ok(true),
        Value::Bool(with) => Ok(*with),
        Value::Int(_) | Value::Double(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => Err(Fault::Type),
    };
    let above = if with(4)? { distance >= low } else { distance > low };
    let below = if with(5)? { distance <= high } else { distance < high };
    Ok(Value::Bool(above && below))
}

fn contains(arguments: &[Value]) -> Answer {
    let outer = shape(arguments, 0)?;
    let Shape::Polygons(_) = outer else { return Err(Fault::Type) };
    Ok(Value::Bool(outer.contains(&shape(arguments, 1)?)))
}

/// `(polygon, latitude, longitude)` or `(polygon, place, longitude first?)`
fn is_in_polygon(arguments: &[Value]) -> Answer {
    let (place, longitude_first) = match argument(arguments, 1) {
        Value::Array(place) => (place.to_vec(), ops::truth(argument(arguments, 2))),
        latitude => (vec![latitude.clone(), argument(arguments, 2).clone()], false),
    };
    let read = |place: &[Value]| match place {
        [first, second] if longitude_first => shape::place(&Value::array(vec![first.clone(), second.clone()])),
        [first, second] => shape::place(&Value::array(vec![second.clone(), first.clone()])),
        _ => None,
    };
    let corner = |value: &Value| read(value.as_array()?);
    let corners = argument(arguments, 0).as_array().ok_or(Fault::Type)?;
    let mut ring: Vec<_> = corners.iter().map(corner).collect::<Option<_>>().ok_or(Fault::Type)?;
    let place = read(&place).ok_or(Fault::Type)?;
    // Here the way a ring turns has no meaning: the smaller area is inside.
    if sphere::ring_area(&ring) > 2.0 * std::f64::consts::PI {
        ring.reverse();
    }
    Ok(Value::Bool(sphere::ring_contains(&ring, place)))
}

fn geo_json(kind: &str, coordinates: Value) -> Value {
    let mut object = Object::default();
    object.insert(Str::from("type"), Value::from(kind));
    object.insert(Str::from("coordinates"), coordinates);
    Value::object(object)
}

fn point(arguments: &[Value]) -> Answer {
    for at in 0..arguments.len() {
        number(arguments, at)?;
    }
    Ok(geo_json("Point", Value::array(arguments.to_vec())))
}

/// A `GeoJSON` object, if its coordinates are right and at least so many.
fn construct(kind: &str, coordinates: Value, least: usize) -> Answer {
    if coordinates.as_array().ok_or(Fault::Type)?.len() < least {
        return Err(Fault::Shape);
    }
    let object = geo_json(kind, coordinates);
    if Shape::read(&object).is_none() {
        return Err(Fault::Shape);
    }
    Ok(object)
}

/// The rings of a polygon, or the places of its only ring.
fn polygon(arguments: &[Value]) -> Answer {
    let coordinates = argument(arguments, 0);
    let is_ring = coordinates.as_array().and_then(<[Value]>::first).is_some_and(|first| shape::place(first).is_some());
    let rings = if is_ring { Value::array(vec![coordinates.clone()]) } else { coordinates.clone() };
    construct("Polygon", rings, 1)
}

#[cfg(test)]
mod tests;
