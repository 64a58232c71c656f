//! Shapes on Earth as `GeoJSON` writes them, and what can be asked about them.

use std::f64::consts::PI;

use geographiclib_rs::{Geodesic, InverseGeodesic, PolygonArea, Winding};

use super::sphere::{self, Vector};
use crate::embedded::value::Value;

/// The Earth's mean radius in metres, as ArangoDB takes it.
const RADIUS: f64 = 6_371_000.0;

/// What the Earth is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ellipsoid {
    Sphere,
    Wgs84,
}

/// Points, lines or rings, as lists of places.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    Points(Vec<Vector>),
    Lines(Vec<Vec<Vector>>),
    /// Polygons, each an outer ring and the rings of its holes. A hole lies to the left of its ring.
    Polygons(Vec<Vec<Vec<Vector>>>),
}

/// `[longitude, latitude]`, with what is beyond the poles or the date line brought back.
pub(super) fn place(value: &Value) -> Option<Vector> {
    let [longitude, latitude, ..] = value.as_array()? else { return None };
    let (longitude, latitude) = (longitude.as_f64()?, latitude.as_f64()?);
    // Only what needs it is wrapped around, since that costs precision.
    let wrapped = if longitude.abs() > 180.0 { longitude.rem_euclid(360.0) } else { longitude };
    Some(Vector::at(wrapped, latitude.clamp(-90.0, 90.0)))
}

fn places(value: &Value, least: usize) -> Option<Vec<Vector>> {
    let places: Vec<_> = value.as_array()?.iter().map(place).collect::<Option<_>>()?;
    (places.len() >= least).then_some(places)
}

fn several<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    let items: Vec<T> = value.as_array()?.iter().map(read).collect::<Option<_>>()?;
    (!items.is_empty()).then_some(items)
}

fn line(value: &Value) -> Option<Vec<Vector>> {
    places(value, 2)
}

/// A ring without its last place, which repeats the first, nor other repetitions.
fn ring(value: &Value) -> Option<Vec<Vector>> {
    let mut ring = places(value, 3)?;
    ring.dedup();
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    (ring.len() >= 3).then_some(ring)
}

fn polygon(value: &Value) -> Option<Vec<Vec<Vector>>> {
    let mut rings = several(value, ring)?;
    for hole in rings.iter_mut().skip(1) {
        // Whatever way a hole is written, it is the smaller of the two areas.
        if sphere::ring_area(hole) > 2.0 * PI {
            hole.reverse();
        }
    }
    Some(rings)
}

impl Shape {
    /// Reads a `GeoJSON` object, or the coordinates of a point.
    pub(super) fn read(value: &Value) -> Option<Self> {
        if value.as_array().is_some() {
            return place(value).map(|place| Self::Points(vec![place]));
        }
        let coordinates = value.get("coordinates");
        match value.get("type").as_str()? {
            "Point" => place(coordinates).map(|place| Self::Points(vec![place])),
            "MultiPoint" => several(coordinates, place).map(Self::Points),
            "LineString" => line(coordinates).map(|line| Self::Lines(vec![line])),
            "MultiLineString" => several(coordinates, line).map(Self::Lines),
            "Polygon" => polygon(coordinates).map(|polygon| Self::Polygons(vec![polygon])),
            "MultiPolygon" => several(coordinates, polygon).map(Self::Polygons),
            _ => None,
        }
    }

    /// The middle of the shape; none when it has none, as two opposite points.
    fn centroid(&self) -> Option<Vector> {
        let sum = |moments: &mut dyn Iterator<Item = Vector>| moments.fold(Vector::ZERO, Vector::plus).unit();
        match self {
            Self::Points(points) => match points.as_slice() {
                [point] => Some(*point),
                several => sum(&mut several.iter().copied()),
            },
            Self::Lines(lines) => sum(&mut lines.iter().map(|line| sphere::line_moment(line))),
            Self::Polygons(polygons) => sum(&mut polygons.iter().flat_map(|rings| {
                let sign = |at| if at == 0 { 1.0 } else { -1.0 };
                rings.iter().enumerate().map(move |(at, ring)| sphere::ring_moment(ring).times(sign(at)))
            })),
        }
    }

    /// The distance between two shapes' centroids in metres.
    pub(super) fn distance(&self, other: &Self, on: Ellipsoid) -> Option<f64> {
        let (left, right) = (self.centroid()?, other.centroid()?);
        Some(match on {
            Ellipsoid::Sphere => left.angle(right) * RADIUS,
            Ellipsoid::Wgs84 => {
                let ((longitude1, latitude1), (longitude2, latitude2)) = (left.degrees(), right.degrees());
                Geodesic::wgs84().inverse(latitude1, longitude1, latitude2, longitude2)
            }
        })
    }

