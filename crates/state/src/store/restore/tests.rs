//! Restores, step by step and under random interruptions.

use std::sync::Arc;

use proconsul_base::id::RestoreId;
use proconsul_base::index::Index;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::command::Command;
use crate::command::kv::{KvCommand, Put};
use crate::command::restore::{Finish, RestoreCommand};
use crate::outcome::Outcome;
use crate::restore::Restore;
use crate::snapshot;
use crate::store::{Store, Writer, create};
use crate::watch::Topic;

const ONE: RestoreId = RestoreId::from_bytes([1; 16]);
const OTHER: RestoreId = RestoreId::from_bytes([2; 16]);

struct World {
    writer: Writer,
    store: Arc<Store>,
    log: Index,
}

impl World {
    fn new() -> Self {
        let (writer, store) = create();
        Self { writer, store, log: Index(9) }
    }

    fn run(&mut self, command: Command<'_>) -> Outcome {
        self.log = self.log.next();
        let mut outcome = Outcome::Skipped;
        self.writer.apply([(self.log, &command.encode()[..])], |told| outcome = told).unwrap();
        self.store.view().check().unwrap();
        outcome
    }

    fn put(&mut self, key: &str) -> Index {
        let put = Put { key, flags: 0, value: b"v" };
        assert_eq!(self.run(Command::Kv(KvCommand::Put(put))), Outcome::Done);
        self.store.kv_get(key).1
    }

    fn step(&mut self, step: RestoreCommand<'_>) -> Outcome {
        self.run(Command::Restore(step))
    }

    fn has(&self, key: &str) -> bool {
        self.store.kv_get(key).0.is_some()
    }
}

/// A state with this key, written at this index.
fn state(key: &str, at: Index) -> Vec<u8> {
    let (mut writer, store) = create();
    let put = Command::Kv(KvCommand::Put(Put { key, flags: 0, value: b"v" })).encode();
    writer.apply([(at, &put[..])], drop).unwrap();
    written(&store)
}

fn written(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.view().write_to(&mut bytes).unwrap();
    bytes
}

fn part(id: RestoreId, offset: usize, bytes: &[u8]) -> RestoreCommand<'_> {
    RestoreCommand::Part { id, offset: offset as u64, bytes }
}

fn finish(id: RestoreId, state: &[u8]) -> RestoreCommand<'static> {
    RestoreCommand::Finish(Finish { id, length: state.len() as u64, checksum: crc32c::crc32c(state) })
}

#[test]
fn a_restore_shows_nothing_before_its_end_and_all_of_it_then() {
    let mut world = World::new();
    world.put("before");
    let state = state("after", Index(5));
    let (head, tail) = state.split_at(20);
    assert_eq!(world.step(part(ONE, 0, head)), Outcome::Done);
    assert_eq!(world.step(part(ONE, 20, tail)), Outcome::Done);
    assert_eq!(world.store.incoming(), Some((ONE, state.len() as u64)));
    assert!(world.has("before") && !world.has("after"));

    let store = world.store.clone();
    let watch = store.watch(Topic::Key("before"));
    assert_eq!(world.step(finish(ONE, &state)), Outcome::Done);
    assert!(world.has("after") && !world.has("before") && watch.has_changed());
    assert_eq!((world.store.kv_get("after").1, world.store.applied()), (Index(5), world.log));
    assert_eq!((world.store.incoming(), world.store.replacements()), (None, 1));
}

#[test]
fn a_state_that_has_seen_more_takes_its_indexes_along() {
    let mut world = World::new();
    let state = state("a", Index(1000));
    world.step(part(ONE, 0, &state));
    world.step(finish(ONE, &state));
    assert_eq!(world.store.applied(), Index(1001));
    assert_eq!(world.put("b"), Index(1002));
    // A server that begins from here counts the same.
    let (mut writer, store) = create();
    writer.replace(snapshot::read(&mut &written(&world.store)[..]).unwrap());
    (world.writer, world.store) = (writer, store);
    assert_eq!(world.put("c"), Index(1003));
    // One that has seen less does not take them back.
    let state = self::state("d", Index(7));
    world.step(part(OTHER, 0, &state));
    world.step(finish(OTHER, &state));
    assert_eq!((world.store.kv_get("d").1, world.store.applied()), (Index(7), Index(1005)));
    assert_eq!(world.put("e"), Index(1006));
}

