//! Who is near whom, in small worlds.

use proconsul_base::index::Index;
use proconsul_types::agent::Coordinate;
use proconsul_types::coordinate::NodeCoordinate;
use proptest::prelude::*;

use super::seconds_between;
use crate::store::View;
use crate::table::Tables;

fn at(node: &str, segment: &str, seconds: f64) -> NodeCoordinate {
    let coord = Coordinate { vec: vec![seconds, 0.0], error: 0.1, adjustment: 0.0, height: 0.001 };
    NodeCoordinate { node: node.to_owned(), segment: segment.to_owned(), coord }
}

fn view(places: &[NodeCoordinate]) -> View {
    let mut tables = Tables::default();
    places.iter().for_each(|place| assert!(tables.coordinates.put(Index(1), place)));
    View { tables }
}

fn sorted(view: &View, from: &str, items: &str) -> String {
    let mut items: Vec<&str> = items.split(' ').collect();
    view.sort_by_distance(from, &mut items, |item| item.trim_end_matches('\''));
    items.join(" ")
}

#[test]
fn the_nearest_come_first_and_the_unknown_last_in_the_order_they_had() {
    let view = view(&[at("a", "", 0.0), at("b", "", 0.010), at("C", "", 0.005)]);
    assert_eq!(sorted(&view, "a", "y b x c a b' x'"), "a c b b' y x x'");
    assert_eq!(sorted(&view, "A", "b c"), "c b", "names have no case");
    assert_eq!(sorted(&view, "nobody", "b c a"), "b c a", "without a place of its own nothing is moved");
}

#[test]
fn nodes_are_compared_in_the_segment_that_one_of_them_is_in_alone() {
    let server = [at("server", "", 0.0), at("server", "alpha", 0.500)];
    let clients = [at("plain", "", 0.100), at("alpha", "alpha", 0.501), at("beta", "beta", 0.0)];
    let view = view(&[&server[..], &clients[..]].concat());
    assert_eq!(sorted(&view, "server", "beta plain alpha"), "alpha plain beta");
    assert_eq!(sorted(&view, "alpha", "plain server"), "server plain");
}

#[test]
fn an_adjustment_counts_unless_it_makes_the_distance_negative() {
    let [mut near, far] = [at("near", "", 0.0).coord, at("far", "", 0.010).coord];
    near.adjustment = -0.002;
    assert!((seconds_between(&near, &far) - 0.010).abs() < 1e-12);
    near.adjustment = -1.0;
    assert!((seconds_between(&near, &far) - 0.012).abs() < 1e-12);
}

proptest! {
    #[test]
    fn sorting_loses_nothing_and_puts_every_neighbour_in_order(seconds in prop::collection::vec(0.0..1.0_f64, 1..12)) {
        let places: Vec<_> =
            seconds.iter().enumerate().map(|(place, seconds)| at(&format!("n{place}"), "", *seconds)).collect();
        let view = view(&places);
        let mut items: Vec<(usize, &str)> = places.iter().map(|place| &*place.node).enumerate().collect();
        view.sort_by_distance("n0", &mut items, |item| item.1);
        let distances: Vec<f64> = items.iter().map(|item| (seconds[item.0] - seconds[0]).abs()).collect();
        prop_assert!(distances.is_sorted(), "{distances:?}");
        items.sort_unstable();
        prop_assert!(items.iter().map(|item| item.0).eq(0..places.len()));
    }
}
