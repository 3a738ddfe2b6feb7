//! The duties at work on a store, on a clock that runs when everybody waits.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use proconsul_base::id::{RestoreId, SessionId};
use proconsul_base::index::Index;
use proconsul_state::command::Command;
use proconsul_state::command::kv::{KvCommand, Put};
use proconsul_state::command::restore::RestoreCommand;
use proconsul_state::command::session::SessionCommand;
use proconsul_state::outcome::Outcome;
use proconsul_state::restore::Restore;
use proconsul_state::watch::Topic;
use proconsul_types::check::SERF_HEALTH;
use proconsul_types::session::{Behavior, Session};
use tokio::time::{Instant, sleep};

use super::*;
use crate::fake::{self, FakeReplica};
use crate::pool::{Member, Presence};
use crate::replica::Replica;

const ID: SessionId = SessionId::from_bytes([1; 16]);

/// A leader that carries out all duties but those that need Raft.
struct Leader {
    replica: Arc<FakeReplica>,
    store: Arc<Store>,
    memory: Arc<Memory>,
    pool: watch::Sender<Pool>,
}

impl Leader {
    async fn with(members: &[Member]) -> Self {
        let (replica, store) = fake::replica();
        let (memory, pool) = (Arc::new(Memory::new(|| 0)), watch::Sender::new(members.into()));
        let place = Place { datacenter: "dc1".into(), me: "n1".into(), patience: Duration::from_secs(1000) };
        let seen = pool.subscribe();
        tokio::spawn(reconcile::run(replica.clone(), store.clone(), seen, memory.clone(), place));
        tokio::spawn(session_ttl::run(replica.clone(), store.clone(), memory.clone()));
        tokio::spawn(lock_delay::run(replica.clone(), store.clone(), memory.clone()));
        sleep(Duration::from_millis(1)).await;
        Self { replica, store, memory, pool }
    }

    async fn command(&self, command: Command<'_>) -> Option<Outcome> {
        Outcome::decode(&self.replica.propose(command.encode()).await.unwrap())
    }

    async fn create_session(&self, ttl: &str, lock_delay: i64) {
        let session = Session {
            id: ID,
            name: "".into(),
            node: "n1".into(),
            lock_delay,
            behavior: Behavior::Release,
            ttl: ttl.into(),
            node_checks: Some([SERF_HEALTH.into()].into()),
            service_checks: None,
            checks: [].into(),
            create_index: Index::ZERO,
            modify_index: Index::ZERO,
        };
        let created = self.command(Command::Session(SessionCommand::Create(Arc::new(session)))).await;
        assert_eq!(created, Some(Outcome::Done));
    }

    /// Puts an empty state in the place of the one there is.
    async fn restore_nothing(&self, number: u8) {
        let nothing = proconsul_state::store::create().1.view();
        for step in Restore::new(RestoreId::from_bytes([number; 16]), &nothing).unwrap().steps() {
            assert_eq!(self.command(Command::Restore(step)).await, Some(Outcome::Done));
        }
    }

    /// Waits until the session is gone, and tells how long that took.
    async fn end_of_session(&self) -> Duration {
        let begin = Instant::now();
        loop {
            let mut sessions = self.store.watch(Topic::Table(proconsul_state::watch::Table::Sessions));
            if self.store.session(ID).0.is_none() {
                return begin.elapsed();
            }
            sessions.changed().await;
        }
    }

    /// What the catalog says of nodes' health.
    fn told(&self) -> Vec<String> {
        self.store.view().checks().map(|check| format!("{} {}", check.node, check.status)).collect()
    }
}

fn member(name: &str, presence: Presence) -> Member {
    Member { name: name.into(), address: [10, 0, 0, 1].into(), presence, node_id: None, server: None }
}

