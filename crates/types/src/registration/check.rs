//! A check that an agent is to carry out.

use std::collections::BTreeMap;

/// A check, with everything that says how it is carried out. Which of the kinds it is follows from what is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckRegistration {
    /// Its id, unique on its agent; empty for one that follows from its name or its service.
    pub id: String,
    /// Its name.
    pub name: String,
    /// For people to read.
    pub notes: String,
    /// The service it belongs to; empty for a check of the node.
    pub service_id: String,
    /// Its status until it is carried out for the first time; empty for critical.
    pub status: String,
    /// The token it is registered with in the catalog; empty for its service's, else the agent's.
    pub token: String,
    /// A program to run, with its arguments (`args`).
    pub script_args: Vec<String>,
    /// An address to ask by HTTP.
    pub http: String,
    /// Headers to send.
    pub header: BTreeMap<String, Vec<String>>,
    /// The method to ask with; empty for GET.
    pub method: String,
    /// The body to send.
    pub body: String,
    /// Whether redirections are taken as they are (1.10).
    pub disable_redirects: bool,
    /// An address to connect to.
    pub tcp: String,
    /// An address to send a datagram to (1.13).
    pub udp: String,
    /// An address to ask by gRPC, with `/service` for one service of it.
    pub grpc: String,
    /// Whether that is asked over TLS.
    pub grpc_use_tls: bool,
    /// An address to send an HTTP/2 ping to (1.9).
    pub h2ping: String,
    /// Whether that goes over TLS; `None` for yes.
    pub h2ping_use_tls: Option<bool>,
    /// A unit of the operating system's service manager (1.13).
    pub os_service: String,
    /// The container to run the program in.
    pub docker_container_id: String,
    /// The shell to run it with there.
    pub shell: String,
    /// The node whose health it takes over.
    pub alias_node: String,
    /// The service whose health it takes over.
    pub alias_service: String,
    /// The name that certificates must have (1.9); empty for the asked one.
    pub tls_server_name: String,
    /// Whether certificates are not looked at.
    pub tls_skip_verify: bool,
    /// How often it is carried out.
    pub interval: i64,
    /// How long an attempt may take; 0 for the kind's own.
    pub timeout: i64,
    /// How long it stays as it was told to be.
    pub ttl: i64,
    /// How many attempts in a row must pass before it passes.
    pub success_before_passing: i64,
    /// How many attempts in a row must fail before it warns (1.11); 0 for as many as make it critical.
    pub failures_before_warning: i64,
    /// How many attempts in a row must fail before it is critical.
    pub failures_before_critical: i64,
    /// After how long in critical state its service goes; 0 for never.
    pub deregister_critical_service_after: i64,
    /// How much of what it prints is kept, in bytes; 0 for the agent's own bound.
    pub output_max_size: i64,
}
