//! Who leads, who votes, which datacenters there are: as the servers know it.

use std::net::SocketAddr;

use proconsul_calls::error::CallError;
use proconsul_calls::status::StatusCalls;
use proconsul_records::Read;
use proconsul_records::catalog::DcSpecific;

use super::Client;
use super::ask::unreadable;
use crate::forward::{Kind, Transport};

impl<T: Transport, L: Send + Sync + 'static> StatusCalls for Client<T, L> {
    async fn status_leader(&self, datacenter: Option<&str>) -> Result<Option<SocketAddr>, CallError> {
        let leader: String = self.call("Status.Leader", Kind::Read, &self.of_datacenter(datacenter)).await?;
        address("Status.Leader", &leader)
    }

    async fn status_peers(&self, datacenter: Option<&str>) -> Result<Vec<SocketAddr>, CallError> {
        let peers: Option<Vec<String>> = self.call("Status.Peers", Kind::Read, &self.of_datacenter(datacenter)).await?;
        let peers = peers.unwrap_or_default();
        peers.iter().filter_map(|peer| address("Status.Peers", peer).transpose()).collect()
    }

    async fn catalog_datacenters(&self) -> Result<Vec<String>, CallError> {
        let question = Read::<proconsul_records::Empty>::default();
        let datacenters: Option<Vec<String>> = self.call("Catalog.ListDatacenters", Kind::Read, &question).await?;
        Ok(datacenters.unwrap_or_default())
    }
}

impl<T: Transport, L: Send + Sync + 'static> Client<T, L> {
    /// A question about a whole datacenter, without a wish.
    pub(super) fn of_datacenter(&self, datacenter: Option<&str>) -> Read<DcSpecific> {
        let own = DcSpecific { datacenter: self.datacenter(datacenter), ..DcSpecific::default() };
        Read { own, ..Read::default() }
    }
}

/// An address as servers write it; an empty one is none.
fn address(method: &'static str, text: &str) -> Result<Option<SocketAddr>, CallError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| unreadable(method, &error))
}
