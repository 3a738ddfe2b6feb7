//! Servers that know nothing yet: who begins a cluster, who does not, and what a crash in between leaves behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::collections::BTreeMap;

use bytes::Bytes;
use proconsul_base::id::{ClusterId, NodeId, RaftId};
use proconsul_base::rand::Rng;
use proconsul_raft::bootstrap::{Action, Bootstrap, BootstrapMessage, Peer};
use proconsul_raft::{Membership, Server};

fn id(number: u64) -> RaftId {
    RaftId::new(number).unwrap()
}

fn server(number: u64, name: &str) -> Server {
    Server { raft_id: id(number), node_id: NodeId::from_bytes([number as u8; 16]), name: name.to_owned() }
}

/// One server and its disk.
struct Host {
    me: Server,
    expect: usize,
    promise: Option<Bytes>,
    begun: Option<(ClusterId, Membership)>,
    machine: Bootstrap,
}

impl Host {
    fn new(number: u64, name: &str, expect: usize) -> Self {
        let me = server(number, name);
        let machine = Bootstrap::new(me.clone(), expect, None, None, Rng::seeded(number)).unwrap();
        Self { me, expect, promise: None, begun: None, machine }
    }

    fn restart(&mut self) {
        let rng = Rng::seeded(99);
        self.machine = Bootstrap::new(self.me.clone(), self.expect, self.promise.as_ref(), None, rng).unwrap();
    }

    fn as_peer(&self) -> Peer {
        let cluster = self.begun.as_ref().map(|(cluster, _)| *cluster);
        Peer { server: self.me.clone(), cluster, expect: self.expect }
    }
}

/// Hosts that all see each other.
struct World {
    hosts: BTreeMap<RaftId, Host>,
}

impl World {
    fn of(hosts: impl IntoIterator<Item = Host>) -> Self {
        Self { hosts: hosts.into_iter().map(|host| (host.me.raft_id, host)).collect() }
    }

    fn host(&mut self, number: u64) -> &mut Host {
        self.hosts.get_mut(&id(number)).unwrap()
    }

    /// Everybody hears of everybody, then all messages are delivered.
    fn gossip(&mut self) {
        let ids: Vec<_> = self.hosts.keys().copied().collect();
        for me in &ids {
            let others = self.hosts.values().filter(|host| host.me.raft_id != *me);
            let peers: Vec<_> = others.map(Host::as_peer).collect();
            self.hosts.get_mut(me).unwrap().machine.seen(&peers);
        }
        self.deliver();
    }

    fn deliver(&mut self) {
        loop {
            let mut messages = Vec::new();
            for host in self.hosts.values_mut() {
                while let Some(action) = host.machine.next_action() {
                    match action {
                        Action::Store(promise) => {
                            host.promise = promise;
                            host.machine.stored();
                        }
                        Action::Send(to, message) => messages.push((host.me.raft_id, to, message)),
                        Action::Start { cluster, membership } => host.begun = Some((cluster, membership)),
                    }
                }
            }
            if messages.is_empty() {
                return;
            }
            for (from, to, message) in messages {
                if let Some(host) = self.hosts.get_mut(&to) {
                    host.machine.received(from, message);
                }
            }
        }
    }

    fn begun(&self) -> Vec<u64> {
        self.hosts.values().filter(|host| host.begun.is_some()).map(|host| host.me.raft_id.get()).collect()
    }
}

#[test]
fn a_server_that_expects_only_itself_begins_at_once() {
    let mut world = World::of([Host::new(1, "a", 1)]);
    world.gossip();
    assert_eq!(world.begun(), [1]);
}

#[test]
fn the_lowest_of_three_begins_when_all_have_promised_and_the_others_follow_on_contact() {
    let mut world = World::of([Host::new(2, "b", 3), Host::new(1, "a", 3), Host::new(3, "c", 3)]);
    world.gossip();
    assert_eq!(world.begun(), [1]);
    let (cluster, membership) = world.host(1).begun.clone().unwrap();
    for number in [2, 3] {
        world.host(number).machine.contacted(cluster);
    }
    world.deliver();
    assert_eq!(world.begun(), [1, 2, 3]);
    assert_eq!(world.host(3).begun, Some((cluster, membership)));
}

#[test]
fn two_of_three_never_begin() {
    let mut world = World::of([Host::new(1, "a", 3), Host::new(2, "b", 3)]);
    (0..5).for_each(|_| world.gossip());
    assert!(world.begun().is_empty());
}

