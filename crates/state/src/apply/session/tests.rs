//! What sessions, locks and lock-delays do to each other, as measured on Consul 1.8.7.

use std::time::Duration;

use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_types::session::{Behavior, Session};

use crate::apply::fixture::{World, id, session};
use crate::command::Command;
use crate::command::kv::KvCommand;
use crate::command::session::{LockDelayOver, SessionCommand};
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::watch::{Table, Topic};

/// As [`World::brief`] gives it.
type Brief = Option<(u64, String, Option<SessionId>, u64)>;

fn held(count: u64, value: &str, number: u8, changed: u64) -> Brief {
    Some((count, value.to_owned(), Some(id(number)), changed))
}

fn free(count: u64, value: &str, changed: u64) -> Brief {
    Some((count, value.to_owned(), None, changed))
}

#[test]
fn a_session_needs_its_node_and_checks_that_are_not_critical() {
    let mut world = World::with_node();
    world.register("n", "ill", "critical");
    let on = |node: &str| Session { node: node.into(), ..session(1) };
    let bound = |check: &str| Session { node_checks: Some([check.into()].into()), ..session(1) };
    assert_eq!(world.create(on("x")), Err(Failure::MissingNode));
    assert_eq!(world.create(bound("x")), Err(Failure::MissingCheck("x".to_owned())));
    assert_eq!(world.create(bound("ILL")), Err(Failure::CriticalCheck("ILL".to_owned())));
    assert_eq!(world.store.view().sessions_index(), Index::ZERO);
    assert_eq!(world.create(Session { node_checks: Some(["C".into()].into()), ..on("N") }), Ok(()));
    assert_eq!(world.store.view().sessions_of_node("n").count(), 1);
    let taken = Command::Session(SessionCommand::Create(session(1).into()));
    assert_eq!(world.run(taken), Outcome::Refused, "an id belongs to one session");
}

#[test]
fn a_lock_has_one_holder_and_is_counted_when_it_changes_hands() {
    let mut world = World::with_node();
    world.create(session(1)).unwrap();
    world.create(session(2)).unwrap();
    assert_eq!(world.lock("k", "a", 9), Outcome::Failed(Failure::InvalidSession(id(9).to_string())));
    assert_eq!(world.lock("k", "a", 1), Outcome::Done);
    assert_eq!(world.brief("k"), held(1, "a", 1, 14));
    assert_eq!(world.lock("k", "b", 2), Outcome::Refused);
    assert_eq!(world.lock("k", "a", 1), Outcome::Done);
    assert_eq!(world.brief("k"), held(1, "a", 1, 14), "the same again changes nothing");
    assert_eq!(world.lock("k", "c", 1), Outcome::Done);
    assert_eq!(world.brief("k"), held(1, "c", 1, 17));
    assert_eq!(world.unlock("k", "d", 2), Outcome::Refused);
    assert_eq!(world.unlock("other", "d", 1), Outcome::Refused);
    assert_eq!(world.unlock("k", "d", 1), Outcome::Done);
    assert_eq!(world.brief("k"), free(1, "d", 20));
    assert_eq!(world.unlock("k", "d", 1), Outcome::Refused);
    assert_eq!(world.lock("k", "d", 2), Outcome::Done);
    assert_eq!(world.brief("k"), held(2, "d", 2, 22));
}

/// Consul up to 1.8 forgets the count, so that it is no fence against writers who do not lock.
#[test]
fn a_plain_write_leaves_the_lock_with_its_holder_and_resets_its_count() {
    let mut world = World::with_node();
    world.create(session(1)).unwrap();
    world.lock("k", "a", 1);
    world.put("k", "a");
    assert_eq!(world.brief("k"), held(0, "a", 1, 13));
    world.put("k", "a");
    assert_eq!(world.brief("k"), held(0, "a", 1, 13));
    world.unlock("k", "b", 1);
    assert_eq!(world.brief("k"), free(0, "b", 15));
}

