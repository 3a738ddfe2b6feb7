//! The keys that are followed, each with its flag, its default and its unit.

use super::{Key, Kind, Role};

const fn key(path: &'static str, takes: Kind, default: &'static str, doc: &'static str) -> Key {
    Key { path, takes, role: Role::Used { flag: None, default, doc } }
}

const fn flagged(path: &'static str, flag: &'static str, takes: Kind, default: &'static str, doc: &'static str) -> Key {
    Key { path, takes, role: Role::Used { flag: Some(flag), default, doc } }
}

/// In the order of the manual.
pub(super) const USED: &[Key] = &[
    flagged("server", "server", Kind::Boolean, "false", "Runs as a server."),
    flagged("bootstrap", "bootstrap", Kind::Boolean, "false", "Starts a cluster of this server alone."),
    flagged(
        "bootstrap_expect",
        "bootstrap-expect",
        Kind::Integer,
        "0",
        "Number of servers that start a new cluster together.",
    ),
    flagged("data_dir", "data-dir", Kind::Text, "", "Directory of the agent's state."),
    flagged("datacenter", "datacenter", Kind::Text, "dc1", "Datacenter of the agent."),
    flagged("node_name", "node", Kind::Text, "the host name", "Name of this node, unique in its cluster."),
    flagged("node_id", "node-id", Kind::Text, "kept in the data directory", "Identity of this node, a UUID."),
    flagged("node_meta", "node-meta", Kind::Map, "", "Names and texts that describe this node."),
    flagged("disable_host_node_id", "disable-host-node-id", Kind::Boolean, "true", "Makes the node id at random."),
    flagged("ui", "ui", Kind::Boolean, "false", "Serves the web pages under /ui/."),
    key("ui_config.enabled", Kind::Boolean, "false", "Serves the web pages under /ui/."),
    key("connect.enabled", Kind::Boolean, "false", "Answers for the service mesh: discovery chains."),
    // Addresses and ports.
    flagged("bind_addr", "bind", Kind::Text, "0.0.0.0", "Address to bind for gossip and RPC."),
    flagged("advertise_addr", "advertise", Kind::Text, "the bind address", "Address that other agents are told."),
    flagged("client_addr", "client", Kind::Text, "127.0.0.1", "Addresses to bind for clients, separated by spaces."),
    flagged("serf_lan", "serf-lan-bind", Kind::Text, "the bind address", "Address to bind for LAN gossip."),
    key("addresses.http", Kind::Text, "the client addresses", "Addresses to bind for the HTTP API."),
    flagged("ports.http", "http-port", Kind::Integer, "8500", "Port of the HTTP API; -1 for none."),
    flagged("ports.https", "https-port", Kind::Integer, "-1", "Port of the HTTPS API; -1 for none."),
    flagged("ports.dns", "dns-port", Kind::Integer, "8600", "Port of DNS; -1 for none."),
    flagged("ports.grpc", "grpc-port", Kind::Integer, "-1", "Port of gRPC; -1 for none."),
    flagged("ports.server", "server-port", Kind::Integer, "8300", "Port of RPC."),
    flagged("ports.serf_lan", "serf-lan-port", Kind::Integer, "8301", "Port of LAN gossip."),
    flagged("ports.serf_wan", "serf-wan-port", Kind::Integer, "8302", "Port of WAN gossip; -1 for none."),
    // Finding the cluster.
    flagged("start_join", "join", Kind::Texts, "", "Agents to join once at start."),
    flagged("retry_join", "retry-join", Kind::Texts, "", "Agents to join until one answers."),
    flagged("retry_interval", "retry-interval", Kind::Duration, "30s", "Longest pause between two attempts to join."),
    flagged(
        "retry_max",
        "retry-max",
        Kind::Integer,
        "0",
        "Failed attempts to join after which the agent stops; 0 for never.",
    ),
    flagged("rejoin_after_leave", "rejoin", Kind::Boolean, "false", "Rejoins the cluster even after having left it."),
    key("reconnect_timeout", Kind::Duration, "72h", "Time after which a failed node is forgotten."),
    // What a leader does about servers, taken from the one that first leads a new cluster.
    key("autopilot.cleanup_dead_servers", Kind::Boolean, "true", "Removes failed servers that were replaced."),
    key("autopilot.last_contact_threshold", Kind::Duration, "200ms", "Longest silence of a healthy server."),
    key("autopilot.max_trailing_logs", Kind::Integer, "250", "Entries a healthy server may lag behind."),
    key("autopilot.min_quorum", Kind::Integer, "0", "Servers that are kept, failed or not."),
    key(
        "autopilot.server_stabilization_time",
        Kind::Duration,
        "10s",
        "Time a new server must be healthy before it votes.",
    ),
    // DNS.
    flagged("domain", "domain", Kind::Text, "consul.", "DNS domain answered for."),
    flagged("alt_domain", "alt-domain", Kind::Text, "", "Second DNS domain answered for."),
    flagged("recursors", "recursor", Kind::Texts, "", "DNS servers that are asked for names of other zones."),
    key("addresses.dns", Kind::Text, "the client addresses", "Addresses to bind for DNS."),
    key("dns_config.allow_stale", Kind::Boolean, "true", "Answers from the state of any server."),
    key("dns_config.max_stale", Kind::Duration, "87600h", "Age of a server's state beyond which the leader is asked."),
    key("dns_config.node_ttl", Kind::Duration, "0s", "Time that answers about nodes may be kept."),
    key(
        "dns_config.service_ttl",
        Kind::Map,
        "",
        "Time that answers about services may be kept, by name or by the beginning of one and *.",
    ),
    key("dns_config.only_passing", Kind::Boolean, "false", "Leaves out services in warning state too."),
    key("dns_config.enable_truncate", Kind::Boolean, "false", "Tells clients when an answer was cut."),
    key("dns_config.udp_answer_limit", Kind::Integer, "3", "Most answers over UDP without EDNS; 8 at most."),
    key("dns_config.a_record_limit", Kind::Integer, "0", "Most addresses of one name; 0 for no limit."),
    key("dns_config.recursor_strategy", Kind::Text, "sequential", "Which recursor comes first: sequential or random."),
    key("dns_config.recursor_timeout", Kind::Duration, "2s", "Time that each recursor may take."),
    key("dns_config.disable_compression", Kind::Boolean, "false", "Writes names in full."),
    key(
        "dns_config.enable_additional_node_meta_txt",
        Kind::Boolean,
        "true",
        "Tells metadata of nodes as text in the additional section.",
    ),
    key("dns_config.soa.refresh", Kind::Integer, "3600", "Seconds after which other servers look for changes."),
    key("dns_config.soa.retry", Kind::Integer, "600", "Seconds after which they look again."),
    key("dns_config.soa.expire", Kind::Integer, "86400", "Seconds after which they stop to answer."),
    key("dns_config.soa.min_ttl", Kind::Integer, "0", "Seconds that it may be kept that a name does not exist."),
    // Log and process.
    flagged("log_level", "log-level", Kind::Text, "INFO", "Least important level that is logged."),
    flagged("log_json", "log-json", Kind::Boolean, "false", "Logs one JSON object per line."),
    flagged("log_file", "log-file", Kind::Text, "", "File to log to; a time is put into its name."),
    flagged(
        "log_rotate_bytes",
        "log-rotate-bytes",
        Kind::Integer,
        "0",
        "Bytes after which a new log file is begun; 0 for no bound.",
    ),
    flagged(
        "log_rotate_duration",
        "log-rotate-duration",
        Kind::Duration,
        "24h",
        "Time after which a new log file is begun.",
    ),
    flagged(
        "log_rotate_max_files",
        "log-rotate-max-files",
        Kind::Integer,
        "0",
        "Finished log files to keep; 0 for all, -1 for none.",
    ),
    flagged("pid_file", "pid-file", Kind::Text, "", "File to write the process id to."),
    key("leave_on_terminate", Kind::Boolean, "false on servers", "Leaves the cluster on SIGTERM."),
    key("skip_leave_on_interrupt", Kind::Boolean, "true on servers", "Stops on SIGINT without leaving the cluster."),
    // Replicated log, queries, bounds.
    flagged("raft_protocol", "raft-protocol", Kind::Integer, "3", "Raft protocol version that other servers are told."),
    key("raft_snapshot_threshold", Kind::Integer, "16384", "Entries between two snapshots."),
    key("raft_snapshot_interval", Kind::Duration, "30s", "Time between two looks whether a snapshot is due."),
    key("raft_trailing_logs", Kind::Integer, "10000", "Entries kept before a snapshot."),
    key("performance.raft_multiplier", Kind::Integer, "1", "Stretches the election timing, 1 to 10."),
    key("performance.rpc_hold_timeout", Kind::Duration, "7s", "Time a request is held while there is no leader."),
    key("performance.leave_drain_time", Kind::Duration, "5s", "Time a leaving server keeps answering."),
    flagged(
        "default_query_time",
        "default-query-time",
        Kind::Duration,
        "300s",
        "Time a blocking query waits when it does not say.",
    ),
    flagged("max_query_time", "max-query-time", Kind::Duration, "600s", "Longest time a blocking query may wait."),
    // The HTTP API.
    key(
        "http_config.block_endpoints",
        Kind::Texts,
        "",
        "Paths of the HTTP API that are blocked, with all that begins with them.",
    ),
    flagged(
        "http_config.allow_write_http_from",
        "allow-write-http-from",
        Kind::Texts,
        "everywhere",
        "Blocks of addresses from which writes to the HTTP API are taken: 10.0.0.0/8.",
    ),
    key("http_config.response_headers", Kind::Map, "", "Headers of every answer of the HTTP API."),
    key("http_config.use_cache", Kind::Boolean, "true", "Follows ?cached."),
    key(
        "disable_http_unprintable_char_filter",
        Kind::Boolean,
        "false",
        "Takes paths with characters that cannot be printed.",
    ),
    key(
        "translate_wan_addrs",
        Kind::Boolean,
        "false",
        "Says with every HTTP answer that addresses of other datacenters are translated; there are none.",
    ),
    key("discovery_max_stale", Kind::Duration, "0s", "How stale reads of catalog and health may be that do not say."),
    key("session_ttl_min", Kind::Duration, "10s", "Shortest time to live that a session may ask for."),
    key("limits.http_max_conns_per_client", Kind::Integer, "200", "Open HTTP connections from one client address."),
    key("limits.kv_max_value_size", Kind::Integer, "524288", "Bytes of one key's value."),
    key("limits.txn_max_req_len", Kind::Integer, "524288", "Bytes of one transaction's request."),
];
