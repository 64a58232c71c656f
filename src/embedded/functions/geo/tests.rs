//! Calls of the geographic functions as a query makes them.

use crate::embedded::functions::answer::harness::{call, check};

fn near(name: &str, arguments: &str, expected: f64, tolerance: f64) {
    let (value, warning) = call(name, arguments);
    assert_eq!(warning, None, "{name}{arguments}");
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() <= tolerance, "{name}{arguments}: {value}");
}

#[test]
fn constructors_check_what_they_are_given() {
    check(&[
        ("GEO_POINT", "[1.5, 2]", r#"{"type":"Point","coordinates":[1.5,2]}"#),
        ("GEO_POINT", "[\"1\", 2]", "warning 1542"),
        ("GEO_LINESTRING", "[[[1, 2], [3, 4]]]", r#"{"type":"LineString","coordinates":[[1,2],[3,4]]}"#),
        ("GEO_LINESTRING", "[[[1, 2]]]", "warning 1505"),
        ("GEO_MULTIPOINT", "[[[1, 2], [3]]]", "warning 1505"),
        ("GEO_MULTILINESTRING", "[7]", "warning 1542"),
        (
            "GEO_POLYGON",
            "[[[0, 0], [9, 0], [0, 9], [0, 0]]]",
            r#"{"type":"Polygon","coordinates":[[[0,0],[9,0],[0,9],[0,0]]]}"#,
        ),
        (
            "GEO_POLYGON",
            "[[[[0, 0], [9, 0], [0, 9], [0, 0]]]]",
            r#"{"type":"Polygon","coordinates":[[[0,0],[9,0],[0,9],[0,0]]]}"#,
        ),
        ("GEO_POLYGON", "[[[0, 0], [9, 0], [0, 0]]]", "warning 1505"),
        ("GEO_POLYGON", "[[]]", "warning 1505"),
        ("GEO_MULTIPOLYGON", "[[[[[0, 0], [9, 0], [0, 9]]], [[1]]]]", "warning 1505"),
    ]);
}

#[test]
fn distances_are_between_centroids() {
    near("DISTANCE", "[0, 0, 90, 0]", 10_007_543.398, 0.001);
    near("GEO_DISTANCE", "[[0, 0], [0, 90]]", 10_007_543.398, 0.001);
    near("GEO_DISTANCE", "[[0, 0], [0, 90], \"wgs84\"]", 10_001_965.729, 0.001);
    near("GEO_DISTANCE", r#"[{"type": "LineString", "coordinates": [[0, 0], [20, 0]]}, [10, 0]]"#, 0.0, 1e-6);
    let square = r#"{"type": "Polygon", "coordinates": [[[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]]}"#;
    near("GEO_DISTANCE", &format!("[{square}, [0, 0]]"), 0.0, 1e-6);
    check(&[
        ("GEO_DISTANCE", "[[0, 0], \"x\"]", "warning 1542"),
        ("GEO_DISTANCE", r#"[[0, 0], {"type": "Feature"}]"#, "warning 1542"),
        ("GEO_DISTANCE", r#"[[0, 0], {"type": "MultiPoint", "coordinates": [[0, 0], [180, 0]]}]"#, "warning 1505"),
        ("DISTANCE", "[0, 0, null, 0]", "warning 1542"),
        ("GEO_IN_RANGE", "[[0, 0], [0, 1], 0, 200000]", "true"),
        ("GEO_IN_RANGE", "[[0, 0], [0, 0], 0, 200000, false]", "false"),
        ("GEO_IN_RANGE", "[[0, 0], [0, 0], 0, \"x\"]", "warning 1542"),
    ]);
}

#[test]
fn areas_leave_holes_out() {
    let octant = "[[0, 0], [90, 0], [0, 90], [0, 0]]";
    near("GEO_AREA", &format!(r#"[{{"type": "Polygon", "coordinates": [{octant}]}}]"#), 6.375_8e13, 1e9);
    near("GEO_AREA", &format!(r#"[{{"type": "Polygon", "coordinates": [{octant}]}}, "wgs84"]"#), 6.375_8e13, 1e11);
    let hole = "[[10, 10], [10, 20], [20, 20], [20, 10]]";
    let (whole, _) = call("GEO_AREA", &format!(r#"[{{"type": "Polygon", "coordinates": [{octant}]}}]"#));
    let (part, _) = call("GEO_AREA", &format!(r#"[{{"type": "Polygon", "coordinates": [{octant}, {hole}]}}]"#));
    assert!(part.as_f64() < whole.as_f64());
    check(&[("GEO_AREA", "[[1, 2]]", "0"), ("GEO_AREA", "[null]", "warning 1542")]);
}

#[test]
fn containment_and_intersection_see_holes_and_crossings() {
    let outer = "[[0, 0], [20, 0], [20, 20], [0, 20], [0, 0]]";
    let hole = "[[5, 5], [15, 5], [15, 15], [5, 15], [5, 5]]";
    let solid = format!(r#"{{"type": "Polygon", "coordinates": [{outer}]}}"#);
    let ring = format!(r#"{{"type": "Polygon", "coordinates": [{outer}, {hole}]}}"#);
    let square = |low: f64, high: f64| {
        format!(
            r#"{{"type": "Polygon", "coordinates": [[[{low}, {low}], [{high}, {low}], [{high}, {high}], [{low}, {high}], [{low}, {low}]]]}}"#
        )
    };
    let pair = |left: &str, right: &str| format!("[{left}, {right}]");
    check(&[
        ("GEO_CONTAINS", &pair(&solid, "[10, 10]"), "true"),
        ("GEO_CONTAINS", &pair(&ring, "[10, 10]"), "false"),
        ("GEO_CONTAINS", &pair(&ring, "[2, 2]"), "true"),
        ("GEO_CONTAINS", &pair(&solid, "[-1, 10]"), "false"),
        ("GEO_CONTAINS", &pair(&solid, &solid), "true"),
        ("GEO_CONTAINS", &pair(&solid, &square(2.0, 4.0)), "true"),
        ("GEO_CONTAINS", &pair(&solid, &square(2.0, 30.0)), "false"),
        ("GEO_CONTAINS", &pair(&ring, &square(4.0, 16.0)), "false"),
        ("GEO_CONTAINS", "[[1, 2], [1, 2]]", "warning 1542"),
        ("GEO_INTERSECTS", &pair(&solid, &square(15.0, 30.0)), "true"),
        ("GEO_INTERSECTS", &pair(&ring, &square(7.0, 9.0)), "false"),
        ("GEO_INTERSECTS", &pair(&square(7.0, 9.0), &solid), "true"),
        (
            "GEO_INTERSECTS",
            r#"[{"type": "LineString", "coordinates": [[0, -5], [0, 5]]}, {"type": "LineString", "coordinates": [[-5, 0], [5, 0.1]]}]"#,
            "true",
        ),
        ("GEO_INTERSECTS", &pair(&solid, &square(40.0, 50.0)), "false"),
        (
            "GEO_EQUALS",
            &pair(&solid, r#"{"type": "Polygon", "coordinates": [[[20, 20], [0, 20], [0, 0], [20, 0], [20, 20]]]}"#),
            "true",
        ),
        ("GEO_EQUALS", &pair(&solid, &ring), "false"),
        ("GEO_EQUALS", "[[1, 2], [1, 2.0]]", "true"),
    ]);
}

#[test]
fn old_polygons_take_latitude_first_and_the_smaller_area() {
    let square = "[[0, 0], [0, 10], [10, 10], [10, 0]]";
    check(&[
        ("IS_IN_POLYGON", &format!("[{square}, 4, 7]"), "true"),
        ("IS_IN_POLYGON", &format!("[{square}, [4, 11]]"), "false"),
        ("IS_IN_POLYGON", "[[[0, 0], [20, 0], [20, 10], [0, 10]], [15, 5], true]", "true"),
        ("IS_IN_POLYGON", "[[[0, 0], [20, 0], [20, 10], [0, 10]], [15, 5]]", "true"),
        ("IS_IN_POLYGON", "[[[0, 0], [20, 0], [20, 10], [0, 10]], [5, 15]]", "false"),
        ("IS_IN_POLYGON", "[[1], 4, 7]", "warning 1542"),
    ]);
}

#[test]
fn functions_that_need_a_geo_index_say_so() {
    assert_eq!(call("NEAR", "[\"c\", 1, 2]").1, Some(1203));
    assert_eq!(call("NEAR", "[\"people\", 1, 2]").1, Some(1570));
    assert_eq!(call("WITHIN_RECTANGLE", "[\"people\", 1, 2, 3, 4]").1, Some(1570));
    assert_eq!(call("WITHIN", "[7, 1, 2, 3]").1, Some(1542));
}
