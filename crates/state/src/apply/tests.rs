//! All families under random commands: sessions and what they are bound to, locks, lock-delays, transactions.

use std::time::Duration;

use bytes::Bytes;
use proconsul_base::index::Index;
use proconsul_types::session::{Behavior, Session};
use proconsul_types::txn::{KvOp, KvVerb, Op, Verb};
use proptest::collection::vec;
use proptest::prelude::*;

use super::fixture::{check, id, node, put, session};
use crate::command::Command;
use crate::command::catalog::{CatalogCommand, Register};
use crate::command::kv::KvCommand;
use crate::command::session::{LockDelayOver, SessionCommand};
use crate::command::txn::TxnCommand;
use crate::outcome::Outcome;
use crate::snapshot;
use crate::store::{Store, create};

#[derive(Clone, Debug)]
enum Step {
    Register(&'static str, &'static str, &'static str),
    DeregisterNode(&'static str),
    DeregisterCheck(&'static str, &'static str),
    Create(u8, &'static str, &'static str, Behavior, i64),
    Destroy(u8),
    Lock(&'static str, u8),
    Unlock(&'static str, u8),
    Put(&'static str, &'static str),
    DeleteTree(&'static str),
    DelayOver(u64),
    Txn(Vec<Op>),
}

fn nodes() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["n", "N", "m"][..])
}

fn checks() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["c", "d"][..])
}

fn statuses() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["passing", "passing", "passing", "critical"][..])
}

fn keys() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["k", "k/a", "l"][..])
}