fn within(time: Duration, from: f64) -> bool {
    (from..from + 0.6).contains(&time.as_secs_f64())
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_at_twice_its_time_to_live() {
    let leader = Leader::with(&[member("n1", Presence::Alive)]).await;
    leader.create_session("10s", 0).await;
    let ended = leader.end_of_session().await;
    assert!(within(ended, 20.0), "{ended:?}");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_renewed_in_time_does_not_end() {
    let leader = Leader::with(&[member("n1", Presence::Alive)]).await;
    leader.create_session("10s", 0).await;
    for _ in 0..5 {
        sleep(Duration::from_secs(19)).await;
        assert!(leader.memory.renew(ID, Duration::from_secs(10)));
    }
    let ended = leader.end_of_session().await;
    assert!(within(ended, 20.0), "{ended:?}");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_could_not_be_ended_is_ended_as_soon_as_it_can_be() {
    let leader = Leader::with(&[member("n1", Presence::Alive)]).await;
    leader.create_session("10s", 0).await;
    leader.replica.contact.lock().known_leader = false;
    sleep(Duration::from_secs(60)).await;
    assert!(leader.store.session(ID).0.is_some());
    assert!(!leader.memory.renew(ID, Duration::from_secs(10)), "its time is over");
    leader.replica.contact.lock().known_leader = true;
    assert!(leader.end_of_session().await < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_session_without_a_time_to_live_does_not_end() {
    for ttl in ["", "0s"] {
        let leader = Leader::with(&[member("n1", Presence::Alive)]).await;
        leader.create_session(ttl, 0).await;
        sleep(Duration::from_secs(100_000)).await;
        assert!(leader.store.session(ID).0.is_some(), "{ttl:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_session_was_invalidated_waits_for_its_lock_delay() {
    let leader = Leader::with(&[member("n1", Presence::Alive)]).await;
    leader.create_session("", 5_000_000_000).await;
    let lock = || Command::Kv(KvCommand::Lock(Put { key: "k", flags: 0, value: b"" }, ID));
    assert_eq!(leader.command(lock()).await, Some(Outcome::Done));
    leader.command(Command::Session(SessionCommand::Destroy(ID))).await;
    leader.create_session("", 0).await;
    let begin = Instant::now();
    while leader.command(lock()).await != Some(Outcome::Done) {
        sleep(Duration::from_millis(50)).await;
    }
    assert!(within(begin.elapsed(), 5.0), "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_catalog_follows_the_pool_and_writes_nothing_twice() {
    let leader = Leader::with(&[member("n1", Presence::Alive), member("n2", Presence::Alive)]).await;
    assert_eq!(leader.told(), ["n1 passing", "n2 passing"]);
    let written = leader.store.applied();
    sleep(Duration::from_secs(600)).await;
    assert_eq!(leader.store.applied(), written, "all is said");

    leader.pool.send_replace([member("n1", Presence::Alive), member("n2", Presence::Failed)].into());
    sleep(Duration::from_millis(1)).await;
    assert_eq!(leader.told(), ["n1 passing", "n2 critical"]);
    leader.pool.send_replace([member("n1", Presence::Alive)].into());
    sleep(Duration::from_millis(1)).await;
    assert_eq!(leader.told(), ["n1 passing"], "gossip has forgotten the other");
}

#[tokio::test(start_paused = true)]
async fn what_the_pool_has_not_seen_since_the_leader_began_is_critical_until_patience_ends() {
    let leader = Leader::with(&[member("n1", Presence::Alive), member("n2", Presence::Alive)]).await;
    let (memory, pool) = (Arc::new(Memory::new(|| 0)), watch::Sender::new([member("n1", Presence::Alive)].into()));
    let place = Place { datacenter: "dc1".into(), me: "n1".into(), patience: Duration::from_secs(1000) };
    drop(leader.pool);
    let (replica, store) = (leader.replica, leader.store);
    tokio::spawn(reconcile::run(replica, store.clone(), pool.subscribe(), memory, place));
    // In the first minute it may still be on its way.
    let told = || store.view().checks().map(|check| format!("{} {}", check.node, check.status)).collect::<Vec<_>>();
    sleep(Duration::from_secs(59)).await;
    assert_eq!(told(), ["n1 passing", "n2 passing"]);
    sleep(Duration::from_secs(841)).await;
    assert_eq!(told(), ["n1 passing", "n2 critical"]);
    sleep(Duration::from_secs(200)).await;
    assert_eq!(told(), ["n1 passing"]);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_written_is_written_when_it_can_be() {
    let leader = Leader::with(&[]).await;
    leader.replica.contact.lock().known_leader = false;
    leader.pool.send_replace([member("n1", Presence::Alive)].into());
    sleep(Duration::from_secs(5)).await;
    assert!(leader.told().is_empty());
    leader.replica.contact.lock().known_leader = true;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(leader.told(), ["n1 passing"]);
}

#[tokio::test(start_paused = true)]
async fn duties_begin_anew_when_another_state_takes_the_place_of_theirs() {
    let leader = Leader::with(&[]).await;
    let begun = Arc::new(AtomicU32::new(0));
    let (counted, store) = (begun.clone(), leader.store.clone());
    tokio::spawn(async move {
        office::anew(&store, || {
            counted.fetch_add(1, Ordering::SeqCst);
            std::future::pending()
        })
        .await;
    });
    sleep(Duration::from_millis(1)).await;
    leader.restore_nothing(1).await;
    sleep(Duration::from_millis(1)).await;
    assert_eq!(begun.load(Ordering::SeqCst), 2);
    leader.command(Command::Kv(KvCommand::Put(Put { key: "a", flags: 0, value: b"" }))).await;
    leader.restore_nothing(2).await;
    sleep(Duration::from_millis(1)).await;
    assert_eq!(begun.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_restore_that_nobody_goes_on_with_is_dropped() {
    let leader = Leader::with(&[]).await;
    tokio::spawn(restore::run(leader.replica.clone(), leader.store.clone()));
    let id = RestoreId::from_bytes([1; 16]);
    for offset in 0..5 {
        leader.command(Command::Restore(RestoreCommand::Part { id, offset, bytes: b"x" })).await;
        sleep(restore::PATIENCE - Duration::from_secs(1)).await;
        assert_eq!(leader.store.incoming(), Some((id, offset + 1)));
    }
    sleep(restore::PATIENCE).await;
    assert_eq!(leader.store.incoming(), None);
}
