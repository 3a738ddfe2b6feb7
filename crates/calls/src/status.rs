//! Who leads, who votes, and which datacenters there are, as any server knows it.

use std::future::Future;
use std::net::SocketAddr;

use crate::error::CallError;

/// `/v1/status/` and `/v1/catalog/datacenters`.
pub trait StatusCalls {
    /// The leader's address on the server port, if there is a leader.
    fn status_leader(
        &self,
        datacenter: Option<&str>,
    ) -> impl Future<Output = Result<Option<SocketAddr>, CallError>> + Send;

    /// The addresses of the Raft peers on the server port.
    fn status_peers(&self, datacenter: Option<&str>)
    -> impl Future<Output = Result<Vec<SocketAddr>, CallError>> + Send;

    /// The names of the known datacenters, nearest first.
    fn catalog_datacenters(&self) -> impl Future<Output = Result<Vec<String>, CallError>> + Send;
}
