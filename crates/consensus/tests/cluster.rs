//! Three servers with real directories and connections: founding, writing, failing, coming back elsewhere, catching up.

mod support;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proconsul_base::id::RaftId;
use proconsul_consensus::{Answerer, Answering, Certainty};
use proconsul_raft::Change;
use support::{Node, World, until};

fn pick<'a>(nodes: &[&'a Node], leads: bool, leader: proconsul_base::id::RaftId) -> &'a Node {
    nodes.iter().find(|node| (node.server.raft_id == leader) == leads).expect("one of three leads")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_through_any_server_is_read_through_all() {
    let world = World::new(3);
    let (a, b, c) = (world.start(1).await, world.start(2).await, world.start(3).await);
    let all = [&a, &b, &c];
    world.elect(&all).await;
    for (number, node) in all.iter().enumerate() {
        let command = Bytes::from(format!("write {number}"));
        assert_eq!(node.handle().propose(command.clone()).await, Ok(command));
    }
    for certainty in [Certainty::Lease, Certainty::Quorum] {
        for node in all {
            node.handle().read_barrier(certainty).await.unwrap();
            assert_eq!(node.journal.0.lock().len(), 3);
        }
    }
    let voters = a.handle().status().membership.voters.len();
    assert_eq!(voters, 3);
}

/// Answers with its own name and the question.
struct Named(u64);

