//! Transactions: all or nothing, and Consul 1.8.7's words when nothing.

use bytes::Bytes;
use proconsul_base::index::Index;
use proconsul_base::limit;
use proconsul_types::service::{Service, ServiceKind, Weights};
use proconsul_types::txn::{KvOp, KvVerb, Op, OpError, OpResult, Outcome, Verb};

use crate::apply::fixture::{World, check, id, node, session};
use crate::command::Command;
use crate::command::txn::TxnCommand;
use crate::outcome;
use crate::watch::Topic;

fn kv(verb: KvVerb, key: &str) -> KvOp {
    KvOp { verb, key: key.into(), ..KvOp::default() }
}

fn set(key: &str, value: &'static str) -> Op {
    Op::Kv(KvOp { value: Bytes::from_static(value.as_bytes()), ..kv(KvVerb::Set, key) })
}

fn at(index: u64, op: KvOp) -> Op {
    Op::Kv(KvOp { index: Index(index), ..op })
}

fn of(session: &str, op: KvOp) -> Op {
    Op::Kv(KvOp { session: session.into(), ..op })
}

fn service(node: &str, id: &str) -> Service {
    Service {
        kind: ServiceKind::Typical,
        id: id.into(),
        name: id.into(),
        node: node.into(),
        tags: [].into(),
        address: "".into(),
        tagged_addresses: None,
        meta: None,
        port: 80,
        weights: Weights { passing: 1, warning: 1 },
        enable_tag_override: false,
        proxy: Default::default(),
        connect_native: false,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

fn txn(world: &mut World, ops: Vec<Op>) -> Outcome {
    let told = world.run(Command::Txn(TxnCommand { ops }));
    assert_eq!(outcome::Outcome::decode(&told.encode()), Some(told.clone()), "it reads back from its bytes");
    match told {
        outcome::Outcome::Results(results) => Ok(results),
        outcome::Outcome::Errors(errors) => Err(errors),
        other => panic!("{other:?}"),
    }
}

/// What went wrong, each with its place.
fn refused(world: &mut World, ops: Vec<Op>) -> Vec<String> {
    let before = (world.store.view(), world.index);
    let errors = txn(world, ops).unwrap_err();
    let (after, now) = (world.store.view(), world.index);
    let indexes = |view: &crate::store::View| (view.kv_prefix_index(""), view.nodes_index(), view.checks_index());
    assert_eq!((indexes(&after), now), (indexes(&before.0), before.1.next()), "nothing was changed");
    errors.into_iter().map(|OpError { op_index, what }| format!("{op_index} {what}")).collect()
}

/// Key, value and last change.
fn keys(results: &[OpResult]) -> Vec<(String, String, u64)> {
    let brief = |result: &OpResult| match result {
        OpResult::Kv(entry) => {
            let value = String::from_utf8(entry.value.to_vec()).unwrap();
            (entry.key.to_string(), value, entry.modify_index.0)
        }
        other => panic!("{other:?}"),
    };
    results.iter().map(brief).collect()
}

#[test]
fn operations_see_what_those_before_them_did_and_values_are_told_only_of_what_was_read() {
    let mut world = World::new();
    let ops = vec![
        set("a", "1"),
        Op::Kv(kv(KvVerb::Get, "a")),
        set("b", "2"),
        Op::Kv(kv(KvVerb::Delete, "a")),
        Op::Kv(kv(KvVerb::CheckNotExists, "a")),
        Op::Kv(kv(KvVerb::GetTree, "")),
        at(10, kv(KvVerb::CheckIndex, "b")),
    ];
    let results = txn(&mut world, ops).unwrap();
    let told = [("a", "", 10), ("a", "1", 10), ("b", "", 10), ("b", "2", 10), ("b", "", 10)];
    assert_eq!(keys(&results), told.map(|(key, value, at)| (key.to_owned(), value.to_owned(), at)));
    let same = txn(&mut world, vec![set("b", "2")]).unwrap();
    assert_eq!(keys(&same), [("b".to_owned(), String::new(), 10)], "the same value again changes no index");
}

#[test]
fn nothing_is_done_and_nobody_woken_when_one_operation_fails_and_all_reasons_are_told() {
    let mut world = World::new();
    world.put("a", "1");
    let store = world.store.clone();
    let watch = store.watch(Topic::Key("a"));
    let ops = vec![
        set("a", "2"),
        Op::Kv(kv(KvVerb::Get, "none")),
        at(5, kv(KvVerb::Cas, "a")),
        Op::Kv(kv(KvVerb::Unknown("zz".into()), "a")),
        Op::Node(Verb::Unknown("zz".into()), node("n")),
        Op::Service(Verb::Unknown("zz".into()), service("n", "s")),
        Op::Check(Verb::Unknown("zz".into()), check("n", "c", "")),
        Op::Never("known before".to_owned()),
        Op::Kv(kv(KvVerb::Get, "a")),
    ];
    let reasons = [
        "1 key \"none\" doesn't exist",
        "2 failed to set key \"a\", index is stale",
        "3 unknown KV verb \"zz\"",
        "4 unknown Node verb \"zz\"",
        "5 unknown Service verb \"zz\"",
        "6 unknown Check verb \"zz\"",
        "7 known before",
    ];
    assert_eq!(refused(&mut world, ops), reasons);
    assert!(!watch.has_changed());
    assert_eq!(world.brief("a").unwrap().1, "1");
    assert_eq!(txn(&mut world, vec![set("a", "2")]).map(|results| results.len()), Ok(1));
    assert!(watch.has_changed());
}

#[test]
fn every_condition_on_a_key_has_its_own_words() {
    let mut world = World::with_node();
    world.create(session(1)).unwrap();
    world.create(session(2)).unwrap();
    world.put("k", "v");
    world.lock("l", "v", 1);
    world.lock("w", "v", 2);
    world.destroy(2);
    let (one, two) = (id(1).to_string(), id(2).to_string());
    let ops = vec![
        at(1, kv(KvVerb::DeleteCas, "k")),
        at(1, kv(KvVerb::CheckIndex, "k")),
        at(1, kv(KvVerb::CheckIndex, "none")),
        of(&one, kv(KvVerb::CheckSession, "none")),
        of(&one, kv(KvVerb::CheckSession, "k")),
        Op::Kv(kv(KvVerb::CheckSession, "l")),
        Op::Kv(kv(KvVerb::CheckNotExists, "k")),
        Op::Kv(kv(KvVerb::Lock, "k")),
        of("x", kv(KvVerb::Lock, "k")),
        of(&two, kv(KvVerb::Lock, "k")),
        Op::Kv(kv(KvVerb::Unlock, "l")),
        of("x", kv(KvVerb::Unlock, "l")),
        of(&two, kv(KvVerb::Unlock, "l")),
    ];
    let reasons = [
        "0 failed to delete key \"k\", index is stale".to_owned(),
        "1 failed index check for key \"k\", current modify index 13 != 1".to_owned(),
        "2 failed to check index, key \"none\" doesn't exist".to_owned(),
        "3 failed to check session, key \"none\" doesn't exist".to_owned(),
        format!("4 failed session check for key \"k\", current session \"\" != \"{one}\""),
        format!("5 failed session check for key \"l\", current session \"{one}\" != \"\""),
        "6 key \"k\" exists".to_owned(),
        "7 missing session".to_owned(),
        "8 failed session lookup: index error: UUID must be 36 characters".to_owned(),
        format!("9 invalid session \"{two}\""),
        "10 missing session".to_owned(),
        "11 failed to unlock key \"l\", lock isn't held, or is held by another session".to_owned(),
        "12 failed to unlock key \"l\", lock isn't held, or is held by another session".to_owned(),
    ];
    assert_eq!(refused(&mut world, ops), reasons);
    let waits = vec![Op::Kv(kv(KvVerb::Get, "none")), of(&one, kv(KvVerb::Lock, "w"))];
    assert_eq!(refused(&mut world, waits), ["1 failed to lock key \"w\" due to lock delay"], "this is told alone");
    world.create(session(3)).unwrap();
    let held = refused(&mut world, vec![of(&id(3).to_string(), kv(KvVerb::Lock, "l"))]);
    assert_eq!(held, ["0 failed to lock key \"l\", lock is already held"]);
}

#[test]
fn a_lock_can_be_taken_checked_and_given_back_in_one_transaction() {
    let mut world = World::with_node();
    world.create(session(1)).unwrap();
    let one = id(1).to_string();
    let ops = vec![
        of(&one, kv(KvVerb::Lock, "l")),
        of(&one, kv(KvVerb::CheckSession, "l")),
        of(&one, kv(KvVerb::Unlock, "l")),
        Op::Kv(kv(KvVerb::GetOrEmpty, "l")),
        Op::Kv(kv(KvVerb::GetOrEmpty, "none")),
    ];
    let results = txn(&mut world, ops).unwrap();
    let holders: Vec<bool> =
        results.iter().map(|result| matches!(result, OpResult::Kv(entry) if entry.session == Some(id(1)))).collect();
    assert_eq!(holders, [true, true, false, false, false]);
    assert_eq!(world.brief("none"), None, "asking for nothing makes nothing");
}

#[test]
fn a_node_with_its_service_and_check_is_registered_read_and_removed() {
    let mut world = World::new();
    let ops = vec![
        Op::Node(Verb::Set, node("m")),
        Op::Service(Verb::Set, service("m", "s")),
        Op::Check(Verb::Set, check("m", "c", "")),
        Op::Node(Verb::Get, node("M")),
        Op::Service(Verb::Get, service("M", "S")),
        Op::Check(Verb::Get, check("M", "C", "")),
    ];
    let results = txn(&mut world, ops).unwrap();
    assert_eq!(results[..3], results[3..]);
    let OpResult::Check(found) = &results[2] else { panic!("{results:?}") };
    assert_eq!((&*found.status, found.create_index), ("critical", Index(10)), "without a status it is critical");
    let gone = vec![
        Op::Check(Verb::Delete, check("m", "c", "")),
        Op::Service(Verb::Delete, service("m", "s")),
        Op::Node(Verb::Delete, node("m")),
        Op::Node(Verb::Delete, node("none")),
    ];
    assert_eq!(txn(&mut world, gone), Ok(Vec::new()));
    assert_eq!(world.store.view().nodes_len(), 0);
}

#[test]
fn every_condition_on_the_catalog_has_its_own_words() {
    let mut world = World::with_node();
    let stale = |verb: Verb| {
        let index = Index(1);
        vec![
            Op::Node(verb.clone(), proconsul_types::node::Node { modify_index: index, ..node("n") }),
            Op::Service(verb.clone(), Service { modify_index: index, ..service("n", "s") }),
            Op::Check(verb, proconsul_types::check::Check { modify_index: index, ..check("n", "c", "") }),
        ]
    };
    let words = |verb: &str| {
        [
            format!("0 failed to {verb} node \"n\", index is stale"),
            format!("1 failed to {verb} service \"s\" on node \"n\", index is stale"),
            format!("2 failed to {verb} check \"c\" on node \"n\", index is stale"),
        ]
    };
    assert_eq!(refused(&mut world, stale(Verb::Cas)), words("set"));
    assert_eq!(refused(&mut world, stale(Verb::DeleteCas)), words("delete"));
    let wrong = vec![
        Op::Node(Verb::Cas, node("n")),
        Op::Node(Verb::Get, node("x")),
        Op::Service(Verb::Get, service("n", "x")),
        Op::Check(Verb::Get, check("x", "c", "")),
        Op::Service(Verb::Set, service("x", "s")),
        Op::Check(Verb::Set, check("x", "c", "")),
        Op::Check(Verb::Set, proconsul_types::check::Check { service_id: "x".into(), ..check("n", "d", "") }),
        Op::Service(Verb::Set, service("n", "")),
        Op::Check(Verb::Set, check("n", "", "")),
    ];
    let reasons = [
        "0 failed to set node \"n\", index is stale",
        "1 node \"x\" doesn't exist",
        "2 service \"x\" on node \"n\" doesn't exist",
        "3 check \"c\" on node \"x\" doesn't exist",
        "4 Missing node registration",
        "5 Missing node registration",
        "6 Missing service registration",
        "7 failed inserting service: object missing primary index",
        "8 failed inserting check: object missing primary index",
    ];
    assert_eq!(refused(&mut world, wrong), reasons);
    let made = vec![Op::Service(Verb::Cas, service("n", "s")), Op::Check(Verb::Cas, check("n", "d", "passing"))];
    assert_eq!(txn(&mut world, made).map(|results| results.len()), Ok(2), "index 0 asks that there is none");
}

#[test]
fn a_check_that_turns_critical_ends_its_sessions_before_the_next_operation() {
    let mut world = World::with_node();
    world.create(session(1)).unwrap();
    world.lock("l", "v", 1);
    let ops = vec![
        Op::Check(Verb::Set, check("n", "c", "critical")),
        Op::Kv(kv(KvVerb::CheckSession, "l")),
        of(&id(1).to_string(), kv(KvVerb::Lock, "m")),
    ];
    assert_eq!(refused(&mut world, ops), [format!("2 invalid session \"{}\"", id(1))]);
    assert!(world.brief("l").unwrap().2.is_some(), "the session lives on: nothing was done");
    let ops = vec![Op::Check(Verb::Set, check("n", "c", "critical")), Op::Kv(kv(KvVerb::CheckSession, "l"))];
    txn(&mut world, ops).unwrap();
    assert_eq!(world.store.session(id(1)).0, None);
}

#[test]
fn a_transaction_that_writes_tells_no_more_than_travels_at_once() {
    let mut world = World::new();
    let value = "x".repeat(limit::KV_VALUE_BYTES);
    world.put("a", &value);
    let reads = |count| vec![Op::Kv(kv(KvVerb::GetTree, "")); count];
    let most = limit::TXN_READ_BYTES / (value.len() + 1);
    let told = txn(&mut world, reads(most)).map(|results| results.len());
    assert_eq!(told, Ok(most));
    let reason = "the transaction reads more than can be told in one answer; read outside of the transaction";
    assert_eq!(refused(&mut world, reads(most + 1)), [format!("{most} {reason}")]);
    assert_eq!(world.store.view().transact(&reads(most + 1)).map(|results| results.len()), Ok(most + 1));
}

#[test]
fn records_of_the_catalog_and_the_fields_of_small_keys_count_as_told_too() {
    let mut world = World::new();
    let tag = "x".repeat(limit::TXN_READ_BYTES / 4);
    let mut ops = vec![
        Op::Node(Verb::Set, node("n")),
        Op::Service(Verb::Set, Service { tags: [tag.into()].into(), ..service("n", "web") }),
    ];
    let get = || Op::Service(Verb::Get, service("n", "web"));
    assert!(txn(&mut world, ops.clone()).is_ok());
    ops.extend([get(), get(), get()]);
    assert_eq!(txn(&mut world, ops).map_err(|errors| errors.len()), Err(1), "four quarters and the fields");
    let fits = |count: usize| outcome::Outcome::Results(txn_results(count)).encode().len() <= limit::RPC_FRAME_BYTES;
    assert!(fits(limit::TXN_READ_BYTES / (1 + super::KV_FIELDS_BYTES)), "as many keys of one letter as may be told");
}

fn txn_results(count: usize) -> Vec<OpResult> {
    let entry = std::sync::Arc::new(proconsul_types::kv::KvEntry {
        lock_index: 0,
        key: "k".into(),
        flags: 0,
        value: Bytes::new(),
        session: Some(id(1)),
        create_index: Index(1),
        modify_index: Index(1),
    });
    vec![OpResult::Kv(entry); count]
}

/// In a store that was never written, a look once took a key that the transaction itself had made for none, and told that a
/// transaction would succeed which did not.
#[test]
fn a_look_at_a_transaction_does_not_take_its_own_writes_for_older_ones() {
    let mut world = World::new();
    let ops = || vec![at(0, kv(KvVerb::Cas, "a")), at(0, kv(KvVerb::Cas, "a"))];
    let look = world.store.view().transact(&ops());
    assert!(look.is_err());
    assert_eq!(look, txn(&mut world, ops()));
}
