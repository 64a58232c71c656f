//! Searches on small graphs made by hand, and on random ones against brute force.

use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};

use super::{
    AllShortestPaths, Edges, Free, Guide, KPaths, KShortestPaths, Options, Order, Path, Step, UniqueEdges,
    UniqueVertices, Walk, Weights, lightest_path, shortest_path,
};
use crate::{
    embedded::{
        error::Error,
        value::{Str, Value, json},
    },
    wire::ErrorNum,
};

/// Edges between vertices that are letters or numbers; each edge's id is its place in the list.
#[derive(Debug, Clone, Default)]
struct Toy {
    edges: Vec<(String, String, f64)>,
    /// Whether edges are followed in both directions.
    any: bool,
    ticks_left: Option<usize>,
}

impl Toy {
    /// Reads `A>B A>C=2.5`, an edge each.
    fn new(edges: &str) -> Self {
        let edge = |text: &str| {
            let (ends, weight) = text.split_once('=').unwrap_or((text, "1"));
            let (from, to) = ends.split_once('>').unwrap();
            (from.to_owned(), to.to_owned(), weight.parse().unwrap())
        };
        Self { edges: edges.split_whitespace().map(edge).collect(), any: false, ticks_left: None }
    }

    fn any(self) -> Self {
        Self { any: true, ..self }
    }

