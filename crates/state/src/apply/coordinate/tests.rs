//! Coordinates under random updates: same bytes on every replica, snapshots that change nothing.

use proconsul_base::index::Index;
use proconsul_types::agent::Coordinate;
use proconsul_types::coordinate::NodeCoordinate;
use proconsul_types::node::Node;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::command::Command;
use crate::command::catalog::{CatalogCommand, Register};
use crate::command::coordinate::CoordinateUpdate;
use crate::snapshot;
use crate::store::create;
use crate::watch::{Table, Topic};

/// A command that puts a node into the catalog.
fn register(name: &str) -> Vec<u8> {
    let node = Node {
        id: None,
        name: name.into(),
        address: "10.0.0.1".into(),
        datacenter: "dc1".into(),
        tagged_addresses: None,
        meta: None,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    };
    let register = Register { node, service: None, checks: Vec::new(), skip_node_update: false };
    Command::Catalog(CatalogCommand::Register(Box::new(register))).encode().to_vec()
}

fn deregister(node: &str) -> Vec<u8> {
    Command::Catalog(CatalogCommand::DeregisterNode { node }).encode().to_vec()
}

fn update(node: &str, segment: &str, seconds: u8) -> Vec<u8> {
    let coord = Coordinate { vec: vec![f64::from(seconds); 8], error: 0.5, adjustment: 0.0, height: 0.1 };
    let place = NodeCoordinate { node: node.to_owned(), segment: segment.to_owned(), coord };
    Command::Coordinates(CoordinateUpdate { places: vec![place] }).encode().to_vec()
}

#[test]
fn only_a_new_place_moves_the_index_and_wakes() {
    let (mut writer, store) = create();
    let mut at = |index, bytes: &[u8]| writer.apply([(Index(index), bytes)], drop).unwrap();
    at(3, &update("n1", "", 1));
    assert_eq!(store.view().coordinates_index(), Index::ZERO, "the catalog has no such node");
    at(4, &register("n1"));
    at(5, &update("n1", "", 1));
    let watch = store.watch(Topic::Table(Table::Coordinates));
    at(6, &update("n1", "", 1));
    assert_eq!((store.view().coordinates_index(), watch.has_changed()), (Index(5), false));
    at(7, &update("N1", "", 2));
    assert_eq!((store.view().coordinates_index(), watch.has_changed()), (Index(7), true));
    assert_eq!(store.view().coordinates_of("n1").count(), 1, "names have no case");
    at(8, &deregister("n1"));
    assert_eq!((store.view().coordinates_index(), store.view().coordinates_of("n1").count()), (Index(8), 0));
}

fn command((node, segment, step): &(String, String, u8)) -> Vec<u8> {
    match step {
        4 => register(node),
        5 => deregister(node),
        seconds => update(node, segment, *seconds),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_same_updates_give_the_same_bytes(
        steps in vec(("[ab]", "[xy]?", 0..6_u8), 1..30),
        cut in 0..30_usize,
    ) {
        let log: Vec<Vec<u8>> = steps.iter().map(command).collect();
        let indexed = || log.iter().enumerate().map(|(place, bytes)| (Index(place as u64 + 1), &bytes[..]));
        let (mut at_once, first) = create();
        at_once.apply(indexed(), drop).unwrap();
        let (mut one_by_one, mut second) = create();
        for (place, command) in indexed().enumerate() {
            if place == cut {
                let mut bytes = Vec::new();
                second.view().write_to(&mut bytes).unwrap();
                let restored = snapshot::read(&mut &bytes[..]).unwrap();
                prop_assert_eq!(&restored, &second.view());
                (one_by_one, second) = create();
                one_by_one.replace(restored);
            }
            one_by_one.apply([command], drop).unwrap();
            prop_assert_eq!(second.view().check(), Ok(()));
        }
        prop_assert_eq!(first.view(), second.view());
    }
}
