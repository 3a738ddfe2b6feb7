//! A cluster of one without consensus, and a node without gossip: enough for the endpoints' tests.

use proconsul_consensus::Machine as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_calls::agent::{AgentError, PoolCalls};
use proconsul_calls::error::Unavailable;
use proconsul_calls::event::BroadcastError;
use proconsul_calls::read::{Consistency, Contact};
use proconsul_state::store::Store;
use proconsul_types::agent::Member;
use proconsul_types::event::UserEvent;
use proconsul_types::operator::RaftConfiguration;

use crate::endpoint::{QueryTime, Server, Settings};
use crate::local::Local;
use crate::machine::StoreMachine;
use crate::question::{Answer, Question};
use crate::replica::Replica;

/// Applies at once what is proposed, or refuses everything when it has no leader.
pub(crate) struct FakeReplica {
    machine: Mutex<(StoreMachine, Index)>,
    pub(crate) contact: Mutex<Contact>,
    pub(crate) barriers: Mutex<Vec<Consistency>>,
    /// How many of the next commands are applied without anybody being told.
    pub(crate) unanswered: Mutex<u32>,
    /// What the leader was asked.
    pub(crate) questions: Mutex<Vec<Question>>,
    /// What it will answer, the next first.
    pub(crate) answers: Mutex<Vec<Answer>>,
}

impl FakeReplica {
    fn led(&self) -> Result<(), Unavailable> {
        if self.contact.lock().known_leader { Ok(()) } else { Err(Unavailable::NoLeader) }
    }
}

impl Replica for FakeReplica {
    async fn propose(&self, command: Bytes) -> Result<Bytes, Unavailable> {
        self.led()?;
        let mut guard = self.machine.lock();
        let (machine, index) = &mut *guard;
        *index = index.next();
        let mut replies = Vec::new();
        machine.apply(&[(*index, command)], &mut replies).map_err(|_| Unavailable::ShuttingDown)?;
        let mut unanswered = self.unanswered.lock();
        if *unanswered > 0 {
            *unanswered -= 1;
            return Err(Unavailable::LeadershipLost);
        }
        replies.pop().ok_or(Unavailable::ShuttingDown)
    }

    async fn propose_as_leader(&self, command: Bytes) -> Result<Bytes, Unavailable> {
        self.propose(command).await
    }

    async fn ask(&self, question: Bytes) -> Result<Bytes, Unavailable> {
        self.led()?;
        let question = Question::decode(&question).ok_or(Unavailable::ShuttingDown)?;
        let answer = self.answers.lock().remove(0);
        self.questions.lock().push(question);
        Ok(answer.encode())
    }

    async fn barrier(&self, consistency: Consistency) -> Result<(), Unavailable> {
        self.barriers.lock().push(consistency);
        self.led()
    }

    fn contact(&self) -> Contact {
        *self.contact.lock()
    }

    fn is_leader(&self) -> bool {
        self.contact.lock().known_leader
    }

    fn term(&self) -> u64 {
        2
    }

    fn leader(&self) -> Option<SocketAddr> {
        None
    }

    fn peers(&self) -> Vec<SocketAddr> {
        Vec::new()
    }

    fn raft_configuration(&self) -> RaftConfiguration {
        RaftConfiguration::default()
    }
}

/// Knows one datacenter and nobody in it.
pub(crate) struct FakeLocal;

impl PoolCalls for FakeLocal {
    fn members(&self, _: bool) -> Vec<Member> {
        Vec::new()
    }

    async fn join(&self, addresses: &[&str], _: bool) -> Result<usize, AgentError> {
        Ok(addresses.len())
    }

    async fn force_leave(&self, _: &str, _: bool) -> Result<(), AgentError> {
        Ok(())
    }

    async fn leave(&self) -> Result<(), AgentError> {
        Ok(())
    }
}

impl Local for FakeLocal {
    fn datacenters(&self) -> Vec<String> {
        vec!["dc1".to_owned()]
    }

    async fn fire_event(&self, _: &UserEvent) -> Result<(), BroadcastError> {
        Ok(())
    }

    fn wall_clock(&self) -> String {
        "2026-11-23T18:00:00.5Z".to_owned()
    }

    fn unix_milliseconds(&self) -> u64 {
        1_795_455_200_500
    }

    fn trust_domain(&self) -> Option<String> {
        Some("00000000-0000-0000-0000-000000000000.consul".to_owned())
    }
}

/// A leader alone, whose log begins at index 10, and what it has applied.
pub(crate) fn replica() -> (Arc<FakeReplica>, Arc<Store>) {
    let (machine, store) = StoreMachine::new();
    let replica = Arc::new(FakeReplica {
        machine: Mutex::new((machine, Index(9))),
        contact: Mutex::new(Contact { known_leader: true, last_contact: Duration::ZERO }),
        barriers: Mutex::default(),
        unanswered: Mutex::default(),
        questions: Mutex::default(),
        answers: Mutex::default(),
    });
    (replica, store)
}

/// A server in `dc1` with a leader, whose log begins at index 10.
pub(crate) fn server() -> (Arc<Server<FakeReplica, FakeLocal>>, Arc<FakeReplica>) {
    let (replica, store) = replica();
    let settings = Settings {
        datacenter: "dc1".to_owned(),
        node_name: "n1".to_owned(),
        query_time: QueryTime::default(),
        session_ttl_min: Duration::from_secs(10),
    };
    let server = Server::new(replica.clone(), Arc::new(FakeLocal), store, settings, Rng::seeded(1));
    (Arc::new(server), replica)
}
