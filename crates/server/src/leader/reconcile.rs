//! What the catalog must say of a member of the pool: whoever is alive is a node whose serfHealth passes, whoever failed is
//! critical, whoever left is gone. Decides only, and never asks for what is so already.
//!
//! The node's own record is the agent's to tell. The leader writes one only for a node that has none, so that others find it
//! meanwhile, and sets the address right when the agent has not done so for a whole period. In between it must keep its hands
//! off: what it read a moment ago may be what the agent has just replaced.

mod rounds;
mod run;

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_state::command::catalog::Register;
use proconsul_types::check::{CRITICAL, Check, PASSING, SERF_HEALTH};
use proconsul_types::node::{Node, Text};
use proconsul_types::service::{Proxy, Service, ServiceKind, Weights};

use crate::pool::{Member, Presence, ServerTags};

pub use self::rounds::{Rounds, Unseen};
pub use self::run::{Place, run};

/// The service that every server is an instance of, its name and its id.
pub const CONSUL: &str = "consul";

const CHECK_NAME: &str = "Serf Health Status";
const ALIVE_OUTPUT: &str = "Agent alive and reachable";
const FAILED_OUTPUT: &str = "Agent not live or unreachable";

/// What the catalog says of a member now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// The node of its name.
    pub node: Option<Arc<Node>>,
    /// That node's serfHealth.
    pub health: Option<Arc<Check>>,
    /// The instance of [`CONSUL`] on it.
    pub consul: Option<Arc<Service>>,
}

/// What is to be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// The node is there.
    Register(Box<Register>),
    /// The node of this name is gone.
    Deregister(Text),
}

/// How much a round looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What changes with the pool.
    Presence,
    /// Addresses too, and nodes that the pool has not shown for a whole period.
    Everything,
}

/// What is to be written about a member of the pool, in this order. `me` is the leader's own name: it never takes itself out of
/// the catalog, its successor will.
pub fn due(member: &Member, known: &Known, scope: Scope, datacenter: &Text, me: &str) -> Vec<Deed> {
    match member.presence {
        Presence::Alive => alive(member, known, scope, datacenter),
        Presence::Failed => failed(&member.name, known).into_iter().collect(),
        Presence::Left if &*member.name != me => gone(&member.name, known).into_iter().collect(),
        Presence::Left | Presence::Leaving => Vec::new(),
    }
}

fn alive(member: &Member, known: &Known, scope: Scope, datacenter: &Text) -> Vec<Deed> {
    let mut deeds = Vec::new();
    let mut known = known;
    let nothing = Known::default();
    let is_another = |node: &Node| node.id.is_some() && member.node_id.is_some() && node.id != member.node_id;
    if known.node.as_deref().is_some_and(is_another) {
        // Names are unique among those who are alive: the node that had this one is no more.
        deeds.extend(gone(&member.name, known));
        known = &nothing;
    }
    let service = member.server.as_ref().map(|server| consul(&member.name, server));
    let is_told = match (&service, &known.consul) {
        (Some(service), Some(told)) => service.port == told.port && service.meta == told.meta,
        (Some(_), None) => false,
        (None, _) => true,
    };
    let node = node(member, known.node.as_deref(), datacenter);
    let has_moved = known.node.as_deref().is_some_and(|known| known.address != node.address);
    let sets_address = has_moved && scope == Scope::Everything;
    if known.node.is_none() || sets_address || !is_told || !says(known, PASSING) {
        let check = check(&member.name, PASSING, ALIVE_OUTPUT);
        deeds.push(register(node, service, check, !sets_address));
    }
    deeds
}

/// A node that the catalog does not know need not be told to have failed.
fn failed(name: &Text, known: &Known) -> Option<Deed> {
    let node = known.node.as_deref().filter(|_| !says(known, CRITICAL))?;
    Some(register(node.clone(), None, check(name, CRITICAL, FAILED_OUTPUT), true))
}

fn gone(name: &Text, known: &Known) -> Option<Deed> {
    known.node.as_deref()?;
    Some(Deed::Deregister(name.clone()))
}

fn says(known: &Known, status: &str) -> bool {
    known.health.as_deref().is_some_and(|health| &*health.status == status)
}

fn register(node: Node, service: Option<Service>, check: Check, skip_node_update: bool) -> Deed {
    Deed::Register(Box::new(Register { node, service, checks: vec![check], skip_node_update }))
}

/// The record of a member's node: what is known of it stays as it is, but for where it is.
fn node(member: &Member, known: Option<&Node>, datacenter: &Text) -> Node {
    Node {
        id: member.node_id,
        name: member.name.clone(),
        address: member.address.to_string().into(),
        datacenter: datacenter.clone(),
        tagged_addresses: known.and_then(|known| known.tagged_addresses.clone()),
        meta: known.and_then(|known| known.meta.clone()),
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

fn check(node: &Text, status: &str, output: &str) -> Check {
    Check {
        node: node.clone(),
        id: SERF_HEALTH.into(),
        name: CHECK_NAME.into(),
        status: status.into(),
        notes: "".into(),
        output: output.into(),
        service_id: "".into(),
        service_name: "".into(),
        service_tags: [].into(),
        kind: "".into(),
        definition: None,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

fn consul(node: &Text, server: &ServerTags) -> Service {
    let (oldest, newest, spoken) = server.serf_protocol;
    let meta = [
        ("non_voter", "false".to_owned()),
        ("raft_version", server.raft_version.clone()),
        ("serf_protocol_current", spoken.to_string()),
        ("serf_protocol_max", newest.to_string()),
        ("serf_protocol_min", oldest.to_string()),
        ("version", server.version.clone()),
    ];
    let meta: BTreeMap<String, String> = meta.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    Service {
        kind: ServiceKind::Typical,
        id: CONSUL.into(),
        name: CONSUL.into(),
        node: node.clone(),
        tags: [].into(),
        address: "".into(),
        tagged_addresses: None,
        meta: Some(Arc::new(meta)),
        port: i64::from(server.port),
        weights: Weights { passing: 1, warning: 1 },
        enable_tag_override: false,
        proxy: Arc::new(Proxy::default()),
        connect_native: false,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

#[cfg(test)]
mod tests;
