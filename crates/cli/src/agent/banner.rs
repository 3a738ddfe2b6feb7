//! What the agent prints before its log, in Consul's layout.

use proconsul_agent::Config;
use proconsul_agent::config::{Bootstrap, Mistakes};
use proconsul_agent::version::CONSUL;

/// The banner of an agent that is about to start.
pub(super) fn starting(config: &Config) -> String {
    let port = |port: Option<u16>| port.map_or_else(|| "-1".to_owned(), |port| port.to_string());
    let clients: Vec<String> = config.client_addrs.iter().map(ToString::to_string).collect();
    let ports = &config.ports;
    let segment = if config.server { "<all>" } else { "" };
    let lines = [
        ("Version", format!("'{CONSUL}'")),
        ("Node ID", format!("'{}'", config.node_id)),
        ("Node name", format!("'{}'", config.node_name)),
        ("Datacenter", format!("'{}' (Segment: '{segment}')", config.datacenter)),
        ("Server", format!("{} (Bootstrap: {})", config.server, config.bootstrap == Bootstrap::Alone && !config.dev)),
        (
            "Client Addr",
            format!(
                "[{}] (HTTP: {}, HTTPS: -1, gRPC: {}, DNS: {})",
                clients.join(" "),
                port(ports.http),
                port(ports.grpc),
                port(ports.dns)
            ),
        ),
        ("Cluster Addr", format!("{} (LAN: {}, WAN: {})", config.advertise_addr, ports.serf_lan, port(ports.serf_wan))),
        ("Encrypt", "Gossip: false, TLS-Outgoing: false, TLS-Incoming: false, Auto-Encrypt-TLS: false".to_owned()),
    ];
    let mut text = "==> Starting Consul agent...\n".to_owned();
    for (name, value) in lines {
        text.push_str(&format!("{name:>18}: {value}\n"));
    }
    text + "\n==> Log data will now stream in as it occurs:\n\n"
}

/// Every mistake on a line of its own, marked as Consul marks them.
pub(super) fn refused(mistakes: &Mistakes) -> String {
    mistakes.to_string().lines().map(|line| format!("==> {line}\n")).collect()
}
