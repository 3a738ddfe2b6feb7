//! A health check in the catalog.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use serde::{Deserialize, Serialize};

use crate::node::Text;

/// All is well.
pub const PASSING: &str = "passing";
/// It works, and needs attention.
pub const WARNING: &str = "warning";
/// It does not work.
pub const CRITICAL: &str = "critical";

/// The check of a node that says what gossip thinks of it.
pub const SERF_HEALTH: &str = "serfHealth";

/// The check that puts a node into maintenance.
pub const NODE_MAINTENANCE: &str = "_node_maintenance";

/// Begins the id of the check that puts a service into maintenance; the service's id follows.
pub const SERVICE_MAINTENANCE: &str = "_service_maintenance:";

/// One check of a node or of a service on it.
///
/// Users see `Node, CheckID, Name, Status, Notes, Output, ServiceID, ServiceName, ServiceTags, Type, Definition, CreateIndex,
/// ModifyIndex`, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// The node, spelled as in its last registration.
    pub node: Text,
    /// Its id, unique on its node.
    pub id: Text,
    /// Its name.
    pub name: Text,
    /// Its status; the catalog takes any text.
    pub status: Text,
    /// For people to read.
    pub notes: Text,
    /// What the check printed last.
    pub output: Text,
    /// The service it belongs to; empty for a check of the node.
    pub service_id: Text,
    /// That service's name at the check's last registration, filled in by the catalog.
    pub service_name: Text,
    /// That service's tags at the check's last registration, filled in by the catalog.
    pub service_tags: Arc<[Text]>,
    /// What kind of check it is: `ttl`, `http` … or empty.
    pub kind: Text,
    /// How it is carried out, as the user's document; without content for most.
    pub definition: Option<Arc<CheckDefinition>>,
    /// The write that made it.
    pub create_index: Index,
    /// The last write that changed it.
    pub modify_index: Index,
}

/// How a check is carried out by whoever watches external nodes (`Definition`). Lengths of time are in nanoseconds.
///
/// Users see `Interval, Timeout, DeregisterCriticalServiceAfter`, then the other fields in this order, each only when it is filled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CheckDefinition {
    /// An address to ask by HTTP.
    pub http: String,
    /// Whether certificates are not looked at.
    pub tls_skip_verify: bool,
    /// Headers to send.
    pub header: Option<BTreeMap<String, Option<Vec<String>>>>,
    /// The method to ask with.
    pub method: String,
    /// The body to send.
    pub body: String,
    /// An address to connect to.
    pub tcp: String,
    /// How often.
    pub interval: i64,
    /// How much of what it prints is kept, in bytes.
    pub output_max_size: u64,
    /// How long an attempt may take.
    pub timeout: i64,
    /// After how long in critical state its service goes.
    pub deregister_critical_service_after: i64,
    /// A program to run, with its arguments.
    pub script_args: Vec<String>,
    /// The container to run it in.
    pub docker_container_id: String,
    /// The shell to run it with.
    pub shell: String,
    /// An address to ask by gRPC.
    pub grpc: String,
    /// Whether that is asked over TLS.
    pub grpc_use_tls: bool,
    /// The node whose health it takes over.
    pub alias_node: String,
    /// The service whose health it takes over.
    pub alias_service: String,
    /// How long it stays as it was told to be.
    pub ttl: i64,
}
