//! The index rules of Consul's key/value store, as measured on 1.8.7, and the store under random commands.

use std::sync::Arc;

use proconsul_base::index::Index;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{Store, Writer, create};
use crate::command::kv::{KvCommand, Put};
use crate::command::tombstone::Reap;
use crate::command::{Command, CommandError};
use crate::outcome::Outcome;
use crate::snapshot;
use crate::watch::Topic;

struct World {
    writer: Writer,
    store: Arc<Store>,
    index: Index,
}

impl World {
    fn new() -> Self {
        let (writer, store) = create();
        Self { writer, store, index: Index(9) }
    }

    fn run(&mut self, command: Command<'_>) -> bool {
        self.index = self.index.next();
        let bytes = command.encode();
        let mut outcomes = Vec::new();
        self.writer.apply([(self.index, &bytes[..])], |outcome| outcomes.push(outcome)).unwrap();
        self.store.view().check().unwrap();
        outcomes == [Outcome::Done]
    }

    fn put(&mut self, key: &str, value: &str) -> bool {
        self.run(Command::Kv(KvCommand::Put(put(key, value))))
    }

    fn cas(&mut self, key: &str, value: &str, at: u64) -> bool {
        self.run(Command::Kv(KvCommand::PutCas(put(key, value), Index(at))))
    }

    fn delete(&mut self, key: &str) -> bool {
        self.run(Command::Kv(KvCommand::Delete(key)))
    }

    fn delete_cas(&mut self, key: &str, at: u64) -> bool {
        self.run(Command::Kv(KvCommand::DeleteCas(key, Index(at))))
    }

    fn delete_tree(&mut self, prefix: &str) -> bool {
        self.run(Command::Kv(KvCommand::DeleteTree(prefix)))
    }

    fn key_index(&self, key: &str) -> u64 {
        self.store.kv_get(key).1.0
    }

    fn list_index(&self, prefix: &str) -> u64 {
        self.store.view().kv_prefix_index(prefix).0
    }
}

fn put<'a>(key: &'a str, value: &'a str) -> Put<'a> {
    Put { key, flags: 0, value: value.as_bytes() }
}

#[test]
fn a_key_answers_with_its_own_index_and_a_missing_one_with_the_tables() {
    let mut world = World::new();
    assert_eq!((world.key_index("a"), world.list_index("a"), world.list_index("")), (0, 0, 0));
    world.put("a", "1");
    world.put("b", "1");
    assert_eq!((world.key_index("a"), world.key_index("b"), world.key_index("c")), (10, 11, 11));
    assert_eq!((world.list_index("a"), world.list_index("c"), world.list_index("")), (10, 11, 11));
    let entry = world.store.kv_get("a").0.unwrap();
    assert_eq!((entry.create_index, entry.modify_index, &entry.value[..]), (Index(10), Index(10), &b"1"[..]));
}

#[test]
fn the_same_value_again_changes_no_index_and_wakes_nobody() {
    let mut world = World::new();
    world.put("a", "1");
    let store = world.store.clone();
    let watch = store.watch(Topic::Key("a"));
    assert!(world.put("a", "1"));
    assert!(world.cas("a", "1", 10));
    assert_eq!((world.key_index("a"), watch.has_changed()), (10, false));
    world.run(Command::Kv(KvCommand::Put(Put { flags: 7, ..put("a", "1") })));
    assert_eq!((world.key_index("a"), watch.has_changed()), (13, true));
    assert_eq!(store.kv_get("a").0.unwrap().create_index, Index(10));
}

