//! A server in `dc1` whose log applies at once, behind a real listener.

mod told;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_agent::event::History;
use proconsul_agent::local::Shared;
use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_calls::agent::{AgentError, Events, HeardCalls, ListEvents, PoolCalls, SelfCalls};
use proconsul_calls::error::Unavailable;
use proconsul_calls::event::BroadcastError;
use proconsul_calls::read::{Consistency, Contact};
use proconsul_http::{HttpConfig, serve};
use proconsul_server::endpoint::{QueryTime, Server, Settings};
use proconsul_server::local::Local;
use proconsul_server::question::{self, Question};
use proconsul_server::replica::Replica;
use proconsul_state::command::Command;
use proconsul_state::command::catalog::{CatalogCommand, Register};
use proconsul_state::outcome::Outcome;
use proconsul_state::store::{self, Writer};
use proconsul_types::agent::{AgentConfig, AgentSelf, Member};
use proconsul_types::check::{Check, PASSING, SERF_HEALTH};
use proconsul_types::event::UserEvent;
use proconsul_types::node::Node;
use proconsul_types::operator::{RaftConfiguration, RaftServer};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::client::{Answer, Client};
use crate::holding;

/// The log begins at index 10.
pub(crate) struct FakeReplica {
    log: Mutex<(Writer, Index)>,
    contact: Mutex<Contact>,
}

impl FakeReplica {
    fn led(&self) -> Result<(), Unavailable> {
        if self.contact.lock().known_leader { Ok(()) } else { Err(Unavailable::NoLeader) }
    }
}

impl Replica for FakeReplica {
    async fn propose(&self, command: Bytes) -> Result<Bytes, Unavailable> {
        self.led()?;
        let (writer, index) = &mut *self.log.lock();
        *index = index.next();
        let mut told = Outcome::Skipped;
        writer.apply([(*index, &command[..])], |outcome| told = outcome).unwrap();
        Ok(told.encode())
    }

    async fn propose_as_leader(&self, command: Bytes) -> Result<Bytes, Unavailable> {
        self.propose(command).await
    }

    /// Every session is renewed; nothing else is answered.
    async fn ask(&self, question: Bytes) -> Result<Bytes, Unavailable> {
        match Question::decode(&question) {
            Some(Question::RenewSession(_)) => Ok(question::Answer::Done.encode()),
            _ => Err(Unavailable::NoLeader),
        }
    }

    async fn barrier(&self, _: Consistency) -> Result<(), Unavailable> {
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
        self.is_leader().then(|| SocketAddr::from(([192, 0, 2, 1], 8300)))
    }

    fn peers(&self) -> Vec<SocketAddr> {
        [1, 2].map(|last| SocketAddr::from(([192, 0, 2, last], 8300))).to_vec()
    }

    fn raft_configuration(&self) -> RaftConfiguration {
        let server = RaftServer {
            id: "the-id".to_owned(),
            node: "one".to_owned(),
            address: "192.0.2.1:8300".to_owned(),
            leader: true,
            protocol_version: "3".to_owned(),
            voter: true,
        };
        RaftConfiguration { servers: vec![server], index: 4 }
    }
}

/// The node around the server.
pub(crate) struct FakeLocal {
    stop: Arc<Notify>,
    heard: History,
    pub(crate) held: Shared,
}

fn member() -> Member {
    Member {
        name: "one".to_owned(),
        addr: "192.0.2.1".to_owned(),
        port: 8301,
        tags: BTreeMap::from([("role".to_owned(), "consul".to_owned())]),
        status: 1,
        protocol_min: 1,
        protocol_max: 5,
        protocol_cur: 2,
        delegate_min: 2,
        delegate_max: 5,
        delegate_cur: 4,
    }
}

impl PoolCalls for FakeLocal {
    fn members(&self, wide_area: bool) -> Vec<Member> {
        if wide_area { Vec::new() } else { vec![member()] }
    }

    async fn join(&self, addresses: &[&str], wide_area: bool) -> Result<usize, AgentError> {
        if wide_area { Err(AgentError::NoWideArea) } else { Ok(addresses.len()) }
    }

    async fn force_leave(&self, node: &str, _prune: bool) -> Result<(), AgentError> {
        if node == "one" { Ok(()) } else { Err(AgentError::UnknownNode(node.to_owned())) }
    }