    fn step(&self, at: usize, to: &str) -> Step {
        let edge = json::parse(format!(r#"{{"_id": "e/{at}", "w": {}}}"#, self.edges[at].2).as_bytes()).unwrap();
        Step { edge, edge_id: format!("e/{at}").into(), to: to.into() }
    }

    fn steps(&self, vertex: &str, forward: bool, out: &mut Vec<Step>) {
        for (at, (from, to, _)) in self.edges.iter().enumerate() {
            let (near, far) = if forward { (from, to) } else { (to, from) };
            if near == vertex {
                out.push(self.step(at, far));
            }
            if self.any && far == vertex && near != far {
                out.push(self.step(at, near));
            }
        }
    }

    /// All paths of up to `max` edges, by brute force, as text.
    fn all(&self, from: &str, max: usize, vertices: UniqueVertices, edges: UniqueEdges) -> Vec<Found> {
        let mut level = vec![Found { vertices: vec![from.to_owned()], edges: Vec::new(), weight: 0.0 }];
        let mut all = level.clone();
        for _ in 0..max {
            let mut next = Vec::new();
            for found in &level {
                let mut steps = Vec::new();
                self.steps(found.vertices.last().unwrap(), true, &mut steps);
                for step in steps {
                    let again = found.edges.contains(&step.edge_id.to_string()) && edges == UniqueEdges::Path;
                    let seen = found.vertices.contains(&step.to.to_string()) && vertices == UniqueVertices::Path;
                    if !again && !seen {
                        let mut longer = found.clone();
                        longer.vertices.push(step.to.to_string());
                        longer.edges.push(step.edge_id.to_string());
                        longer.weight += step.edge.get("w").as_f64().unwrap();
                        next.push(longer);
                    }
                }
            }
            all.extend(next.iter().cloned());
            level = next;
        }
        all
    }

    fn simple_paths(&self, from: &str, to: &str) -> Vec<Found> {
        let all = self.all(from, 8, UniqueVertices::Path, UniqueEdges::Path);
        // A path that has reached its end does not go on.
        all.into_iter()
            .filter(|found| found.vertices.iter().position(|at| at == to) == Some(found.edges.len()))
            .collect()
    }
}

impl Edges for Toy {
    fn expand(&mut self, vertex: &Str, out: &mut Vec<Step>) -> Result<(), Error> {
        self.steps(vertex, true, out);
        Ok(())
    }

    fn expand_back(&mut self, vertex: &Str, out: &mut Vec<Step>) -> Result<(), Error> {
        self.steps(vertex, false, out);
        Ok(())
    }

    fn vertex(&mut self, id: &Str) -> Result<Value, Error> {
        Ok(Value::String(id.clone()))
    }

    fn tick(&mut self) -> Result<(), Error> {
        match &mut self.ticks_left {
            Some(0) => Err(ErrorNum::QUERY_KILLED.into()),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// A path in a form that compares.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
struct Found {
    vertices: Vec<String>,
    edges: Vec<String>,
    weight: f64,
}

impl From<&Path> for Found {
    fn from(path: &Path) -> Self {
        let edges = path.beginnings().into_iter().filter_map(|part| part.edge_id()).map(ToString::to_string).collect();
        Self { vertices: path.vertex_ids().iter().map(ToString::to_string).collect(), edges, weight: path.weight() }
    }
}

fn sorted(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|left, right| left.partial_cmp(right).unwrap());
    found
}

fn by_weight() -> Weights {
    Weights::new(Some("w".into()), 1.0).unwrap()
}

fn options(min: usize, max: usize) -> Options {
    Options {
        min,
        max,
        order: Order::Dfs,
        unique_vertices: UniqueVertices::None,
        unique_edges: UniqueEdges::Path,
        weights: by_weight(),
    }
}

fn walk(graph: &Toy, start: &str, options: Options, guide: &mut dyn Guide) -> Vec<Path> {
    let mut graph = graph.clone();
    let mut walk = Walk::new(start.into(), options);
    let mut all = Vec::new();
    while let Some(visit) = walk.next(&mut graph, guide).unwrap() {
        all.push(visit.path);
    }
    all
}

/// The paths of a traversal as `ABC` each.
fn names(graph: &Toy, start: &str, options: Options) -> String {
    shown(&walk(graph, start, options, &mut Free))
}

fn shown(paths: &[Path]) -> String {
    paths.iter().map(|path| path.vertex_ids().concat()).collect::<Vec<_>>().join(" ")
}

fn all_of(mut next: impl FnMut() -> Result<Option<Path>, Error>) -> Vec<Path> {
    std::iter::from_fn(|| next().unwrap()).take(10_000).collect()
}

#[test]
fn depth_first_takes_the_last_edge_first_and_breadth_first_the_first() {
    let graph = Toy::new("A>B B>C A>D D>E");
    assert_eq!(names(&graph, "A", options(0, 2)), "A AD ADE AB ABC");
    assert_eq!(names(&graph, "A", Options { order: Order::Bfs, ..options(1, 2) }), "AB AD ABC ADE");
    assert_eq!(names(&graph, "A", options(2, 2)), "ADE ABC");
    assert_eq!(names(&graph, "X", options(0, 2)), "X");
    assert_eq!(names(&graph, "A", options(2, 1)), "");
}

#[test]
fn cycles_end_where_an_edge_or_a_vertex_would_come_twice() {
    let graph = Toy::new("A>B B>A A>A");
    assert_eq!(names(&graph, "A", options(1, 9)), "AA AAB AABA AB ABA ABAA");
    let free = Options { unique_edges: UniqueEdges::None, ..options(3, 3) };
    assert_eq!(names(&graph, "A", free).split(' ').count(), 5);
    let once = Options { unique_vertices: UniqueVertices::Path, ..options(0, 9) };
    assert_eq!(names(&graph, "A", once), "A AB");
}

#[test]
fn parallel_edges_are_paths_of_their_own() {
    let graph = Toy::new("A>B A>B B>C");
    assert_eq!(names(&graph, "A", options(2, 2)), "ABC ABC");
    let global = Options { unique_vertices: UniqueVertices::Global, order: Order::Bfs, ..options(1, 2) };
    assert_eq!(names(&graph, "A", global), "AB ABC");
}

#[test]
fn each_vertex_is_visited_once_when_asked_globally() {
    let graph = Toy::new("A>B=5 A>C=1 C>B=1 B>D=1 D>A");
    let global = Options { unique_vertices: UniqueVertices::Global, ..options(0, 9) };
    assert_eq!(names(&graph, "A", Options { order: Order::Bfs, ..global.clone() }), "A AB AC ABD");
    assert_eq!(names(&graph, "A", Options { order: Order::Weighted, ..global }), "A AC ACB ACBD");
}

#[test]
fn weighted_paths_come_by_cost_and_tell_it_at_each_vertex() {
    let mut graph = Toy::new("A>B=5 A>C=1 C>B=1.5");
    let paths = walk(&graph, "A", Options { order: Order::Weighted, ..options(0, 9) }, &mut Free);
    assert_eq!(shown(&paths), "A AC ACB AB");
    let value = paths[2].to_traversal_value(&mut graph).unwrap();
    assert_eq!(json::to_string(value.get("weights")), "[0,1,2.5]");
    assert_eq!(json::to_string(value.get("vertices")), r#"["A","C","B"]"#);
    assert_eq!(value.get("edges").as_array().map(<[Value]>::len), Some(2));
    let plain = walk(&graph, "A", options(2, 2), &mut Free);
    assert_eq!(json::to_string(&Value::array(plain[0].weights())), "[0,1,2]");
}

#[test]
fn negative_weights_end_a_weighted_search_with_an_error() {
    let mut graph = Toy::new("A>B=-1");
    let mut walk = Walk::new("A".into(), Options { order: Order::Weighted, ..options(1, 9) });
    assert_eq!(walk.next(&mut graph, &mut Free).map_err(|error| error.num.0).err(), Some(1948));
    let error = lightest_path(&mut graph, &"A".into(), &"B".into(), &by_weight()).unwrap_err();
    assert_eq!(error.num, ErrorNum::GRAPH_NEGATIVE_EDGE_WEIGHT);
    assert!(Weights::new(None, -0.5).is_err());
    assert_eq!(names(&graph, "A", options(1, 1)), "AB");
}

#[test]
fn a_missing_or_odd_weight_is_the_default() {
    let mut graph = Toy::new("A>B=7 B>C=7");
    let weights = Weights::new(Some("nothing".into()), 2.5).unwrap();
    let path = lightest_path(&mut graph, &"A".into(), &"C".into(), &weights).unwrap().unwrap();
    assert!((path.weight() - 5.0).abs() < 1e-9);
}

/// Prunes at one vertex and never goes to another; keeps what it was asked.
struct Fence {
    prune: &'static str,
    never: &'static str,
    asked: Vec<String>,
}

impl Guide for Fence {
    fn admit(&mut self, path: &Path) -> Result<bool, Error> {
        Ok(&**path.vertex() != self.never)
    }

    fn prune(&mut self, path: &Path) -> Result<bool, Error> {
        self.asked.push(path.vertex_ids().concat());
        Ok(&**path.vertex() == self.prune)
    }
}

#[test]
fn pruning_keeps_the_path_and_refusing_drops_it() {
    let graph = Toy::new("A>B B>C A>D D>E A>F");
    for order in [Order::Dfs, Order::Bfs, Order::Weighted] {
        let mut guide = Fence { prune: "B", never: "D", asked: Vec::new() };
        let mut found: Vec<_> = walk(&graph, "A", Options { order, ..options(1, 9) }, &mut guide)
            .iter()
            .map(|path| path.vertex_ids().concat())
            .collect();
        found.sort();
        assert_eq!(found, ["AB", "AF"], "{order:?}");
        guide.asked.sort();
        assert_eq!(guide.asked, ["A", "AB", "AF"], "{order:?}");
    }
    let mut at_start = Fence { prune: "A", never: "", asked: Vec::new() };
    assert_eq!(shown(&walk(&graph, "A", options(0, 9), &mut at_start)), "A");
    let mut start_is_free = Fence { prune: "", never: "A", asked: Vec::new() };
    assert_eq!(shown(&walk(&graph, "A", options(0, 1), &mut start_is_free)), "A AF AD AB");
}

#[test]
fn every_search_stops_when_told_to() {
    let stopped = || Toy { ticks_left: Some(3), ..Toy::new("A>B B>C C>D D>E E>F F>G A>A") };
    let (from, to): (Str, Str) = ("A".into(), "G".into());
    let mut walk = Walk::new(from.clone(), options(9, 9));
    let killed = |error: Error| error.num == ErrorNum::QUERY_KILLED;
    assert!(walk.next(&mut stopped(), &mut Free).is_err_and(killed));
    assert!(shortest_path(&mut stopped(), &from, &to).is_err_and(killed));
    assert!(lightest_path(&mut stopped(), &from, &to, &by_weight()).is_err_and(killed));
    assert!(AllShortestPaths::new(from.clone(), to.clone()).next(&mut stopped()).is_err_and(killed));
    assert!(KPaths::new(from.clone(), to.clone(), 1, 9).next(&mut stopped()).is_err_and(killed));
    assert!(KShortestPaths::new(from, to, by_weight()).next(&mut stopped()).is_err_and(killed));
}

/// A long chain, made up as it is walked.
struct Chain(usize);

impl Edges for Chain {
    fn expand(&mut self, vertex: &Str, out: &mut Vec<Step>) -> Result<(), Error> {
        let at: usize = vertex.parse().unwrap();
        if at < self.0 {
            out.push(Step { edge: Value::Null, edge_id: format!("e{at}").into(), to: (at + 1).to_string().into() });
        }
        Ok(())
    }

    fn expand_back(&mut self, vertex: &Str, out: &mut Vec<Step>) -> Result<(), Error> {
        let at: usize = vertex.parse().unwrap();
        if at > 0 {
            out.push(Step {
                edge: Value::Null,
                edge_id: format!("e{}", at - 1).into(),
                to: (at - 1).to_string().into(),
            });
        }
        Ok(())
    }

    fn vertex(&mut self, _: &Str) -> Result<Value, Error> {
        Ok(Value::Null)
    }
}

#[test]
fn a_path_of_a_hundred_thousand_edges_neither_overflows_the_stack_nor_takes_long() {
    const LENGTH: usize = 100_000;
    let mut graph = Chain(LENGTH);
    let mut walk = Walk::new("0".into(), Options { unique_vertices: UniqueVertices::Path, ..options(LENGTH, LENGTH) });
    let path = walk.next(&mut graph, &mut Free).unwrap().unwrap().path;
    assert_eq!(path.depth(), LENGTH);
    drop((walk, path));
    let (from, to): (Str, Str) = ("0".into(), LENGTH.to_string().into());
    assert_eq!(shortest_path(&mut graph, &from, &to).unwrap().map(|path| path.depth()), Some(LENGTH));
    let lightest = lightest_path(&mut graph, &from, &to, &Weights::uniform()).unwrap();
    assert_eq!(lightest.map(|path| path.depth()), Some(LENGTH));
    let all = AllShortestPaths::new(from, to).next(&mut graph).unwrap();
    assert_eq!(all.map(|path| path.depth()), Some(LENGTH));
}

#[test]
fn the_shortest_path_need_not_be_the_lightest() {
    let mut graph = Toy::new("A>D=9 A>B B>C C>D D>A");
    let (from, to): (Str, Str) = ("A".into(), "D".into());
    let shortest = shortest_path(&mut graph, &from, &to).unwrap().unwrap();
    assert_eq!((shown(std::slice::from_ref(&shortest)), shortest.depth()), ("AD".to_owned(), 1));
    let lightest = lightest_path(&mut graph, &from, &to, &by_weight()).unwrap().unwrap();
    assert_eq!(shown(&[lightest]), "ABCD");
    assert_eq!(shown(&[shortest_path(&mut graph, &from, &from).unwrap().unwrap()]), "A");
    assert!(shortest_path(&mut graph, &from, &"X".into()).unwrap().is_none());
    assert!(lightest_path(&mut graph, &from, &"X".into(), &by_weight()).unwrap().is_none());
}

#[test]
fn all_shortest_paths_come_in_the_order_of_edges() {
    let mut graph = Toy::new("A>B A>C B>D C>D A>E E>F F>D C>D").any();
    let mut search = AllShortestPaths::new("A".into(), "D".into());
    assert_eq!(shown(&all_of(|| search.next(&mut graph))), "ABD ACD ACD");
    let mut same = AllShortestPaths::new("A".into(), "A".into());
    assert_eq!(shown(&all_of(|| same.next(&mut graph))), "A");
    let mut none = AllShortestPaths::new("A".into(), "X".into());
    assert_eq!(shown(&all_of(|| none.next(&mut graph))), "");
}

#[test]
fn all_paths_of_a_length_come_through_no_vertex_twice() {
    let mut graph = Toy::new("A>B B>C C>D A>C B>B C>A D>C");
    let mut paths = |min, max| {
        let mut search = KPaths::new("A".into(), "D".into(), min, max);
        shown(&all_of(|| search.next(&mut graph)))
    };
    assert_eq!(paths(1, 9), "ABCD ACD");
    assert_eq!(paths(3, 3), "ABCD");
    assert_eq!(paths(1, 1), "");
    let mut same = KPaths::new("A".into(), "A".into(), 0, 5);
    assert_eq!(shown(&all_of(|| same.next(&mut graph))), "A");
}

#[test]
fn more_and_more_costly_paths_follow_the_lightest() {
    let mut graph = Toy::new("C>D=3 C>E=2 D>F=4 E>D=1 E>F=2 E>G=3 F>G=2 F>H=1 G>H=2");
    let mut search = KShortestPaths::new("C".into(), "H".into(), by_weight());
    let paths = all_of(|| search.next(&mut graph));
    assert_eq!(shown(&paths[..2]), "CEFH CEGH");
    let value = paths[0].to_weighted_value(&mut graph).unwrap();
    assert_eq!(json::to_string(value.get("weight")), "5");
    assert_eq!(paths.len(), 7);
    let mut same = KShortestPaths::new("C".into(), "C".into(), by_weight());
    assert_eq!(shown(&all_of(|| same.next(&mut graph))), "C");
}

fn toy() -> impl Strategy<Value = Toy> {
    let edge = (0..5_u8, 0..5_u8, 0..4_u8)
        .prop_map(|(from, to, weight)| (from.to_string(), to.to_string(), f64::from(weight)));
    (proptest::collection::vec(edge, 0..9), proptest::bool::ANY).prop_map(|(edges, any)| Toy {
        edges,
        any,
        ticks_left: None,
    })
}

proptest! {
    #[test]
    fn traversals_find_what_brute_force_finds(graph in toy(), min in 0..3_usize, more in 0..3_usize, vertices in 0..2_u8, edges in 0..2_u8) {
        let max = min + more;
        let unique_vertices = if vertices == 0 { UniqueVertices::None } else { UniqueVertices::Path };
        let unique_edges = if edges == 0 { UniqueEdges::None } else { UniqueEdges::Path };
        let expected: Vec<_> = graph
            .all("0", max, unique_vertices, unique_edges)
            .into_iter()
            .filter(|found| found.edges.len() >= min)
            .collect();
        for order in [Order::Dfs, Order::Bfs, Order::Weighted] {
            let options = Options { order, unique_vertices, unique_edges, ..options(min, max) };
            let paths = walk(&graph, "0", options, &mut Free);
            let mut found: Vec<_> = paths.iter().map(Found::from).collect();
            let mut expected = expected.clone();
            if order == Order::Weighted {
                prop_assert!(found.is_sorted_by(|left, right| left.weight <= right.weight));
            } else {
                for found in expected.iter_mut().chain(&mut found) {
                    found.weight = 0.0;
                }
            }
            if order == Order::Bfs {
                prop_assert!(found.is_sorted_by(|left, right| left.edges.len() <= right.edges.len()));
            }
            prop_assert_eq!(sorted(found), sorted(expected));
        }
    }

    #[test]
    fn global_uniqueness_visits_what_is_reachable_by_the_best_path(graph in toy()) {
        let all = graph.all("0", 5, UniqueVertices::Path, UniqueEdges::Path);
        for order in [Order::Bfs, Order::Weighted] {
            let options = Options { order, unique_vertices: UniqueVertices::Global, ..options(0, 9) };
            let mut found: Vec<_> = walk(&graph, "0", options, &mut Free).iter().map(Found::from).collect();
            found.sort_by(|left, right| left.vertices.last().cmp(&right.vertices.last()));
            let cost = |found: &Found| if order == Order::Bfs { found.edges.iter().map(|_| 1.0).sum() } else { found.weight };
            let mut ends: Vec<_> = all.iter().map(|found| found.vertices.last().unwrap().clone()).collect();
            ends.sort();
            ends.dedup();
            prop_assert_eq!(found.len(), ends.len());
            for (found, end) in found.iter().zip(ends) {
                let best = all.iter().filter(|other| other.vertices.last() == Some(&end)).map(cost).reduce(f64::min);
                prop_assert_eq!(Some(cost(found)), best);
            }
        }
    }

    #[test]
    fn path_searches_find_what_brute_force_finds(graph in toy(), to in 1..5_u8, min in 0..3_usize, more in 0..4_usize) {
        let mut graph = graph;
        let (from, to): (Str, Str) = ("0".into(), to.to_string().into());
        let simple = graph.simple_paths(&from, &to);
        let shortest = simple.iter().map(|found| found.edges.len()).min();
        prop_assert_eq!(shortest_path(&mut graph, &from, &to).unwrap().map(|path| path.depth()), shortest);
        let lightest = simple.iter().map(|found| found.weight).reduce(f64::min);
        let found = lightest_path(&mut graph, &from, &to, &by_weight()).unwrap();
        prop_assert_eq!(found.map(|path| path.weight()), lightest);

        let unweighted = |found: &Found| Found { weight: 0.0, ..found.clone() };
        let collect = |paths: Vec<Path>| sorted(paths.iter().map(|path| unweighted(&path.into())).collect());
        let mut search = AllShortestPaths::new(from.clone(), to.clone());
        let expected = simple.iter().filter(|found| Some(found.edges.len()) == shortest).map(unweighted).collect();
        prop_assert_eq!(collect(all_of(|| search.next(&mut graph))), sorted(expected));

        let range = min..=min + more;
        let mut search = KPaths::new(from.clone(), to.clone(), min, min + more);
        let expected = simple.iter().filter(|found| range.contains(&found.edges.len())).map(unweighted).collect();
        prop_assert_eq!(collect(all_of(|| search.next(&mut graph))), sorted(expected));

        let mut search = KShortestPaths::new(from, to, by_weight());
        let found: Vec<Found> = all_of(|| search.next(&mut graph)).iter().map(Found::from).collect();
        prop_assert!(found.is_sorted_by(|left, right| left.weight <= right.weight));
        prop_assert_eq!(sorted(found), sorted(simple));
    }
}
