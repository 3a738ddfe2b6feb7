//! Members as they come and go, against what the catalog says of them.

use std::time::Duration;

use proconsul_base::id::{NodeId, RaftId};
use proconsul_base::time::Instant;

use super::*;

fn member(presence: Presence) -> Member {
    let server = ServerTags {
        port: 8300,
        raft_id: RaftId::new(1),
        version: "1.8.7".into(),
        raft_version: "3".into(),
        serf_protocol: (1, 5, 2),
        cluster: None,
        expect: 3,
    };
    let node_id = Some(NodeId::from_bytes([1; 16]));
    Member { name: "n1".into(), address: [10, 0, 0, 1].into(), presence, node_id, server: Some(server) }
}

/// What is to be written, in short.
fn told(member: &Member, known: &Known) -> Vec<String> {
    let told = |deed| match deed {
        Deed::Register(register) => {
            let check = &register.checks[0];
            let service = register.service.map(|service| format!(" {}:{}", service.name, service.port));
            format!("{} {} {}{}", register.node.name, check.status, check.output, service.unwrap_or_default())
        }
        Deed::Deregister(name) => format!("{name} gone"),
    };
    due(member, known, Scope::Presence, &"dc1".into(), "leader").into_iter().map(told).collect()
}

/// What the catalog says after a member was registered.
fn known(member: &Member) -> Known {
    let Some(Deed::Register(register)) = due(member, &Known::default(), Scope::Presence, &"dc1".into(), "leader").pop()
    else {
        unreachable!("a new member is registered")
    };
    Known {
        node: Some(Arc::new(register.node)),
        health: register.checks.into_iter().next().map(Arc::new),
        consul: register.service.map(Arc::new),
    }
}

const PASSES: &str = "n1 passing Agent alive and reachable consul:8300";

#[test]
fn a_server_that_is_alive_is_registered_once_with_its_service() {
    let alive = member(Presence::Alive);
    assert_eq!(told(&alive, &Known::default()), [PASSES]);
    assert!(told(&alive, &known(&alive)).is_empty());
}

#[test]
fn a_client_has_no_service() {
    let client = Member { server: None, ..member(Presence::Alive) };
    assert_eq!(told(&client, &Known::default()), ["n1 passing Agent alive and reachable"]);
    assert!(told(&client, &known(&client)).is_empty());
}

#[test]
fn whoever_fails_turns_critical_and_passes_again_when_back() {
    let (alive, failed) = (member(Presence::Alive), member(Presence::Failed));
    assert_eq!(told(&failed, &known(&alive)), ["n1 critical Agent not live or unreachable"]);
    let critical = Known { health: Some(Arc::new(check(&alive.name, CRITICAL, FAILED_OUTPUT))), ..known(&alive) };
    assert!(told(&failed, &critical).is_empty());
    assert_eq!(told(&alive, &critical), [PASSES]);
    assert!(told(&failed, &Known::default()).is_empty(), "nobody missed it");
}

#[test]
fn whoever_left_is_gone_but_the_leader_never_removes_itself() {
    let left = member(Presence::Left);
    assert_eq!(told(&left, &known(&member(Presence::Alive))), ["n1 gone"]);
    assert!(told(&left, &Known::default()).is_empty());
    assert!(due(&left, &known(&member(Presence::Alive)), Scope::Presence, &"dc1".into(), "n1").is_empty());
    assert!(told(&member(Presence::Leaving), &known(&member(Presence::Alive))).is_empty());
}

#[test]
fn a_member_that_moved_is_set_right_only_when_its_agent_had_the_time_to_do_it() {
    let alive = member(Presence::Alive);
    let mut before = known(&alive);
    Arc::make_mut(before.node.as_mut().unwrap()).meta = Some(Arc::default());
    let moved = Member { address: [10, 0, 0, 9].into(), ..alive.clone() };
    assert!(told(&moved, &before).is_empty());
    let Some(Deed::Register(register)) = due(&moved, &before, Scope::Everything, &"dc1".into(), "leader").pop() else {
        unreachable!("it has moved")
    };
    assert_eq!((&*register.node.address, register.node.meta), ("10.0.0.9", Some(Arc::default())));
    assert!(!register.skip_node_update);
}

#[test]
fn a_server_of_another_version_is_told_again_without_touching_the_node_itself() {
    let alive = member(Presence::Alive);
    let tags = ServerTags { version: "1.9.0".into(), ..alive.server.clone().unwrap() };
    let newer = Member { server: Some(tags), ..alive.clone() };
    assert_eq!(told(&newer, &known(&alive)), [PASSES]);
    let Some(Deed::Register(register)) = due(&newer, &known(&alive), Scope::Presence, &"dc1".into(), "leader").pop()
    else {
        unreachable!("it runs another version")
    };
    assert!(register.skip_node_update, "its agent may have told more meanwhile");
}

#[test]
fn a_node_that_took_over_the_name_of_another_replaces_it() {
    let before = Member { node_id: Some(NodeId::from_bytes([9; 16])), ..member(Presence::Alive) };
    assert_eq!(told(&member(Presence::Alive), &known(&before)), ["n1 gone", PASSES]);
}

#[test]
fn a_node_nobody_has_seen_counts_as_failed_until_patience_ends_and_one_that_was_forgotten_is_gone() {
    let patience = Duration::from_secs(100);
    let at = |seconds| Instant::ZERO + Duration::from_secs(seconds);
    let (seen, unseen): (Text, Text) = ("seen".into(), "unseen".into());
    let mut rounds = Rounds::default();
    rounds.saw([&seen].into_iter());
    assert_eq!(rounds.unseen(at(1), &seen, patience), Unseen::Gone);
    assert_eq!(rounds.unseen(at(1), &unseen, patience), Unseen::Failed);
    assert_eq!(rounds.unseen(at(100), &unseen, patience), Unseen::Failed);
    assert_eq!(rounds.unseen(at(101), &unseen, patience), Unseen::Gone);
    rounds.forget(&seen);
    assert_eq!(rounds.unseen(at(101), &seen, patience), Unseen::Failed);
}
