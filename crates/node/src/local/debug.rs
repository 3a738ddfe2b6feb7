//! The configuration that a node runs on, for people to read (`DebugConfig`): under Consul's names, lengths of time as texts.
//!
//! Of Consul's names those are there that mean something here.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use proconsul_agent::config::{Bootstrap, Place};
use proconsul_agent::{Config, version};
use proconsul_base::text::duration;
use serde_json::{Value, json};

/// All of it.
pub(super) fn config(config: &Config) -> BTreeMap<String, Value> {
    let parts =
        [node(config), addresses(config), checks(config), dns(config), http(config), joining(config), server(config)];
    parts.into_iter().flatten().map(|(name, value)| (name.to_owned(), value)).collect()
}

type Rows = Vec<(&'static str, Value)>;

fn node(config: &Config) -> Rows {
    let place = |place: &Option<Place>| place.as_ref().map(|place| place.shown().display().to_string());
    vec![
        ("ACLsEnabled", json!(false)),
        ("ConnectEnabled", json!(config.mesh)),
        ("DataDir", json!(place(&config.data_dir).unwrap_or_default())),
        ("Datacenter", json!(config.datacenter)),
        ("DevMode", json!(config.dev)),
        ("EnableUI", json!(config.ui)),
        ("LeaveOnTerm", json!(config.leave_on_terminate)),
        ("Logging", logging(config)),
        ("NodeID", json!(config.node_id.to_string())),
        ("NodeMeta", json!(config.node_meta)),
        ("NodeName", json!(config.node_name)),
        ("PidFile", json!(place(&config.pid_file).unwrap_or_default())),
        ("PrimaryDatacenter", json!(config.datacenter)),
        ("Revision", json!("")),
        ("ServerMode", json!(config.server)),
        ("SkipLeaveOnInt", json!(config.skip_leave_on_interrupt)),
        ("Telemetry", telemetry(config)),
        ("Version", json!(version::CONSUL)),
        ("VersionPrerelease", json!("")),
    ]
}

fn logging(config: &Config) -> Value {
    let log = &config.log;
    json!({
        "LogFilePath": log.file.as_ref().map(|file| file.shown().display().to_string()).unwrap_or_default(),
        "LogJSON": log.json,
        "LogLevel": log.level.to_string(),
        "LogRotateBytes": log.rotate_bytes.unwrap_or(0),
        "LogRotateDuration": length(log.rotate_duration),
    })
}

fn telemetry(config: &Config) -> Value {
    let telemetry = &config.telemetry;
    json!({
        "DisableHostname": telemetry.no_hostname,
        "DogstatsdAddr": telemetry.dogstatsd.as_deref().unwrap_or_default(),
        "DogstatsdTags": telemetry.dogstatsd_tags,
        "MetricsPrefix": telemetry.prefix,
        "PrometheusRetentionTime": length(telemetry.prometheus_retention),
        "StatsdAddr": telemetry.statsd.as_deref().unwrap_or_default(),
        "StatsiteAddr": telemetry.statsite.as_deref().unwrap_or_default(),
    })
}

fn addresses(config: &Config) -> Rows {
    let ports = &config.ports;
    let tcp = |ip: IpAddr, port: u16| format!("tcp://{}", SocketAddr::new(ip, port));
    let http: Vec<String> =
        ports.http.iter().flat_map(|port| config.client_addrs.iter().map(|ip| tcp(*ip, *port))).collect();
    let dns = |scheme: &str, port: u16| {
        let at = |ip: &IpAddr| format!("{scheme}://{}", SocketAddr::new(*ip, port));
        config.dns.addresses.iter().map(at).collect::<Vec<_>>()
    };
    let dns: Vec<String> = ports.dns.iter().flat_map(|port| [dns("tcp", *port), dns("udp", *port)].concat()).collect();
    vec![
        ("AdvertiseAddrLAN", json!(config.advertise_addr)),
        ("AdvertiseAddrWAN", json!(config.advertise_addr)),
        ("BindAddr", json!(config.bind_addr)),
        ("ClientAddrs", json!(config.client_addrs)),
        ("DNSAddrs", json!(dns)),
        ("DNSPort", port(ports.dns)),
        ("GRPCPort", port(ports.grpc)),
        ("HTTPAddrs", json!(http)),
        ("HTTPPort", port(ports.http)),
        ("HTTPSPort", json!(-1)),
        ("RPCAdvertiseAddr", json!(tcp(config.advertise_addr, ports.server))),
        ("RPCBindAddr", json!(tcp(config.bind_addr, ports.server))),
        ("SerfAdvertiseAddrLAN", json!(tcp(config.advertise_addr, ports.serf_lan))),
        ("SerfBindAddrLAN", json!(tcp(config.serf_lan_bind, ports.serf_lan))),
        ("SerfPortLAN", json!(ports.serf_lan)),
        ("SerfPortWAN", port(ports.serf_wan)),
        ("ServerPort", json!(ports.server)),
        ("TaggedAddresses", json!(proconsul_agent::local::node(config).tagged_addresses)),
    ]
}

fn checks(config: &Config) -> Rows {
    let sidecars = config.local.sidecar_ports.clone();
    vec![
        ("CheckUpdateInterval", length(config.local.check_update_interval)),
        ("ConnectSidecarMinPort", json!(sidecars.as_ref().map_or(0, |ports| *ports.start()))),
        ("ConnectSidecarMaxPort", json!(sidecars.as_ref().map_or(0, |ports| *ports.end()))),
        ("DiscardCheckOutput", json!(config.local.discard_check_output)),
    ]
}

fn dns(config: &Config) -> Rows {
    let dns = &config.dns;
    let [refresh, retry, expire, least] = dns.soa;
    let service_ttl: BTreeMap<&String, Value> =
        dns.service_ttl.iter().map(|(name, ttl)| (name, length(*ttl))).collect();
    vec![
        ("DNSARecordLimit", json!(dns.a_record_limit)),
        ("DNSAllowStale", json!(dns.max_stale.is_some())),
        ("DNSAltDomain", json!(dns.alt_domain.as_ref().map(ToString::to_string).unwrap_or_default())),
        ("DNSDisableCompression", json!(dns.disable_compression)),
        ("DNSDomain", json!(dns.domain.to_string())),
        ("DNSEnableTruncate", json!(dns.enable_truncate)),
        ("DNSMaxStale", length(dns.max_stale.unwrap_or_default())),
        ("DNSNodeMetaTXT", json!(dns.node_meta_txt)),
        ("DNSNodeTTL", length(dns.node_ttl)),
        ("DNSOnlyPassing", json!(dns.only_passing)),
        ("DNSRecursorTimeout", length(dns.recursor_timeout)),
        ("DNSRecursors", json!(dns.recursors)),
        ("DNSSOA", json!({"Expire": expire, "Minttl": least, "Refresh": refresh, "Retry": retry})),
        ("DNSServiceTTL", json!(service_ttl)),
        ("DNSUDPAnswerLimit", json!(dns.udp_answer_limit)),
    ]
}

fn http(config: &Config) -> Rows {
    let (http, limits) = (&config.http, &config.limits);
    vec![
        ("DefaultQueryTime", length(config.default_query_time)),
        ("DisableHTTPUnprintableCharFilter", json!(http.unprintable_paths)),
        ("DiscoveryMaxStale", length(http.discovery_max_stale)),
        ("HTTPBlockEndpoints", json!(http.block_endpoints)),
        ("HTTPMaxConnsPerClient", json!(limits.http_conns_per_client_max)),
        ("HTTPResponseHeaders", json!(http.response_headers)),
        ("HTTPUseCache", json!(http.use_cache)),
        ("KVMaxValueSize", json!(limits.kv_value_bytes_max)),
        ("MaxQueryTime", length(config.max_query_time)),
        ("TranslateWANAddrs", json!(http.translate_addresses)),
        ("TxnMaxReqLen", json!(limits.txn_request_bytes_max)),
    ]
}

fn joining(config: &Config) -> Rows {
    let join = &config.join;
    vec![
        ("ReconnectTimeoutLAN", length(config.reconnect_timeout)),
        ("RejoinAfterLeave", json!(join.rejoin_after_leave)),
        ("RetryJoinIntervalLAN", length(join.retry_interval)),
        ("RetryJoinLAN", json!(join.retry)),
        ("RetryJoinMaxAttemptsLAN", json!(join.retry_max.unwrap_or(0))),
        ("StartJoinAddrsLAN", json!(join.once)),
    ]
}

fn server(config: &Config) -> Rows {
    let expect = match config.bootstrap {
        Bootstrap::Expect(count) => count,
        Bootstrap::Never | Bootstrap::Alone => 0,
    };
    let autopilot = &config.autopilot;
    let nanos = |nanos: i64| length(Duration::from_nanos(nanos.unsigned_abs()));
    vec![
        ("AutopilotCleanupDeadServers", json!(autopilot.cleanup_dead_servers)),
        ("AutopilotLastContactThreshold", nanos(autopilot.last_contact_threshold)),
        ("AutopilotMaxTrailingLogs", json!(autopilot.max_trailing_logs)),
        ("AutopilotMinQuorum", json!(autopilot.min_quorum)),
        ("AutopilotServerStabilizationTime", nanos(autopilot.server_stabilization_time)),
        ("Bootstrap", json!(config.bootstrap == Bootstrap::Alone)),
        ("BootstrapExpect", json!(expect)),
        ("LeaveDrainTime", length(config.leave_drain_time)),
        ("RPCHoldTimeout", length(config.rpc_hold_timeout)),
        ("RaftProtocol", json!(config.raft.protocol)),
        ("RaftSnapshotInterval", length(config.raft.snapshot_interval)),
        ("RaftSnapshotThreshold", json!(config.raft.snapshot_threshold)),
        ("RaftTrailingLogs", json!(config.raft.trailing_logs)),
        ("SessionTTLMin", length(config.session_ttl_min)),
    ]
}

/// A port; one that is off is -1, as in Consul.
fn port(port: Option<u16>) -> Value {
    port.map_or(json!(-1), |port| json!(port))
}

fn length(length: Duration) -> Value {
    json!(duration::format(length))
}
