//! A cluster of three, one server of which gets into difficulties.

use proconsul_base::id::NodeId;

use super::*;
use crate::pool::ServerTags;

fn server(number: u64) -> Server {
    let node_id = NodeId::from_bytes([number as u8; 16]);
    Server { raft_id: RaftId::new(number).unwrap(), node_id, name: format!("n{number}") }
}

fn member(number: u64, presence: Presence) -> Member {
    let tags = ServerTags {
        port: 8300,
        raft_id: RaftId::new(number),
        version: "1.8.7".into(),
        raft_version: "3".into(),
        serf_protocol: (1, 5, 2),
        cluster: None,
        expect: 3,
    };
    let name = format!("n{number}").into();
    Member { name, address: [10, 0, 0, number as u8].into(), presence, node_id: None, server: Some(tags) }
}

/// The judgement when the third server is like this.
fn third(presence: Presence, silence: Option<u64>, matched: u64, now: u64, judge: &mut Judge) -> Health {
    let membership = Membership { voters: (1..=3).map(server).collect(), learners: vec![] };
    let pool = [member(1, Presence::Alive), member(2, Presence::Alive), member(3, presence)];
    let progress = |number, silence: Option<u64>, matched| Progress {
        raft_id: server(number).raft_id,
        matched: Index(matched),
        silence: silence.map(Duration::from_millis),
    };
    let evidence = Evidence {
        membership: &membership,
        pool: &pool,
        progress: &[progress(2, Some(0), 1000), progress(3, silence, matched)],
        leader: server(1).raft_id,
        term: Term(4),
        last: Index(1000),
    };
    judge.judge(now, &evidence, &Configuration::initial())
}

#[test]
fn three_servers_that_keep_up_are_healthy_and_may_lose_one() {
    let health = third(Presence::Alive, Some(200), 750, 100, &mut Judge::default());
    assert_eq!((health.healthy, health.failure_tolerance), (true, 1));
    let shown: Vec<_> = health.servers.iter().map(|one| (&*one.address, one.leader, one.last_index)).collect();
    assert_eq!(shown, [("10.0.0.1:8300", true, 1000), ("10.0.0.2:8300", false, 1000), ("10.0.0.3:8300", false, 750)]);
}

#[test]
fn a_server_that_failed_or_is_silent_or_lags_is_not_and_then_none_may_be_lost() {
    for (presence, silence, matched) in [
        (Presence::Failed, Some(0), 1000),
        (Presence::Alive, Some(250), 1000),
        (Presence::Alive, None, 1000),
        (Presence::Alive, Some(0), 749),
    ] {
        let health = third(presence, silence, matched, 100, &mut Judge::default());
        assert_eq!((health.healthy, health.failure_tolerance, health.servers[2].healthy), (false, 0, false));
    }
}

#[test]
fn a_server_is_stable_from_the_moment_its_health_last_changed() {
    let initial = Configuration::initial();
    let mut judge = Judge::default();
    third(Presence::Alive, Some(0), 1000, 100, &mut judge);
    third(Presence::Alive, Some(0), 1000, 110, &mut judge);
    assert!(!judge.is_stable(server(3).raft_id, 109, &initial));
    assert!(judge.is_stable(server(3).raft_id, 110, &initial));
    third(Presence::Failed, Some(0), 1000, 111, &mut judge);
    assert!(!judge.is_stable(server(3).raft_id, 999, &initial));
    let back = third(Presence::Alive, Some(0), 1000, 112, &mut judge);
    assert_eq!((back.servers[1].stable_since, back.servers[2].stable_since), (100, 112));
}
