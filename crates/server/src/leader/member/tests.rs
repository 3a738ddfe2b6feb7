//! Memberships as they come up in the life of a cluster.

use proconsul_base::id::NodeId;

use super::*;

fn server(number: u64, name: &str) -> Server {
    Server { raft_id: RaftId::new(number).unwrap(), node_id: NodeId::from_bytes([number as u8; 16]), name: name.into() }
}

fn alive(number: u64, name: &str) -> Seen {
    Seen { server: server(number, name), presence: Presence::Alive, fits: true }
}

fn away(number: u64, name: &str) -> Seen {
    Seen { presence: Presence::Failed, ..alive(number, name) }
}

fn cluster(voters: &[(u64, &str)], learners: &[(u64, &str)]) -> Membership {
    let servers = |list: &[(u64, &str)]| list.iter().map(|(number, name)| server(*number, name)).collect();
    Membership { voters: servers(voters), learners: servers(learners) }
}

/// The decision of the first server, where nobody has been healthy for long.
fn decide(membership: &Membership, seen: &[Seen], matched: u64) -> Option<Change> {
    decide_by(membership, seen, matched, |standing| standing)
}

fn decide_by(
    membership: &Membership,
    seen: &[Seen],
    matched: u64,
    differently: impl Fn(Standing<'_>) -> Standing<'_>,
) -> Option<Change> {
    let matched = |_| Some(Index(matched));
    let standing = Standing {
        me: RaftId::new(1).unwrap(),
        commit: Index(1000),
        matched: &matched,
        stable: &|_| false,
        cleanup: true,
        voters_min: 0,
    };
    due(membership, seen, &differently(standing))
}

const THREE: [(u64, &str); 3] = [(1, "a"), (2, "b"), (3, "c")];
const FOUR: [(u64, &str); 4] = [(1, "a"), (2, "b"), (3, "c"), (4, "d")];

#[test]
fn servers_that_are_away_for_any_time_stay_voters() {
    assert_eq!(decide(&cluster(&THREE, &[]), &[alive(1, "a"), away(2, "b"), away(3, "c")], 0), None);
    assert_eq!(decide(&cluster(&THREE, &[]), &[alive(1, "a")], 0), None);
}

#[test]
fn a_server_whose_log_was_lost_comes_back_as_a_learner_then_votes_then_replaces_its_former_self() {
    let seen = [alive(1, "a"), alive(2, "b"), alive(9, "c")];
    assert_eq!(decide(&cluster(&THREE, &[]), &seen, 0), Some(Change::AddLearner(server(9, "c"))));
    assert_eq!(decide(&cluster(&THREE, &[(9, "c")]), &seen, 700), None, "it has not caught up");
    assert_eq!(decide(&cluster(&THREE, &[(9, "c")]), &seen, 990), Some(Change::Promote(server(9, "c").raft_id)));
    let four = [(1, "a"), (2, "b"), (3, "c"), (9, "c")];
    assert_eq!(decide(&cluster(&four, &[]), &seen, 1000), Some(Change::Remove(server(3, "c").raft_id)));
    assert_eq!(decide(&cluster(&[(1, "a"), (2, "b"), (9, "c")], &[]), &seen, 1000), None);
}

#[test]
fn a_newcomer_gets_its_vote_when_it_has_been_healthy_for_long_enough() {
    let seen = [alive(1, "a"), alive(2, "b"), alive(3, "c"), alive(4, "d")];
    let membership = cluster(&THREE, &[(4, "d")]);
    assert_eq!(decide(&membership, &seen, 1000), None);
    let stable =
        |matched| decide_by(&membership, &seen, matched, |standing| Standing { stable: &|_| true, ..standing });
    assert_eq!(stable(1000), Some(Change::Promote(server(4, "d").raft_id)));
    assert_eq!(stable(700), None, "it has not caught up");
}

#[test]
fn a_failed_server_that_another_has_replaced_is_removed() {
    let seen = [alive(1, "a"), alive(2, "b"), away(3, "c"), alive(4, "d")];
    let removed = Some(Change::Remove(server(3, "c").raft_id));
    assert_eq!(decide(&cluster(&FOUR, &[]), &seen, 1000), removed);
    let kept =
        |differently: fn(Standing<'_>) -> Standing<'_>| decide_by(&cluster(&FOUR, &[]), &seen, 1000, differently);
    assert_eq!(kept(|standing| Standing { cleanup: false, ..standing }), None, "it is switched off");
    assert_eq!(kept(|standing| Standing { voters_min: 4, ..standing }), None, "too few would stay");
    assert_eq!(kept(|standing| Standing { voters_min: 3, ..standing }), removed);
}

#[test]
fn nobody_is_removed_for_being_away_when_that_gains_nothing_or_gossip_does_not_know() {
    let two = cluster(&[(1, "a"), (2, "b")], &[]);
    assert_eq!(decide(&two, &[alive(1, "a"), away(2, "b")], 1000), None);
    assert_eq!(decide(&cluster(&FOUR, &[]), &[alive(1, "a"), alive(2, "b"), alive(4, "d")], 1000), None);
    let wiped = cluster(&[(1, "a"), (2, "b"), (3, "c"), (9, "c")], &[]);
    let seen = [alive(1, "a"), away(2, "b"), alive(9, "c")];
    assert_eq!(decide(&wiped, &seen, 1000), Some(Change::Remove(server(3, "c").raft_id)), "not the one that is away");
}

#[test]
fn a_server_of_another_cluster_is_never_added() {
    let stranger = Seen { fits: false, ..alive(7, "x") };
    assert_eq!(decide(&cluster(&THREE, &[]), &[stranger], 0), None);
}

#[test]
fn a_server_that_left_on_purpose_is_removed_but_never_the_last_voter_and_never_the_leader() {
    let left = |number, name| Seen { presence: Presence::Left, ..alive(number, name) };
    let two = cluster(&[(1, "a"), (2, "b")], &[]);
    assert_eq!(decide(&two, &[alive(1, "a"), left(2, "b")], 0), Some(Change::Remove(server(2, "b").raft_id)));
    assert_eq!(decide(&cluster(&[(2, "b")], &[]), &[left(2, "b")], 0), None);
    assert_eq!(decide(&two, &[left(1, "a"), alive(2, "b")], 0), None);
}
