//! Geometry on the unit sphere: points are vectors, lines are arcs of great circles, and a ring bounds what lies to the
//! left of it. ArangoDB reads `GeoJSON` this way, not as figures on a flat map.

use std::f64::consts::PI;

/// A vector in space; of length one where it is a point on the sphere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Vector(f64, f64, f64);

impl Vector {
    /// The sum of nothing.
    pub(super) const ZERO: Self = Self(0.0, 0.0, 0.0);

    /// The point at a longitude and a latitude in degrees.
    pub(super) fn at(longitude: f64, latitude: f64) -> Self {
        let (longitude, latitude) = (longitude.to_radians(), latitude.to_radians());
        Self(latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin())
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1, self.2 + other.2)
    }

    pub(super) fn times(self, factor: f64) -> Self {
        Self(self.0 * factor, self.1 * factor, self.2 * factor)
    }

    fn dot(self, other: Self) -> f64 {
        self.0 * other.0 + self.1 * other.1 + self.2 * other.2
    }

    fn cross(self, other: Self) -> Self {
        Self(
            self.1 * other.2 - self.2 * other.1,
            self.2 * other.0 - self.0 * other.2,
            self.0 * other.1 - self.1 * other.0,
        )
    }

    fn length(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// The same direction with length one; none for the zero vector.
    pub(super) fn unit(self) -> Option<Self> {
        let length = self.length();
        (length > 1e-15).then(|| self.times(1.0 / length))
    }

    /// The angle between two directions.
    pub(super) fn angle(self, other: Self) -> f64 {
        self.cross(other).length().atan2(self.dot(other))
    }

    /// Longitude and latitude in degrees.
    pub(super) fn degrees(self) -> (f64, f64) {
        (self.1.atan2(self.0).to_degrees(), self.2.atan2(self.0.hypot(self.1)).to_degrees())
    }
}

/// Whether three points turn left. Points in line count as left, always, so that a count of crossings comes out even or
/// odd as it should when an arc passes through a corner.
fn turns_left(a: Vector, b: Vector, c: Vector) -> bool {
    a.cross(b).dot(c) >= 0.0
}

/// Whether the arcs `ab` and `cd` cross.
pub(super) fn cross(a: Vector, b: Vector, c: Vector, d: Vector) -> bool {
    let (side_c, side_d) = (turns_left(a, b, c), turns_left(a, b, d));
    let (side_a, side_b) = (turns_left(c, d, a), turns_left(c, d, b));
    // The last comparison leaves out arcs that would only meet on the other side of the sphere.
    side_c != side_d && side_a != side_b && side_c == side_b
}

/// The sides of a closed figure, or the pieces of an open line.
pub(super) fn edges(points: &[Vector], closed: bool) -> impl Iterator<Item = (Vector, Vector)> {
    let back = points.first().filter(|_| closed);
    let ends = points.iter().skip(1).chain(back);
    points.iter().zip(ends).map(|(from, to)| (*from, *to))
}

/// The area to the left of a ring, as a share of the unit sphere's 4π.
pub(super) fn ring_area(ring: &[Vector]) -> f64 {
    let Some((apex, others)) = ring.split_first() else { return 0.0 };
    let area: f64 = edges(others, false)
        .map(|(b, c)| {
            let volume = apex.dot(b.cross(c));
            2.0 * volume.atan2(1.0 + apex.dot(b) + b.dot(c) + c.dot(*apex))
        })
        .sum();
    area.rem_euclid(4.0 * PI)
}

/// Whether a point lies to the left of a ring.
pub(super) fn ring_contains(ring: &[Vector], point: Vector) -> bool {
    let Some(inside) = point_left_of(ring) else { return false };
    edges(ring, true).filter(|(a, b)| cross(*a, *b, inside, point)).count() % 2 == 0
}

