//! The discovery chain compiler: config entries in, the graph that a proxy follows out.
//!
//! Pure: knows the entries by a trait, so that it also says what a change would do before it is made. Follows what Consul 1.8
//! documents and does, its texts included. Consul walks the graph recursively and along every path; here every walk keeps its own
//! stack and visits a node once, because users decide how deep and how wide the graph is.

mod assemble;
mod customization;
mod error;
mod flatten;
mod resolve;
mod walk;

#[cfg(test)]
mod tests;

use proconsul_types::config_entry::{
    ProxyDefaults, ServiceDefaults, ServiceResolver, ServiceRouter, ServiceSplitter, Span,
};
use proconsul_types::discovery_chain::CompiledChain;

pub use error::ChainError;

/// The config entries that a chain is made of; services are found whatever the case of their letters.
pub trait Entries {
    /// The router of a service.
    fn router(&self, service: &str) -> Option<&ServiceRouter>;

    /// The splitter of a service.
    fn splitter(&self, service: &str) -> Option<&ServiceSplitter>;

    /// The resolver of a service.
    fn resolver(&self, service: &str) -> Option<&ServiceResolver>;

    /// What all instances of a service have in common.
    fn service_defaults(&self, service: &str) -> Option<&ServiceDefaults>;

    /// What all proxies have in common.
    fn proxy_defaults(&self) -> Option<&ProxyDefaults>;
}

/// Which chain, seen from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainRequest<'a> {
    /// The service.
    pub service: &'a str,
    /// The datacenter it is compiled for.
    pub datacenter: &'a str,
    /// The datacenter it is used in.
    pub used_in: &'a str,
    /// The end of all names in TLS handshakes.
    pub trust_domain: &'a str,
    /// What the caller wants otherwise.
    pub overrides: Overrides,
}

/// What the caller of a chain wants otherwise than the config entries say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// How other datacenters are reached; empty for no wish.
    pub mesh_gateway: String,
    /// What the chain speaks; empty for no wish.
    pub protocol: String,
    /// How long connections may take to be made; nothing or less for no wish.
    pub connect_timeout: Span,
}

/// Compiles the chain of a service.
pub fn compile(entries: &impl Entries, request: &ChainRequest<'_>) -> Result<CompiledChain, ChainError> {
    if request.service.is_empty() {
        return Err(ChainError::NoService);
    }
    let mut compiler = assemble::Compiler::new(entries, request);
    let start = compiler.assemble()?;
    walk::refuse_circles(&start, &compiler.nodes)?;
    flatten::flatten(&mut compiler.nodes)?;
    compiler.finish(start)
}

/// What a service speaks, by its own entry or else by that of all proxies.
pub fn protocol_of(entries: &impl Entries, service: &str) -> String {
    let protocol = match entries.service_defaults(service) {
        Some(defaults) => &*defaults.protocol,
        None => entries.proxy_defaults().map(ProxyDefaults::protocol).unwrap_or_default(),
    };
    if protocol.is_empty() { "tcp".to_owned() } else { protocol.to_lowercase() }
}

/// Whether requests in a protocol can be told apart, and so routed and split.
fn is_http_like(protocol: &str) -> bool {
    matches!(protocol, "http" | "http2" | "grpc")
}
