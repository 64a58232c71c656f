//! `NEAR()`, `WITHIN()` and `WITHIN_RECTANGLE()`: places of the documents of a collection that has a geo index. ArangoDB has
//! deprecated them. The index says where the places are; they are looked at one by one.

use super::shape::{Ellipsoid, Shape, place};
use crate::{
    embedded::{
        error::Error,
        functions::{Context, Function, Outcome, arg, data::unknown_collection},
        value::{Str, Value, ops},
    },
    wire::ErrorNum,
};

/// What this file defines.
pub(in crate::embedded::functions) const FUNCTIONS: &[Function] = &[
    Function::volatile("NEAR", 3, 5, near),
    Function::volatile("WITHIN", 4, 5, within),
    Function::volatile("WITHIN_RECTANGLE", 5, 5, within_rectangle),
];

/// How many documents `NEAR()` gives when it is not told.
const NEAR_LIMIT: usize = 100;

/// Where the documents of a collection are.
struct Places {
    fields: Vec<Vec<Str>>,
    geo_json: bool,
}

impl Places {
    fn of(context: &Context<'_>, collection: &str) -> Result<Self, Error> {
        let indexes = context.data.indexes(collection);
        let index = indexes.iter().find(|index| index.get("type").as_str() == Some("geo"));
        let index = index.ok_or_else(|| Error::about(ErrorNum::QUERY_GEO_INDEX_MISSING, collection))?;
        let fields = index.get("fields").as_array().unwrap_or_default();
        let path = |field: &Value| field.as_str().unwrap_or_default().split('.').map(Str::from).collect();
        Ok(Self { fields: fields.iter().map(path).collect(), geo_json: ops::truth(index.get("geoJson")) })
    }

    /// The place of a document as a shape.
    fn shape(&self, document: &Value) -> Option<Shape> {
        let value = |path: &[Str]| path.iter().fold(document, |value, name| value.get(name)).clone();
        let turned = |latitude: Value, longitude: Value| {
            place(&Value::array(vec![longitude, latitude])).map(|place| Shape::Points(vec![place]))
        };
        match self.fields.as_slice() {
            [latitude, longitude] => turned(value(latitude), value(longitude)),
            [field] => match value(field) {
                Value::Array(pair) if !self.geo_json => match pair.as_slice() {
                    [latitude, longitude, ..] => turned(latitude.clone(), longitude.clone()),
                    _ => None,
                },
                value => Shape::read(&value),
            },
            _ => None,
        }
    }
}

/// The name of the collection; unlike other arguments of a wrong type, one that is none ends the query.
fn collection_of<'v>(args: &'v [Value], name: &str) -> Result<&'v str, Error> {
    arg(args, 0).as_str().ok_or_else(|| Error::about(ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH, name))
}

fn point(args: &[Value], at: usize) -> Option<Shape> {
    let (latitude, longitude) = (arg(args, at), arg(args, at + 1));
    if latitude.as_f64().is_none() || longitude.as_f64().is_none() {
        return None;
    }
    place(&Value::array(vec![longitude.clone(), latitude.clone()])).map(|place| Shape::Points(vec![place]))
}

/// The documents of a collection with their distance from a place, nearest first.
fn by_distance(context: &Context<'_>, collection: &str, from: &Shape) -> Result<Vec<(f64, Value)>, Error> {
    let documents = context.data.documents(collection).ok_or_else(|| unknown_collection(collection))?;
    let places = Places::of(context, collection)?;
    let mut found = Vec::new();
    for document in documents.take_while(|_| !(context.is_over)()) {
        let distance = places.shape(&document).and_then(|shape| shape.distance(from, Ellipsoid::Sphere));
        found.extend(distance.map(|distance| (distance, document)));
    }
    found.sort_by(|one, other| one.0.total_cmp(&other.0));
    Ok(found)
}

/// The documents, with their distance as a further attribute where one is asked for.
fn shown(found: impl Iterator<Item = (f64, Value)>, name: &Value) -> Value {
    let documents = found.map(|(distance, document)| match (name.as_str(), document.as_object()) {
        (Some(name), Some(object)) => {
            let mut object = object.clone();
            object.insert(Str::from(name), Value::number(distance));
            Value::object(object)
        }
        _ => document,
    });
    Value::array(documents.collect())
}

/// `(collection, latitude, longitude, limit?, distance attribute?)`
fn near(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let collection = collection_of(args, "NEAR")?;
    let Some(from) = point(args, 1) else { return context.wrong_type("NEAR") };
    let limit = match arg(args, 3) {
        Value::Null => NEAR_LIMIT,
        limit => usize::try_from(ops::to_i64(limit)).unwrap_or(0),
    };
    let found = by_distance(context, collection, &from)?;
    Ok(shown(found.into_iter().take(limit), arg(args, 4)))
}

/// `(collection, latitude, longitude, radius in metres, distance attribute?)`
fn within(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let collection = collection_of(args, "WITHIN")?;
    let (Some(from), Some(radius)) = (point(args, 1), arg(args, 3).as_f64()) else {
        return context.wrong_type("WITHIN");
    };
    let found = by_distance(context, collection, &from)?;
    Ok(shown(found.into_iter().take_while(|(distance, _)| *distance <= radius), arg(args, 4)))
}

/// `(collection, latitude, longitude, latitude, longitude)` of two opposite corners.
fn within_rectangle(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let corner = |at| Some((arg(args, at).as_f64()?, arg(args, at + 1).as_f64()?));
    let collection = collection_of(args, "WITHIN_RECTANGLE")?;
    let (Some(one), Some(other)) = (corner(1), corner(3)) else { return context.wrong_type("WITHIN_RECTANGLE") };
    let documents = context.data.documents(collection).ok_or_else(|| unknown_collection(collection))?;
    let places = Places::of(context, collection)?;
    let between = |value: f64, one: f64, other: f64| (one.min(other)..=one.max(other)).contains(&value);
    let is_inside = |document: &Value| {
        let Some(Shape::Points(points)) = places.shape(document) else { return false };
        points.first().is_some_and(|point| {
            let (longitude, latitude) = point.degrees();
            between(latitude, one.0, other.0) && between(longitude, one.1, other.1)
        })
    };
    let found = documents.take_while(|_| !(context.is_over)()).filter(is_inside);
    Ok(Value::array(found.collect()))
}