/// A point close to the ring's longest side, on the left of it.
fn point_left_of(ring: &[Vector]) -> Option<Vector> {
    let (a, b) = edges(ring, true).max_by(|(a, b), (c, d)| a.angle(*b).total_cmp(&c.angle(*d)))?;
    let left = a.cross(b).unit()?;
    // Not quite the middle, so that regular figures do not put corners on the way.
    a.plus(b.times(0.98)).unit()?.plus(left.times(1e-9)).unit()
}

/// The area of a ring times its centroid, which sums up over rings.
pub(super) fn ring_moment(ring: &[Vector]) -> Vector {
    edges(ring, true).fold(Vector::ZERO, |sum, (a, b)| match a.cross(b).unit() {
        Some(normal) => sum.plus(normal.times(a.angle(b) / 2.0)),
        None => sum,
    })
}

/// The length of a line times its centroid.
pub(super) fn line_moment(line: &[Vector]) -> Vector {
    edges(line, false).fold(Vector::ZERO, |sum, (a, b)| match a.plus(b).unit() {
        Some(middle) => sum.plus(middle.times(2.0 * (a.angle(b) / 2.0).sin())),
        None => sum,
    })
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::{Vector, line_moment, ring_area, ring_contains, ring_moment};

    fn ring(points: &[(f64, f64)]) -> Vec<Vector> {
        points.iter().map(|(longitude, latitude)| Vector::at(*longitude, *latitude)).collect()
    }

    #[test]
    fn an_eighth_of_the_sphere_has_an_eighth_of_its_area() {
        let octant = ring(&[(0.0, 0.0), (90.0, 0.0), (0.0, 90.0)]);
        assert!((ring_area(&octant) - PI / 2.0).abs() < 1e-12);
        let reversed: Vec<_> = octant.iter().rev().copied().collect();
        assert!((ring_area(&reversed) - 3.5 * PI).abs() < 1e-12);
        let (longitude, latitude) = ring_moment(&octant).unit().unwrap().degrees();
        assert!((longitude - 45.0).abs() < 1e-9 && (latitude - 35.264_389_7).abs() < 1e-6);
    }

    #[test]
    fn what_lies_left_of_a_ring_is_inside() {
        let square = ring(&[(-10.0, -10.0), (10.0, -10.0), (10.0, 10.0), (-10.0, 10.0)]);
        let reversed: Vec<_> = square.iter().rev().copied().collect();
        for (longitude, latitude, inside) in [
            (0.0, 0.0, true),
            (9.0, 9.0, true),
            (11.0, 0.0, false),
            (0.0, 90.0, false),
            (180.0, 0.0, false),
            (170.0, 5.0, false),
        ] {
            let point = Vector::at(longitude, latitude);
            assert_eq!(ring_contains(&square, point), inside, "{longitude} {latitude}");
            assert_eq!(ring_contains(&reversed, point), !inside, "{longitude} {latitude}");
        }
    }

    #[test]
    fn sides_are_arcs_of_great_circles() {
        let ring = ring(&[(0.0, 50.0), (40.0, 50.0), (40.0, 60.0), (0.0, 60.0)]);
        assert!(!ring_contains(&ring, Vector::at(20.0, 50.0)));
        assert!(ring_contains(&ring, Vector::at(20.0, 60.0)));
    }

    #[test]
    fn a_line_balances_in_its_middle() {
        let (longitude, latitude) =
            line_moment(&ring(&[(0.0, 0.0), (20.0, 0.0), (60.0, 0.0)])).unit().unwrap().degrees();
        assert!((longitude - 30.0).abs() < 1e-9 && latitude.abs() < 1e-9);
    }

    #[test]
    fn degenerate_rings_contain_nothing() {
        assert!(!ring_contains(&[], Vector::at(0.0, 0.0)));
        assert!(!ring_contains(&ring(&[(1.0, 1.0), (1.0, 1.0)]), Vector::at(0.0, 0.0)));
        assert!(ring_area(&ring(&[(1.0, 1.0)])).abs() < f64::EPSILON);
    }
}