fn step() -> impl Strategy<Value = Step> {
    let behavior = prop_oneof![Just(Behavior::Release), Just(Behavior::Delete)];
    let delay = prop_oneof![Just(0), Just(15_000_000_000_i64), Just(i64::MAX)];
    prop_oneof![
        4 => (nodes(), checks(), statuses()).prop_map(|(node, check, status)| Step::Register(node, check, status)),
        1 => nodes().prop_map(Step::DeregisterNode),
        1 => (nodes(), checks()).prop_map(|(node, check)| Step::DeregisterCheck(node, check)),
        4 => (0..4_u8, nodes(), checks(), behavior, delay)
            .prop_map(|(number, node, check, behavior, delay)| Step::Create(number, node, check, behavior, delay)),
        1 => (0..4_u8).prop_map(Step::Destroy),
        6 => (keys(), 0..4_u8).prop_map(|(key, number)| Step::Lock(key, number)),
        1 => (keys(), 0..4_u8).prop_map(|(key, number)| Step::Unlock(key, number)),
        2 => (keys(), prop::sample::select(&["1", "2"][..])).prop_map(|(key, value)| Step::Put(key, value)),
        1 => prop::sample::select(&["", "k"][..]).prop_map(Step::DeleteTree),
        1 => (0..60_u64).prop_map(Step::DelayOver),
        3 => vec(op(), 0..5).prop_map(Step::Txn),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let verbs = [KvVerb::Set, KvVerb::Set, KvVerb::Delete, KvVerb::DeleteTree, KvVerb::Lock, KvVerb::Lock];
    let more = [KvVerb::Unlock, KvVerb::Cas, KvVerb::GetTree, KvVerb::CheckNotExists, KvVerb::CheckSession];
    let all: Vec<KvVerb> = verbs.into_iter().chain(more).collect();
    let catalog = prop::sample::select(&[Verb::Set, Verb::Get, Verb::Delete, Verb::Cas][..]);
    prop_oneof![
        6 => (prop::sample::select(all), keys(), 0..4_u8).prop_map(|(verb, key, number)| {
            let session = id(number).to_string().into();
            Op::Kv(KvOp { verb, key: key.into(), session, value: Bytes::from_static(b"t"), ..KvOp::default() })
        }),
        1 => (catalog.clone(), nodes()).prop_map(|(verb, name)| Op::Node(verb, node(name))),
        2 => (catalog, nodes(), checks(), statuses())
            .prop_map(|(verb, node, id, status)| Op::Check(verb, check(node, id, status))),
    ]
}

fn encoded(step: &Step) -> Vec<u8> {
    let command = match step {
        Step::Register(name, id, status) => {
            let checks = vec![check(name, id, status)];
            let register = Register { node: node(name), service: None, checks, skip_node_update: false };
            Command::Catalog(CatalogCommand::Register(Box::new(register)))
        }
        Step::DeregisterNode(node) => Command::Catalog(CatalogCommand::DeregisterNode { node }),
        Step::DeregisterCheck(node, id) => Command::Catalog(CatalogCommand::DeregisterCheck { node, id }),
        Step::Create(number, node, check, behavior, lock_delay) => {
            let (behavior, lock_delay) = (*behavior, *lock_delay);
            let node_checks = Some([(*check).into()].into());
            let session = Session { node: (*node).into(), node_checks, behavior, lock_delay, ..session(*number) };
            Command::Session(SessionCommand::Create(session.into()))
        }
        Step::Destroy(number) => Command::Session(SessionCommand::Destroy(id(*number))),
        Step::Lock(key, number) => Command::Kv(KvCommand::Lock(put(key, "v"), id(*number))),
        Step::Unlock(key, number) => Command::Kv(KvCommand::Unlock(put(key, "w"), id(*number))),
        Step::Put(key, value) => Command::Kv(KvCommand::Put(put(key, value))),
        Step::DeleteTree(prefix) => Command::Kv(KvCommand::DeleteTree(prefix)),
        Step::DelayOver(since) => {
            let over = LockDelayOver { since: Index(*since), delay: Duration::from_secs(15) };
            Command::Session(SessionCommand::LockDelayOver(over))
        }
        Step::Txn(ops) => Command::Txn(TxnCommand { ops: ops.clone() }),
    };
    command.encode().to_vec()
}

fn written(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.view().write_to(&mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However the log is cut into batches, and wherever a snapshot is taken and restored on the way, the state and the outcomes
    /// are the same to the byte, every invariant holds after each command, a transaction that fails leaves nothing behind, and a
    /// look at what it would do says what it does.
    #[test]
    fn the_same_commands_give_the_same_bytes(steps in vec(step(), 1..60), cut in 0..60_usize) {
        let log: Vec<(Index, Vec<u8>)> =
            steps.iter().enumerate().map(|(place, step)| (Index(place as u64 + 1), encoded(step))).collect();
        let (mut at_once, first) = create();
        let (mut one, mut other) = (Vec::new(), Vec::new());
        at_once.apply(log.iter().map(|(index, bytes)| (*index, &bytes[..])), |told| one.push(told.encode())).unwrap();

        let (mut one_by_one, mut second) = create();
        for (place, (index, bytes)) in log.iter().enumerate() {
            if place == cut {
                let restored = snapshot::read(&mut &written(&second)[..]).unwrap();
                (one_by_one, second) = create();
                one_by_one.replace(restored);
            }
            let before = second.view();
            let mut outcome = Outcome::Skipped;
            one_by_one.apply([(*index, &bytes[..])], |told| outcome = told).unwrap();
            let after = second.view();
            prop_assert_eq!(after.check(), Ok(()));
            if let Step::Txn(ops) = &steps[place] {
                match &outcome {
                    Outcome::Errors(errors) => {
                        prop_assert_eq!(before.transact(ops), Err(errors.clone()));
                        prop_assert_eq!(&second.view().kv_list("").cloned().collect::<Vec<_>>(),
                            &before.kv_list("").cloned().collect::<Vec<_>>());
                        prop_assert_eq!(second.view().sessions_index(), before.sessions_index());
                    }
                    _ => prop_assert!(before.transact(ops).is_ok()),
                }
            }
            other.push(outcome.encode());
        }
        prop_assert_eq!(written(&first), written(&second));
        prop_assert_eq!(one, other);
    }
}
