//! The agent's configuration: flags and files are read, merged, resolved once and checked; [`Config`] is what the agent runs on.
//!
//! [`Config`] is plain data: nothing in it has to be looked up, defaulted or parsed again.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use proconsul_base::cidr::Cidr;
use proconsul_base::id::NodeId;
use proconsul_types::autopilot::Configuration;
use proconsul_types::pod_context::PodContext;

mod change;
mod definition;
mod dns;
pub mod environment;
mod error;
mod flags;
mod gather;
mod invalid;
pub mod key;
pub mod log;
mod network;
mod origin;
pub mod place;
mod resolve;
mod settings;
mod source;
mod telemetry;
mod template;

pub use self::change::Change;
pub use self::definition::DefinitionMistake;
pub use self::dns::DnsSettings;
use self::environment::Environment;
pub use self::error::{Mistake, Mistakes};
pub use self::flags::FLAGS;
pub use self::invalid::Invalid;
pub use self::log::{LogConfig, LogLevel, RotateKeep};
pub use self::origin::Origin;
pub use self::place::Place;
pub use self::settings::Written;
pub use self::telemetry::TelemetryConfig;
pub use self::template::TemplateError;
use crate::flag::Given;
use crate::local::{Definitions, Scripts};
use crate::watch::Watch;

/// The configuration that these flags, and the files they name, describe on this machine; or everything that is wrong with it.
pub fn load(given: &Given, environment: &Environment<'_>) -> Result<Config, Mistakes> {
    let mut gathered = gather::Gathered::default();
    if !given.rest.is_empty() {
        gathered.mistakes.push(Mistake::ExtraArguments(given.rest.clone()));
    }
    let sources = source::sources(given, environment, &mut gathered.mistakes, &mut gathered.warnings);
    gathered.all(given, &sources);
    let gather::Gathered { settings, defined, mut mistakes, warnings } = gathered;
    let config = resolve::resolve(&settings, given.switch("dev"), environment, warnings, &mut mistakes);
    let local = LocalSettings { definitions: defined.local, ..config.local };
    let config = Config { local, watches: defined.watches, ..config };
    if mistakes.is_empty() { Ok(config) } else { Err(Mistakes(mistakes)) }
}

/// The checked configuration of one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where the agent keeps its state; `None` in development mode, where nothing is kept.
    pub data_dir: Option<Place>,
    /// The node's name, unique in its cluster; the host name unless given.
    pub node_name: String,
    /// The given id, else the one in `data_dir/node-id`, else a fresh one that the start has to write there.
    pub node_id: NodeId,
    /// Key and value pairs that describe the node (at most 64, keys up to 128 characters, values up to 512).
    pub node_meta: BTreeMap<String, String>,
    /// The datacenter, in lower case.
    pub datacenter: String,
    /// Whether this agent is a server: votes, keeps the log, answers for the cluster.
    pub server: bool,
    /// How the first election comes about. Only servers bootstrap.
    pub bootstrap: Bootstrap,
    /// Development mode: a server of its own in memory, nothing written to disk.
    pub dev: bool,
    /// Whether the web pages under `/ui/` are served.
    pub ui: bool,
    /// Whether it answers for the service mesh; development mode does.
    pub mesh: bool,
    /// Where the listeners for gossip and RPC are bound; may be the wildcard address.
    pub bind_addr: IpAddr,
    /// Where other agents reach this one; never a wildcard address.
    pub advertise_addr: IpAddr,
    /// Where the listeners of the HTTP API are bound, in the order given, at least one.
    pub client_addrs: Vec<IpAddr>,
    /// Where LAN gossip is bound; `bind_addr` unless given.
    pub serf_lan_bind: IpAddr,
    /// The port of each listener.
    pub ports: Ports,
    /// The services and checks of this agent.
    pub local: LocalSettings,
    /// How the cluster is found.
    pub join: Join,
    /// DNS: what is answered for, how, and who else is asked.
    pub dns: DnsSettings,
    /// What is logged, how and where.
    pub log: LogConfig,
    /// What is done with metrics.
    pub telemetry: TelemetryConfig,
    /// The name of the machine.
    pub hostname: String,
    /// Where the process id is written while the agent runs.
    pub pid_file: Option<Place>,
    /// The replicated log.
    pub raft: RaftConfig,
    /// What a leader does about servers; taken over by a new cluster from its first leader.
    pub autopilot: Configuration,
    /// After how long a node that failed is forgotten (`reconnect_timeout`, 72 h).
    pub reconnect_timeout: Duration,
    /// How long a blocking query waits when it does not say (`default_query_time`, 300 s).
    pub default_query_time: Duration,
    /// The longest that a blocking query may ask to wait (`max_query_time`, 600 s).
    pub max_query_time: Duration,
    /// The shortest time to live that a session may ask for (`session_ttl_min`, 10 s).
    pub session_ttl_min: Duration,
    /// How long a request is held while there is no leader (`performance.rpc_hold_timeout`, 7 s).
    pub rpc_hold_timeout: Duration,
    /// How long a leaving server keeps answering, so that clients find another (`performance.leave_drain_time`, 5 s).
    pub leave_drain_time: Duration,
    /// Whether SIGTERM leaves the cluster before the agent stops (servers: false, clients: true).
    pub leave_on_terminate: bool,
    /// Whether SIGINT stops the agent without leaving the cluster (servers: true, clients: false).
    pub skip_leave_on_interrupt: bool,
    /// What the HTTP API lets through and adds.
    pub http: HttpSettings,
    /// What health checks may do and keep.
    pub checks: CheckSettings,
    /// Bounds on what clients may ask.
    pub limits: Limits,
    /// What is followed, and who is told.
    pub watches: Vec<Watch>,
    /// The pod this agent stands for in loopback isolation. Addresses and paths above already follow it; outgoing
    /// connections leave from its address and names are asked of its resolver.
    pub pod: Option<PodContext>,
    /// Every key that was set, to tell what is different when it is read again.
    pub written: Written,
    /// What the operator is told once at start as a warning: keys that are known but whose feature is absent, risky settings.
    pub warnings: Vec<String>,
    /// What the operator is told once at start for information: well-known ports that have no listener.
    pub notices: Vec<String>,
}