impl Answerer for Named {
    fn answer(&self, question: Bytes) -> Answering<'_> {
        let answer = [&self.0.to_le_bytes()[..], &question].concat();
        Box::pin(async { Ok(answer.into()) })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_asked_anywhere_is_answered_by_the_leader_alone_and_by_the_next_one_after_it() {
    let world = World::new(3);
    let mut nodes = vec![world.start(1).await, world.start(2).await, world.start(3).await];
    for node in &nodes {
        node.handle().answer_with(Arc::new(Named(node.server.raft_id.get())));
    }
    let leader = world.elect(&nodes.iter().collect::<Vec<_>>()).await;
    let answer = |leader: RaftId| Ok(Bytes::from([&leader.get().to_le_bytes()[..], b"who?"].concat()));
    for node in &nodes {
        assert_eq!(node.handle().ask(Bytes::from_static(b"who?")).await, answer(leader));
    }
    let gone = nodes.iter().position(|node| node.server.raft_id == leader).unwrap();
    nodes.remove(gone).stop().await;
    let (first, second) = tokio::join!(
        nodes[0].handle().ask(Bytes::from_static(b"who?")),
        nodes[1].handle().ask(Bytes::from_static(b"who?"))
    );
    let next = nodes[0].handle().status().leader.unwrap();
    assert_ne!(next, leader);
    assert_eq!((first, second), (answer(next), answer(next)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_others_elect_a_leader_when_the_leader_is_gone_and_nothing_acknowledged_is_lost() {
    let world = World::new(3);
    let mut nodes = vec![world.start(1).await, world.start(2).await, world.start(3).await];
    let leader = world.elect(&nodes.iter().collect::<Vec<_>>()).await;
    for number in 0..50 {
        nodes[0].handle().propose(Bytes::from(format!("before {number}"))).await.unwrap();
    }
    let gone = nodes.iter().position(|node| node.server.raft_id == leader).unwrap();
    nodes.remove(gone).stop().await;
    // Forwarded to the dead leader first, then held until there is another.
    nodes[0].handle().propose(Bytes::from_static(b"after")).await.unwrap();
    nodes[1].handle().read_barrier(Certainty::Quorum).await.unwrap();
    assert_eq!(nodes[1].journal.0.lock().len(), 51);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_servers_come_back_on_other_addresses_with_all_data_and_all_votes() {
    let world = World::new(3);
    let (a, b, c) = (world.start(1).await, world.start(2).await, world.start(3).await);
    world.elect(&[&a, &b, &c]).await;
    for number in 0..200 {
        b.handle().propose(Bytes::from(format!("{number}"))).await.unwrap();
    }
    tokio::join!(a.stop(), b.stop(), c.stop());

    let (a, b, c) = (world.start(3).await, world.start(1).await, world.start(2).await);
    for node in [&a, &b, &c] {
        assert_eq!(node.handle().status().membership.voters.len(), 3, "voters are voters from the first moment");
    }
    world.elect(&[&a, &b, &c]).await;
    for node in [&a, &b, &c] {
        node.handle().read_barrier(Certainty::Quorum).await.unwrap();
        assert_eq!(node.journal.0.lock().len(), 200);
        assert_eq!(node.handle().status().membership.voters.len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leadership_is_handed_over_on_request() {
    let world = World::new(3);
    let (a, b, c) = (world.start(1).await, world.start(2).await, world.start(3).await);
    let all = [&a, &b, &c];
    let leader = world.elect(&all).await;
    assert!(pick(&all, true, leader).handle().hand_over(Duration::from_secs(5)).await);
    assert_ne!(world.elect(&all).await, leader);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lost_its_directory_joins_under_a_new_identity_and_catches_up_by_snapshot() {
    let mut world = World::new(3);
    world.snapshot_bytes = 64 << 10;
    world.trailing = 10;
    let mut nodes = vec![world.start(1).await, world.start(2).await, world.start(3).await];
    world.elect(&nodes.iter().collect::<Vec<_>>()).await;
    let old = nodes.remove(2);
    let (number, former) = (3, old.server.clone());
    old.stop().await;
    let leader = world.elect(&nodes.iter().collect::<Vec<_>>()).await;
    let leading = nodes.iter().position(|node| node.server.raft_id == leader).unwrap();
    for count in 0..300 {
        nodes[leading].handle().propose(Bytes::from(vec![count as u8; 1000])).await.unwrap();
    }
    std::fs::remove_dir_all(world.path(number)).unwrap();

    let back = world.start(number).await;
    assert_ne!(back.server.raft_id, former.raft_id, "an identity without its log never comes back");
    world.introduce(&[&nodes[0], &nodes[1], &back]).await;
    let leader = &nodes[leading];
    leader.handle().change(Change::AddLearner(back.server.clone())).await.unwrap();
    let applied = || back.journal.0.lock().len();
    until("the learner has everything", || applied() == 300, || format!("it has {}", applied())).await;
    leader.handle().change(Change::Promote(back.server.raft_id)).await.unwrap();
    leader.handle().change(Change::Remove(former.raft_id)).await.unwrap();
    until(
        "it is a voter",
        || back.handle().status().membership.is_voter(back.server.raft_id),
        || format!("{:?}", back.handle().status()),
    )
    .await;
    assert_eq!(leader.handle().status().membership.voters.len(), 3);
    back.handle().propose(Bytes::from_static(b"through the newcomer")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_gave_its_identity_up_starts_as_a_new_one_without_its_log() {
    let world = World::new(1);
    let alone = world.start(1).await;
    world.elect(&[&alone]).await;
    alone.handle().propose(Bytes::from_static(b"x")).await.unwrap();
    let former = alone.server.raft_id;
    alone.handle().retire().await.unwrap();
    alone.stop().await;

    let back = world.start(1).await;
    assert_ne!(back.server.raft_id, former);
    world.elect(&[&back]).await;
    assert_eq!(back.journal.0.lock().len(), 0, "a new cluster of its own, not the old one's log");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_its_identity_is_refused() {
    let world = World::new(1);
    let alone = world.start(1).await;
    world.elect(&[&alone]).await;
    alone.stop().await;
    std::fs::remove_file(world.path(1).join("raft/identity")).unwrap();
    let refused = world.try_start(1).await.err().expect("whose votes would these be?");
    assert!(refused.to_string().contains("raft/identity"), "{refused}");
}