#[test]
fn a_deletion_moves_the_index_of_the_lists_above_it_forward() {
    let mut world = World::new();
    for key in ["q/x/1", "q/x/2", "q/y", "z"] {
        world.put(key, "v");
    }
    assert_eq!((world.list_index("q/"), world.list_index("q/x/")), (12, 11));
    assert!(world.delete("q/x/1"));
    assert_eq!((world.list_index("q/"), world.list_index("q/x/"), world.list_index("q/y")), (14, 14, 12));
    assert!(world.delete_tree("q/x/"));
    assert_eq!((world.list_index("q/"), world.list_index("q/x/"), world.key_index("q/x/1")), (15, 15, 15));
    world.put("k", "v");
    assert_eq!((world.list_index("q/"), world.list_index("q/x/"), world.key_index("q/x/1")), (15, 15, 16));
}

/// Consul remembers the old deletion inside the tree, and a list there goes back to its index when the tree is deleted.
#[test]
fn a_list_inside_a_deleted_tree_never_goes_back() {
    let mut world = World::new();
    world.put("p/s/1", "v");
    world.delete("p/s/1");
    world.put("p/s/2", "v");
    assert_eq!(world.list_index("p/s/"), 12);
    world.delete_tree("p/");
    assert_eq!(world.list_index("p/s/"), 13);
}

#[test]
fn a_deletion_of_nothing_is_true_and_changes_no_index() {
    let mut world = World::new();
    world.put("a", "1");
    assert!(world.delete("b") && world.delete_tree("b") && world.delete_cas("b", 0) && world.delete_cas("b", 5));
    assert_eq!((world.key_index("b"), world.store.tombstones()), (10, (0, None)));
}

#[test]
fn a_condition_holds_only_at_the_keys_last_change() {
    let mut world = World::new();
    assert!(!world.cas("a", "1", 5), "a missing key has no index");
    assert!(world.cas("a", "1", 0), "index 0 makes a key");
    assert!(!world.cas("a", "2", 0) && !world.cas("a", "2", 10), "and does not change one");
    assert!(world.cas("a", "2", 11));
    assert!(!world.delete_cas("a", 0) && !world.delete_cas("a", 11));
    assert_eq!(world.key_index("a"), 14);
    assert!(world.delete_cas("a", 14));
    assert!(world.store.kv_get("a").0.is_none());
}

#[test]
fn reaping_forgets_old_deletions_only() {
    let mut world = World::new();
    for key in ["a", "b", "c"] {
        world.put(key, "v");
    }
    world.delete("a");
    world.delete("b");
    assert_eq!(world.store.tombstones(), (2, Some(Index(13))));
    world.run(Command::Reap(Reap { through: Index(13) }));
    assert_eq!(world.store.tombstones(), (1, Some(Index(14))));
    world.put("b", "again");
    assert_eq!(world.store.tombstones(), (0, None), "a key that is back needs no tombstone");
    assert_eq!(world.list_index("x"), 16);
}

#[test]
fn keys_are_cut_after_the_separator_past_the_prefix() {
    let mut world = World::new();
    for key in ["q/x/1", "q/x/2", "q/y", "qz"] {
        world.put(key, "v");
    }
    let keys = |prefix, separator| world.store.view().kv_keys(prefix, separator).join(" ");
    assert_eq!(keys("", ""), "q/x/1 q/x/2 q/y qz");
    assert_eq!(keys("", "/"), "q/ qz");
    assert_eq!(keys("q/", "/"), "q/x/ q/y");
    assert_eq!(keys("q/x", "/"), "q/x/");
    assert_eq!(keys("nothing", "/"), "");
}

#[test]
fn a_read_of_a_missing_key_is_woken_only_by_that_key() {
    let mut world = World::new();
    let store = world.store.clone();
    let watch = store.watch(Topic::Key("a"));
    world.put("b", "1");
    assert!(!watch.has_changed());
    world.put("a", "1");
    assert!(watch.has_changed());
}