#[test]
fn a_session_that_ends_frees_its_keys_or_takes_them_along() {
    let mut world = World::with_node();
    world.create(session(1)).unwrap();
    world.create(Session { behavior: Behavior::Delete, ..session(2) }).unwrap();
    world.lock("d/1", "a", 1);
    world.lock("d/2", "a", 2);
    world.lock("d/3", "a", 1);
    world.unlock("d/3", "a", 1);
    world.destroy(1);
    assert_eq!(world.brief("d/1"), free(1, "a", 17));
    assert_eq!(world.brief("d/3"), free(1, "a", 16));
    world.destroy(2);
    assert_eq!((world.entry("d/2"), world.store.view().kv_prefix_index("d/")), (None, Index(18)));
    world.destroy(2);
    assert_eq!(world.store.view().sessions_index(), Index(18), "what is gone is not destroyed again");
}

#[test]
fn a_session_ends_with_its_node_its_check_and_when_the_check_turns_critical() {
    for ends in 0..3 {
        let mut world = World::with_node();
        world.create(session(1)).unwrap();
        world.create(Session { node_checks: None, ..session(2) }).unwrap();
        world.lock("k", "a", 1);
        world.register("n", "c", "warning");
        assert!(world.brief("k").unwrap().2.is_some());
        match ends {
            0 => world.register("n", "c", "critical"),
            1 => world.deregister("n", Some("c")),
            _ => world.deregister("n", None),
        }
        assert_eq!(world.brief("k"), free(1, "a", 15));
        assert_eq!(world.store.session(id(1)), (None, Index(15)));
        assert_eq!(world.store.session(id(2)).0.is_some(), ends < 2, "the other is bound to the node alone");
    }
}

#[test]
fn a_key_whose_session_ended_waits_until_its_delay_is_over() {
    let mut world = World::with_node();
    for (number, lock_delay) in [(1, 15_000_000_000), (2, 0), (3, -5), (4, i64::MAX), (5, 0)] {
        world.create(Session { lock_delay, ..session(number) }).unwrap();
    }
    for number in 1..5 {
        world.lock(&format!("k{number}"), "a", number);
        world.destroy(number);
    }
    let since = |index, secs| LockDelayOver { since: Index(index), delay: Duration::from_secs(secs) };
    assert_eq!(world.store.lock_delays(), [since(17, 15), since(23, 60)]);
    let locked = |world: &mut World| [1, 2, 3, 4].map(|number| world.lock(&format!("k{number}"), "b", 5));
    let (yes, no) = (Outcome::Done, Outcome::Refused);
    assert_eq!(locked(&mut world), [no.clone(), yes.clone(), yes.clone(), no.clone()]);
    world.put("k1", "anyone may write");
    world.run(Command::Kv(KvCommand::Delete("k1")));
    assert_eq!(world.lock("k1", "b", 5), no, "the delay is the key's, whether it is there or not");
    for unknown in [since(17, 60), since(18, 15)] {
        world.run(Command::Session(SessionCommand::LockDelayOver(unknown)));
    }
    assert_eq!(world.store.lock_delays().len(), 2);
    world.run(Command::Session(SessionCommand::LockDelayOver(since(17, 15))));
    assert_eq!(world.store.lock_delays(), [since(23, 60)]);
    assert_eq!(locked(&mut world), [yes.clone(), yes.clone(), yes, no]);
}

#[test]
fn the_end_of_a_session_wakes_who_waits_for_it_and_for_its_keys() {
    let mut world = World::with_node();
    world.create(session(1)).unwrap();
    world.create(Session { node_checks: None, ..session(2) }).unwrap();
    world.lock("k", "a", 1);
    let store = world.store.clone();
    let (one, two) = (id(1).to_string(), id(2).to_string());
    let row = |name| Topic::Row(Table::Sessions, name);
    let topics = [Topic::Table(Table::Sessions), row(&one), row("n"), Topic::Key("k"), row(&two), Topic::Key("l")];
    let watches = topics.map(|topic| store.watch(topic));
    world.register("n", "c", "critical");
    assert_eq!(watches.map(|watch| watch.has_changed()), [true, true, true, true, false, false]);
}