#[test]
fn nothing_is_said_before_a_promise_is_durable() {
    let mut host = Host::new(2, "b", 3);
    let members = Membership::of_voters(vec![server(1, "a"), server(2, "b"), server(3, "c")]);
    host.machine.received(id(1), BootstrapMessage::Ask { cluster: ClusterId::from_bytes([1; 16]), members });
    assert!(matches!(host.machine.next_action(), Some(Action::Store(Some(_)))));
    assert_eq!(host.machine.next_action(), None);
    host.machine.stored();
    assert!(
        matches!(host.machine.next_action(), Some(Action::Send(to, BootstrapMessage::Promised { .. })) if to == id(1))
    );
}

#[test]
fn a_promise_outlives_a_restart_and_another_initiator_is_refused() {
    let mut host = Host::new(2, "b", 3);
    let members = Membership::of_voters(vec![server(1, "a"), server(2, "b"), server(3, "c")]);
    let ask = |byte| BootstrapMessage::Ask { cluster: ClusterId::from_bytes([byte; 16]), members: members.clone() };
    host.machine.received(id(1), ask(1));
    let Some(Action::Store(promise)) = host.machine.next_action() else { panic!("a promise is stored") };
    host.promise = promise;
    host.restart();
    host.machine.received(id(3), ask(3));
    let refused = Action::Send(id(3), BootstrapMessage::Refused { is_member: false });
    assert_eq!(host.machine.next_action(), Some(refused));
    assert!(!host.machine.may_join());
}

#[test]
fn one_that_sees_a_cluster_begins_none_and_may_be_taken_in() {
    let mut world = World::of([Host::new(1, "a", 3), Host::new(2, "b", 3), Host::new(3, "c", 3), Host::new(9, "z", 1)]);
    let peers: Vec<_> = [9]
        .iter()
        .map(|number| Peer { cluster: Some(ClusterId::from_bytes([9; 16])), ..Host::new(*number, "z", 1).as_peer() })
        .collect();
    for number in [1, 2, 3] {
        world.host(number).machine.seen(&peers);
    }
    world.hosts.remove(&id(9));
    world.gossip();
    assert!(world.begun().is_empty());
    assert!(world.host(1).machine.may_join());
}

#[test]
fn a_wiped_member_makes_the_initiator_give_up_and_begin_with_the_new_one() {
    let mut world = World::of([Host::new(1, "a", 3), Host::new(2, "b", 3)]);
    let third = Host::new(3, "c", 3);
    let peers = [world.host(2).as_peer(), third.as_peer()];
    world.host(1).machine.seen(&peers);
    world.deliver();
    assert!(world.host(1).promise.is_some() && world.host(2).promise.is_some());
    world.hosts.insert(id(7), Host::new(7, "c", 3));
    (0..4).for_each(|_| world.gossip());
    assert_eq!(world.begun(), [1]);
    assert!(world.host(1).begun.as_ref().unwrap().1.contains(id(7)));
}

#[test]
fn a_wiped_initiator_frees_those_who_promised_to_it() {
    let mut world = World::of([Host::new(2, "b", 3), Host::new(3, "c", 3)]);
    let members = Membership::of_voters(vec![server(1, "a"), server(2, "b"), server(3, "c")]);
    for number in [2, 3] {
        let (cluster, members) = (ClusterId::from_bytes([1; 16]), members.clone());
        world.host(number).machine.received(id(1), BootstrapMessage::Ask { cluster, members });
    }
    world.deliver();
    world.hosts.insert(id(8), Host::new(8, "a", 3));
    (0..4).for_each(|_| world.gossip());
    assert_eq!(world.begun(), [2]);
}

/// The message that released a promise was lost. Its initiator had begun another attempt, and the promised server refused it for ever.
#[test]
fn a_lost_release_is_asked_for_again() {
    let mut world = World::of([Host::new(1, "a", 3), Host::new(2, "b", 3), Host::new(3, "c", 3)]);
    let members = Membership::of_voters(vec![server(1, "a"), server(2, "b"), server(5, "old")]);
    let ask = BootstrapMessage::Ask { cluster: ClusterId::from_bytes([1; 16]), members };
    world.host(2).machine.received(id(1), ask);
    (0..4).for_each(|_| world.gossip());
    assert_eq!(world.begun(), [1]);
}

/// The only server that was seen in a cluster was wiped before it did anything. The others waited to be taken in by it for ever.
#[test]
fn a_cluster_whose_only_member_was_wiped_blocks_nobody() {
    let mut world = World::of([Host::new(1, "a", 3), Host::new(2, "b", 3)]);
    let begun = Peer { cluster: Some(ClusterId::from_bytes([9; 16])), ..Host::new(3, "c", 3).as_peer() };
    for number in [1, 2] {
        world.host(number).machine.seen(std::slice::from_ref(&begun));
    }
    world.hosts.insert(id(4), Host::new(4, "c", 3));
    (0..4).for_each(|_| world.gossip());
    assert_eq!(world.begun(), [1]);
}