/// How a server comes to its first election.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bootstrap {
    /// It waits to be added by a cluster that exists (`bootstrap_expect` 0).
    Never,
    /// It starts a cluster of its own (`bootstrap`, or `bootstrap_expect` 1, or development mode).
    Alone,
    /// It waits until this many servers know of each other, at least 2 (`bootstrap_expect`).
    Expect(u32),
}

/// The port of each listener; `None` for a listener that is off (-1 in Consul's files). A test may pass 0 for any free port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// The HTTP API, on every address of `client_addrs`.
    pub http: Option<u16>,
    /// DNS over UDP and TCP, on every address of `dns.addresses`.
    pub dns: Option<u16>,
    /// gRPC for Envoy.
    pub grpc: Option<u16>,
    /// RPC between agents and servers, on `bind_addr`.
    pub server: u16,
    /// LAN gossip over UDP and TCP, on `serf_lan_bind`.
    pub serf_lan: u16,
    /// WAN gossip; `None` keeps the server out of the WAN.
    pub serf_wan: Option<u16>,
}

/// The services and checks of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalSettings {
    /// Those that the files define, in the order of the files.
    pub definitions: Definitions,
    /// The ports for sidecars that name none; `None` when there are none to give.
    pub sidecar_ports: Option<RangeInclusive<u16>>,
    /// How long a new output of a check may wait until it is written; zero for not at all (`check_update_interval`, 5 m).
    pub check_update_interval: Duration,
    /// Whether what checks print is dropped (`discard_check_output`).
    pub discard_check_output: bool,
}

/// How an agent finds its cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Join {
    /// `IP[:port]` or `name[:port]`, tried once at start; when none answers, the start fails.
    pub once: Vec<String>,
    /// `IP[:port]` or `name[:port]`, tried until one answers; names are resolved on every attempt.
    pub retry: Vec<String>,
    /// The longest pause between two attempts (`retry_interval`, 30 s).
    pub retry_interval: Duration,
    /// After how many failed attempts the agent gives up and stops; `None` for never.
    pub retry_max: Option<u32>,
    /// Whether the agent rejoins the peers it knew although it left them on purpose.
    pub rejoin_after_leave: bool,
}

/// The replicated log of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaftConfig {
    /// The `raft_vsn` tag that other servers are told, 2 or 3.
    pub protocol: u8,
    /// By how much the election timing is stretched, 1 to 10 (`performance.raft_multiplier`, 1 here).
    pub multiplier: u8,
    /// How many applied entries lie between two snapshots (`raft_snapshot_threshold`, 16384).
    pub snapshot_threshold: u64,
    /// How often is looked whether a snapshot is due (`raft_snapshot_interval`, 30 s).
    pub snapshot_interval: Duration,
    /// How many entries before a snapshot are kept for slow followers (`raft_trailing_logs`, 10000).
    pub trailing_logs: u64,
}

/// The HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    /// Paths that are blocked, with all that begins with them (`http_config.block_endpoints`).
    pub block_endpoints: Vec<String>,
    /// From where writes are taken; empty for everywhere (`http_config.allow_write_http_from`).
    pub allow_write_from: Vec<Cidr>,
    /// Headers of every answer (`http_config.response_headers`).
    pub response_headers: BTreeMap<String, String>,
    /// Whether `?cached` is followed (`http_config.use_cache`, true).
    pub use_cache: bool,
    /// Whether paths may hold characters that cannot be printed (`disable_http_unprintable_char_filter`).
    pub unprintable_paths: bool,
    /// Whether answers say that addresses of other datacenters are translated (`translate_wan_addrs`).
    pub translate_addresses: bool,
    /// How stale reads of catalog and health may be that do not say; zero for not at all (`discovery_max_stale`).
    pub discovery_max_stale: Duration,
}

/// Health checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckSettings {
    /// From where checks that run programs are taken.
    pub scripts: Scripts,
    /// How much of an output is kept, in bytes (`check_output_max_size`, 4096).
    pub output_bytes_max: usize,
}

/// Bounds on what clients may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open HTTP connections from one client address (`limits.http_max_conns_per_client`, 200).
    pub http_conns_per_client_max: usize,
    /// Bytes of one key's value (`limits.kv_max_value_size`, 524288).
    pub kv_value_bytes_max: usize,
    /// Bytes of one transaction's request (`limits.txn_max_req_len`, 524288).
    pub txn_request_bytes_max: usize,
    /// Calls to servers that a client agent may make in 1000 seconds (`limits.rpc_rate`, for one second); `None` for no limit.
    pub rpc_per_1000_s: Option<u64>,
    /// Calls to servers that a client agent may make at once when it has made none for a while (`limits.rpc_max_burst`, 1000).
    pub rpc_burst_max: u32,
}

#[cfg(test)]
mod tests;
