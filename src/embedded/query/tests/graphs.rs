//! Traversals and path searches.

use serde_json::json;

use super::Garden;
use crate::embedded::store::CollectionKind;

/// a → b → d, a → c → d, d → e, with weights; the graph `ways` is made of them.
fn ways() -> Garden {
    let garden = Garden::empty();
    garden.collection("places", CollectionKind::Document);
    garden.collection("roads", CollectionKind::Edge);
    garden.run("FOR k IN ['a', 'b', 'c', 'd', 'e'] INSERT {_key: k} INTO places", json!({}));
    garden.run(
        "FOR r IN [['a', 'b', 1], ['a', 'c', 5], ['b', 'd', 1], ['c', 'd', 1], ['d', 'e', 2]] \
         INSERT {_from: CONCAT('places/', r[0]), _to: CONCAT('places/', r[1]), km: r[2]} INTO roads",
        json!({}),
    );
    garden.run(
        "INSERT {_key: 'ways', edgeDefinitions: [{collection: 'roads', from: ['places'], to: ['places']}], \
         orphanCollections: []} INTO _graphs",
        json!({}),
    );
    garden.run("INSERT {_key: 'empty', edgeDefinitions: [], orphanCollections: []} INTO _graphs", json!({}));
    garden
}

#[test]
fn a_traversal_follows_edges_within_its_depths() {
    let garden = ways();
    garden.gives("FOR v IN OUTBOUND 'places/a' roads SORT v._key RETURN v._key", json!(["b", "c"]));
    garden.gives("FOR v IN 2 OUTBOUND 'places/a' roads RETURN v._key", json!(["d", "d"]));
    garden.gives("FOR v IN 0..1 INBOUND 'places/d' GRAPH 'ways' SORT v._key RETURN v._key", json!(["b", "c", "d"]));
    garden.gives("FOR v IN ANY 'places/d' GRAPH ways SORT v._key RETURN v._key", json!(["b", "c", "e"]));
    garden.gives("LET n = 1 FOR v IN n OUTBOUND 'places/d' roads RETURN v._key", json!(["e"]));
}

#[test]
fn edges_and_paths_can_be_asked_for() {
    ways().gives(
        "FOR v, e, p IN 2 OUTBOUND 'places/a' roads SORT e.km, p.edges[0].km \
         RETURN [v._key, e.km, p.vertices[*]._key, p.edges[*].km]",
        json!([["d", 1, ["a", "b", "d"], [1, 1]], ["d", 1, ["a", "c", "d"], [5, 1]]]),
    );
}

#[test]
fn options_choose_order_and_uniqueness() {
    let garden = ways();
    garden.gives(
        "FOR v IN 1..3 OUTBOUND 'places/a' roads OPTIONS {order: 'bfs', uniqueVertices: 'global'} SORT v._key RETURN v._key",
        json!(["b", "c", "d", "e"]),
    );
    garden.gives(
        "FOR v, e, p IN 1..3 OUTBOUND 'places/a' roads OPTIONS {order: 'weighted', weightAttribute: 'km'} RETURN LAST(p.weights)",
        json!([1, 2, 4, 5, 6, 8]),
    );
    assert_eq!(garden.fails("FOR v IN OUTBOUND 'places/a' roads OPTIONS {uniqueVertices: 'global'} RETURN v"), 10);
    assert_eq!(garden.fails("FOR v IN OUTBOUND 'places/a' roads OPTIONS {uniqueEdges: 'global'} RETURN v"), 10);
}

#[test]
fn a_traversal_stops_where_it_is_pruned_and_can_tell_so() {
    ways().gives(
        "FOR v, e, p IN 1..3 OUTBOUND 'places/a' roads PRUNE stop = v._key == 'd' RETURN [CONCAT(p.vertices[*]._key), stop]",
        json!([["ac", false], ["acd", true], ["ab", false], ["abd", true]]),
    );
}

#[test]
fn a_traversal_can_be_kept_to_some_collections() {
    let garden = ways();
    garden.collection("huts", CollectionKind::Document);
    garden.run("INSERT {_key: 'x'} INTO huts", json!({}));
    garden.run("INSERT {_from: 'places/d', _to: 'huts/x'} INTO roads", json!({}));
    garden.gives("FOR v IN OUTBOUND 'places/d' roads SORT v._key RETURN v._key", json!(["e", "x"]));
    garden
        .gives("FOR v IN OUTBOUND 'places/d' roads OPTIONS {vertexCollections: 'places'} RETURN v._key", json!(["e"]));
    assert_eq!(garden.fails("FOR v IN OUTBOUND 'places/d' roads OPTIONS {vertexCollections: 'none'} RETURN v"), 1203);
}

#[test]
fn a_start_that_is_no_vertex_gives_nothing_and_warns() {
    let garden = ways();
    garden.gives("FOR v IN OUTBOUND [] roads RETURN v", json!([]));
    assert_eq!(garden.warnings("LET n = null FOR v IN OUTBOUND n roads RETURN v"), [10]);
    garden.gives("FOR p IN places FILTER p._key == 'd' FOR v IN OUTBOUND p roads RETURN v._key", json!(["e"]));
}

#[test]
fn graphs_and_edge_collections_have_to_be_such() {
    let garden = ways();
    assert_eq!(garden.fails("FOR v IN OUTBOUND 'places/a' GRAPH 'none' RETURN v"), 1924);
    assert_eq!(garden.fails("FOR v IN OUTBOUND 'places/a' GRAPH 'empty' RETURN v"), 1940);
    assert_eq!(garden.fails("FOR v IN OUTBOUND 'places/a' places RETURN v"), 1218);
    assert_eq!(garden.fails("FOR v IN OUTBOUND 'places/a' nowhere RETURN v"), 1203);
    assert_eq!(garden.fails("INSERT {} INTO places FOR v IN OUTBOUND 'places/a' roads RETURN v"), 1579);
}

#[test]
fn the_shortest_path_counts_edges_or_weighs_them() {
    let garden = ways();
    garden
        .gives("FOR v IN OUTBOUND SHORTEST_PATH 'places/b' TO 'places/e' roads RETURN v._key", json!(["b", "d", "e"]));
    garden.gives(
        "FOR v, e IN OUTBOUND SHORTEST_PATH 'places/a' TO 'places/d' roads OPTIONS {weightAttribute: 'km'} RETURN [v._key, e.km]",
        json!([["a", null], ["b", 1], ["d", 1]]),
    );
    garden.gives("FOR v IN OUTBOUND SHORTEST_PATH 'places/e' TO 'places/a' roads RETURN v", json!([]));
}

#[test]
fn several_paths_can_be_listed() {
    let garden = ways();
    let keys = |search: &str| {
        garden.rows(&format!(
            "LET found = (FOR p IN {search} GRAPH 'ways' RETURN CONCAT(p.vertices[*]._key)) RETURN SORTED(found)"
        ))
    };
    assert_eq!(keys("OUTBOUND ALL_SHORTEST_PATHS 'places/a' TO 'places/d'"), json!([["abd", "acd"]]));
    assert_eq!(keys("OUTBOUND K_SHORTEST_PATHS 'places/a' TO 'places/e'"), json!([["abde", "acde"]]));
    assert_eq!(keys("1..3 OUTBOUND K_PATHS 'places/a' TO 'places/d'"), json!([["abd", "acd"]]));
    garden.gives(
        "FOR p IN OUTBOUND K_SHORTEST_PATHS 'places/a' TO 'places/e' GRAPH 'ways' OPTIONS {weightAttribute: 'km'} LIMIT 1 RETURN p.weight",
        json!([4]),
    );
}