#[test]
fn a_command_nobody_knows_stops_the_store_unless_it_may_be_skipped() {
    let (mut writer, store) = create();
    let mut outcomes = Vec::new();
    let good = Command::Kv(KvCommand::Put(put("a", "1"))).encode();
    let commands = [(1, &good[..]), (2, b"\x77\x80\x01"), (3, b"\x77\x00\x01"), (4, &good[..])];
    let result = writer.apply(commands.map(|(index, bytes)| (Index(index), bytes)), |outcome| outcomes.push(outcome));
    assert_eq!(result, Err(CommandError::Unknown { index: Index(3), kind: 0x77, version: 1 }));
    assert_eq!((outcomes, store.applied()), (vec![Outcome::Done, Outcome::Skipped], Index(2)));
}

#[derive(Clone, Debug)]
enum Step {
    Put(String, u8, u64),
    PutCas(String, u8, usize),
    Delete(String),
    DeleteCas(String, usize),
    DeleteTree(String),
    Reap(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let key = || "[ab]/?[ab]?/?[ab]?";
    prop_oneof![
        4 => (key(), 0..3_u8, 0..2_u64).prop_map(|(key, value, flags)| Step::Put(key, value, flags)),
        2 => (key(), 0..3_u8, 0..40_usize).prop_map(|(key, value, at)| Step::PutCas(key, value, at)),
        2 => key().prop_map(Step::Delete),
        1 => (key(), 0..40_usize).prop_map(|(key, at)| Step::DeleteCas(key, at)),
        1 => "([ab]/?)?".prop_map(Step::DeleteTree),
        1 => (0..40_usize).prop_map(Step::Reap),
    ]
}

fn encoded(step: &Step) -> Vec<u8> {
    let at = |place: &usize| Index(*place as u64);
    let (value, command);
    command = match step {
        Step::Put(key, byte, flags) => {
            value = [*byte];
            Command::Kv(KvCommand::Put(Put { key, flags: *flags, value: &value }))
        }
        Step::PutCas(key, byte, place) => {
            value = [*byte];
            Command::Kv(KvCommand::PutCas(Put { key, flags: 0, value: &value }, at(place)))
        }
        Step::Delete(key) => Command::Kv(KvCommand::Delete(key)),
        Step::DeleteCas(key, place) => Command::Kv(KvCommand::DeleteCas(key, at(place))),
        Step::DeleteTree(prefix) => Command::Kv(KvCommand::DeleteTree(prefix)),
        Step::Reap(place) => Command::Reap(Reap { through: at(place) }),
    };
    command.encode().to_vec()
}

fn written(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.view().write_to(&mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// However the log is cut into batches, and wherever a snapshot is taken and restored on the way, the state is the same
    /// to the byte; and until tombstones are reaped, no list goes back.
    #[test]
    fn the_same_commands_give_the_same_bytes(steps in vec(step(), 1..40), cut in 0..40_usize) {
        let log: Vec<(Index, Vec<u8>)> =
            steps.iter().enumerate().map(|(place, step)| (Index(place as u64 + 1), encoded(step))).collect();
        let (mut at_once, first) = create();
        at_once.apply(log.iter().map(|(index, bytes)| (*index, &bytes[..])), drop).unwrap();

        let (mut one_by_one, mut second) = create();
        let mut before = [Index::ZERO; 3];
        for (place, (index, bytes)) in log.iter().enumerate() {
            if place == cut {
                let restored = snapshot::read(&mut &written(&second)[..]).unwrap();
                (one_by_one, second) = create();
                one_by_one.replace(restored);
            }
            one_by_one.apply([(*index, &bytes[..])], drop).unwrap();
            let view = second.view();
            prop_assert_eq!(view.check(), Ok(()));
            let now = ["", "a/", "b"].map(|prefix| view.kv_prefix_index(prefix));
            let reaped = matches!(steps[place], Step::Reap(_));
            prop_assert!(reaped || before.iter().zip(&now).all(|(before, now)| before <= now));
            before = now;
        }
        prop_assert_eq!(written(&first), written(&second));
        prop_assert_eq!(first.applied(), Index(log.len() as u64));
    }
}