#[test]
fn a_step_made_twice_is_one_step() {
    let mut world = World::new();
    let state = state("a", Index(5));
    for _ in 0..2 {
        assert_eq!(world.step(part(ONE, 0, &state[..20])), Outcome::Done);
    }
    world.step(part(ONE, 20, &state[20..]));
    assert_eq!(world.step(part(ONE, 0, &state[..20])), Outcome::Done, "a late repetition");
    assert_eq!(world.step(finish(ONE, &state)), Outcome::Done);
    world.put("later");
    assert_eq!(world.step(finish(ONE, &state)), Outcome::Done);
    assert!(world.has("later"), "what was written after the restore stays");
    assert_eq!(world.step(part(ONE, 0, &state)), Outcome::Refused, "what is done does not begin again");
}

#[test]
fn a_restore_that_is_not_whole_changes_nothing() {
    let mut world = World::new();
    world.put("before");
    let state = state("after", Index(5));
    assert_eq!(world.step(part(ONE, 20, &state[20..])), Outcome::Refused, "it begins with its beginning");
    world.step(part(ONE, 0, &state[..20]));
    assert_eq!(world.step(part(ONE, 21, &state[21..])), Outcome::Refused, "there is a byte between");
    assert_eq!(world.step(finish(ONE, &state)), Outcome::Refused);
    world.step(part(ONE, 20, &state[20..]));
    let wrong = Finish { id: ONE, length: state.len() as u64, checksum: 7 };
    assert_eq!(world.step(RestoreCommand::Finish(wrong)), Outcome::Refused);
    assert_eq!(world.step(finish(OTHER, &state)), Outcome::Refused);
    assert_eq!(world.step(RestoreCommand::Abandon(OTHER)), Outcome::Done);
    assert!(world.store.incoming().is_some(), "another one is given up");
    world.step(RestoreCommand::Abandon(ONE));
    assert_eq!(world.step(finish(ONE, &state)), Outcome::Refused);
    assert!(world.has("before") && world.store.incoming().is_none() && world.store.replacements() == 0);
}

#[test]
fn a_state_of_many_parts_is_put_together_again() {
    let mut world = World::new();
    let (mut writer, store) = create();
    let value = vec![b'v'; 512 * 1024];
    for place in 0..5 {
        let put = Put { key: &format!("{place}"), flags: 0, value: &value };
        writer.apply([(Index(place + 1), &Command::Kv(KvCommand::Put(put)).encode()[..])], drop).unwrap();
    }
    let restore = Restore::new(ONE, &store.view()).unwrap();
    assert_eq!(restore.steps().count(), 4, "three parts and the end");
    assert!(restore.steps().all(|step| world.step(step) == Outcome::Done));
    assert!((0..5).all(|place| world.has(&format!("{place}"))));
}

#[test]
fn of_two_restores_the_one_that_began_later_goes_on() {
    let mut world = World::new();
    let (first, second) = (state("first", Index(5)), state("second", Index(5)));
    world.step(part(ONE, 0, &first[..20]));
    world.step(part(OTHER, 0, &second));
    assert_eq!(world.step(part(ONE, 20, &first[20..])), Outcome::Refused);
    assert_eq!(world.step(finish(OTHER, &second)), Outcome::Done);
    assert!(world.has("second"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Servers that follow the whole log, and those that begin anew from a snapshot anywhere in it, even in the middle of a
    /// restore, have the same bytes at its end; and no step of an index is one back.
    #[test]
    fn restores_leave_the_same_state_on_every_server(
        steps in vec((0..6_u8, 1..3_u8, 0..4_usize), 1..40),
        at in 1..2000_u64,
        cut in 0..40_usize,
    ) {
        let state = state("restored", Index(at));
        let parts: Vec<(usize, &[u8])> = state.chunks(40).enumerate().map(|(place, part)| (place * 40, part)).collect();
        let (mut whole, mut anew) = (World::new(), World::new());
        for (place, (kind, id, nth)) in steps.into_iter().enumerate() {
            let id = RestoreId::from_bytes([id; 16]);
            let (offset, bytes) = parts[nth % parts.len()];
            let key = format!("{nth}");
            let command = match kind {
                0 => Command::Kv(KvCommand::Put(Put { key: &key, flags: place as u64, value: b"" })),
                1 => Command::Restore(finish(id, &state)),
                2 => Command::Restore(RestoreCommand::Abandon(id)),
                3 => Command::Restore(part(id, 0, &state)),
                _ => Command::Restore(part(id, offset, bytes)),
            };
            if place == cut {
                let view = snapshot::read(&mut &written(&anew.store)[..]).unwrap();
                (anew.writer, anew.store) = create();
                anew.writer.replace(view);
            }
            let before = whole.store.applied();
            prop_assert_eq!(whole.run(command.clone()), anew.run(command));
            prop_assert!(whole.store.applied() > before);
        }
        prop_assert_eq!(written(&whole.store), written(&anew.store));
    }
}