    /// The area in square metres, 0 for points and lines.
    pub(super) fn area(&self, on: Ellipsoid) -> f64 {
        let Self::Polygons(polygons) = self else { return 0.0 };
        let area = |ring: &Vec<Vector>| match on {
            Ellipsoid::Sphere => sphere::ring_area(ring) * RADIUS * RADIUS,
            Ellipsoid::Wgs84 => wgs84_area(ring),
        };
        let polygon_area = |rings: &Vec<Vec<Vector>>| {
            let (outer, holes) = rings.split_first()?;
            Some(area(outer) - holes.iter().map(area).sum::<f64>())
        };
        polygons.iter().filter_map(polygon_area).sum()
    }

    fn has_place(&self, place: Vector) -> bool {
        match self {
            Self::Points(points) => points.contains(&place),
            Self::Lines(lines) => lines.iter().flatten().any(|point| *point == place),
            // A polygon within another is a hole in it.
            Self::Polygons(polygons) => polygons.iter().filter(|rings| polygon_has(rings, place)).count() % 2 == 1,
        }
    }

    fn points(&self) -> Vec<Vector> {
        match self {
            Self::Points(points) => points.clone(),
            Self::Lines(lines) => lines.iter().flatten().copied().collect(),
            Self::Polygons(polygons) => polygons.iter().flatten().flatten().copied().collect(),
        }
    }

    fn edges(&self) -> Vec<(Vector, Vector)> {
        match self {
            Self::Points(_) => Vec::new(),
            Self::Lines(lines) => lines.iter().flat_map(|line| sphere::edges(line, false)).collect(),
            Self::Polygons(polygons) => polygons.iter().flatten().flat_map(|ring| sphere::edges(ring, true)).collect(),
        }
    }

    fn edges_cross(&self, other: &Self) -> bool {
        let edges = other.edges();
        let proper = |(a, b): (Vector, Vector), (c, d): (Vector, Vector)| {
            // Sides that share a corner touch; they do not cross.
            a != c && a != d && b != c && b != d && sphere::cross(a, b, c, d)
        };
        self.edges().into_iter().any(|one| edges.iter().any(|other| proper(one, *other)))
    }

    /// Whether every place of another shape belongs to this one, which has to be made of polygons.
    pub(super) fn contains(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        let corners = self.points();
        other.points().into_iter().all(|place| self.has_place(place) || corners.contains(&place))
            && !self.edges_cross(other)
            // A hole of this one may lie within the other.
            && !matches!(other, Self::Polygons(_) if corners.into_iter().any(|corner| {
                !other.points().contains(&corner) && other.has_place(corner)
            }))
    }

    /// Whether the shapes have a place in common.
    pub(super) fn intersects(&self, other: &Self) -> bool {
        other.points().into_iter().any(|place| self.has_place(place))
            || self.points().into_iter().any(|place| other.has_place(place))
            || self.edges_cross(other)
    }

    /// Whether the shapes are the same, whichever corner their rings begin with.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Polygons(left), Self::Polygons(right)) => {
                let rings = |polygons: &[Vec<Vec<Vector>>]| polygons.iter().map(Vec::len).collect::<Vec<_>>();
                rings(left) == rings(right)
                    && left.iter().flatten().zip(right.iter().flatten()).all(|(left, right)| same_ring(left, right))
            }
            (Self::Points(_) | Self::Lines(_) | Self::Polygons(_), _) => self == other,
        }
    }
}

/// Whether a place is within the outer ring and in no hole.
fn polygon_has(rings: &[Vec<Vector>], place: Vector) -> bool {
    rings.split_first().is_some_and(|(outer, holes)| {
        sphere::ring_contains(outer, place) && !holes.iter().any(|hole| sphere::ring_contains(hole, place))
    })
}

fn same_ring(left: &[Vector], right: &[Vector]) -> bool {
    let turned = |start: usize| right.iter().cycle().skip(start).take(right.len());
    left.len() == right.len() && (0..right.len()).any(|start| left.iter().eq(turned(start)))
}

fn wgs84_area(ring: &[Vector]) -> f64 {
    let earth = Geodesic::wgs84();
    let mut area = PolygonArea::new(&earth, Winding::CounterClockwise);
    for place in ring {
        let (longitude, latitude) = place.degrees();
        area.add_point(latitude, longitude);
    }
    let (_, square_metres, _) = area.compute(false);
    square_metres
}