    async fn leave(&self) -> Result<(), AgentError> {
        self.stop.notify_one();
        Ok(())
    }
}

impl SelfCalls for FakeLocal {
    fn describe(&self) -> AgentSelf {
        let config = AgentConfig {
            datacenter: "dc1".to_owned(),
            node_name: "one".to_owned(),
            node_id: "the-id".to_owned(),
            revision: String::new(),
            server: true,
            version: "1.8.7".to_owned(),
        };
        let (debug_config, stats, meta) = Default::default();
        AgentSelf { config, debug_config, coord: None, member: member(), stats, meta }
    }
}

impl HeardCalls for FakeLocal {
    async fn event_list(&self, list: ListEvents<'_>) -> Events {
        self.heard.list(list, QueryTime::default().max).await
    }
}

impl Local for FakeLocal {
    fn datacenters(&self) -> Vec<String> {
        vec!["dc1".to_owned(), "dc2".to_owned()]
    }

    async fn fire_event(&self, event: &UserEvent) -> Result<(), BroadcastError> {
        self.heard.add(event.clone());
        Ok(())
    }

    fn unix_milliseconds(&self) -> u64 {
        1_795_455_200_500
    }

    fn wall_clock(&self) -> String {
        "2026-11-23T18:00:00.5Z".to_owned()
    }

    fn trust_domain(&self) -> Option<String> {
        Some("00000000-0000-0000-0000-000000000000.consul".to_owned())
    }
}

/// A served API.
pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) served: JoinHandle<()>,
    replica: Arc<FakeReplica>,
    stop: Arc<Notify>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(HttpConfig { ui: true, ..HttpConfig::default() }).await
    }

    pub(crate) async fn with(config: HttpConfig) -> Self {
        let (writer, store) = store::create();
        let contact = Contact { known_leader: true, last_contact: Duration::ZERO };
        let replica = Arc::new(FakeReplica { log: Mutex::new((writer, Index(9))), contact: Mutex::new(contact) });
        let stop = Arc::new(Notify::new());
        let settings = Settings {
            datacenter: "dc1".to_owned(),
            node_name: "one".to_owned(),
            query_time: QueryTime::default(),
            session_ttl_min: Duration::from_secs(10),
        };
        let local = Arc::new(FakeLocal { stop: stop.clone(), heard: History::default(), held: holding::nothing() });
        let server = Server::new(replica.clone(), local, store, settings, Rng::seeded(1));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stopped = stop.clone();
        let served =
            tokio::spawn(serve(vec![listener], Arc::new(server), watch::channel(Arc::new(config)).1, async move {
                stopped.notified().await
            }));
        Self { address, served, replica, stop }
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// One request on a connection of its own.
    pub(crate) async fn ask(&self, what: &str) -> Answer {
        self.client().await.ask(what, "").await
    }

    pub(crate) async fn put(&self, target: &str, body: &str) -> String {
        self.client().await.ask(&format!("PUT {target}"), body).await.body
    }

    /// Registers a node with the check of gossip and one of its own, `own`, in this status.
    pub(crate) async fn register(&self, node: &str, status: &str) {
        let check = |id: &str, status: &str| Check {
            node: node.into(),
            id: id.into(),
            status: status.into(),
            ..Check::default()
        };
        let register = Register {
            node: Node {
                id: None,
                name: node.into(),
                address: "192.0.2.1".into(),
                datacenter: "dc1".into(),
                tagged_addresses: None,
                meta: None,
                create_index: Index::ZERO,
                modify_index: Index::ZERO,
            },
            service: None,
            checks: vec![check(SERF_HEALTH, PASSING), check("own", status)],
            skip_node_update: false,
        };
        let command = Command::Catalog(CatalogCommand::Register(Box::new(register))).encode();
        assert_eq!(self.replica.propose(command).await.unwrap(), Outcome::Done.encode());
    }

    pub(crate) fn lose_leader(&self) {
        *self.replica.contact.lock() = Contact { known_leader: false, last_contact: Duration::from_millis(10_582) };
    }

    pub(crate) fn stop(&self) {
        self.stop.notify_one();
    }
}
