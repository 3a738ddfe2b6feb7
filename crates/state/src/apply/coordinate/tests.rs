//! Coordinates under random updates: same bytes on every replica, snapshots that change nothing.

use proconsul_base::index::Index;
use proconsul_types::agent::Coordinate;
use proconsul_types::coordinate::NodeCoordinate;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::command::Command;
use crate::command::coordinate::CoordinateUpdate;
use crate::snapshot;
use crate::store::create;
use crate::watch::{Table, Topic};

fn update(node: &str, segment: &str, seconds: u8) -> Vec<u8> {
    let coord = Coordinate { vec: vec![f64::from(seconds); 8], error: 0.5, adjustment: 0.0, height: 0.1 };
    let place = NodeCoordinate { node: node.to_owned(), segment: segment.to_owned(), coord };
    Command::Coordinates(CoordinateUpdate { places: vec![place] }).encode().to_vec()
}

#[test]
fn only_a_new_place_moves_the_index_and_wakes() {
    let (mut writer, store) = create();
    let mut at = |index, bytes: &[u8]| writer.apply([(Index(index), bytes)], drop).unwrap();
    at(5, &update("n1", "", 1));
    let watch = store.watch(Topic::Table(Table::Coordinates));
    at(6, &update("n1", "", 1));
    assert_eq!((store.view().coordinates_index(), watch.has_changed()), (Index(5), false));
    at(7, &update("N1", "", 2));
    assert_eq!((store.view().coordinates_index(), watch.has_changed()), (Index(7), true));
    assert_eq!(store.view().coordinates_of("n1").count(), 1, "names have no case");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_same_updates_give_the_same_bytes(
        steps in vec(("[ab]", "[xy]?", 0..3_u8), 1..30),
        cut in 0..30_usize,
    ) {
        let log: Vec<Vec<u8>> = steps.iter().map(|(node, segment, at)| update(node, segment, *at)).collect();
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
