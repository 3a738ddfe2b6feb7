//! Who leads, who votes, which datacenters there are: needs no right.

use std::net::SocketAddr;

use proconsul_calls::error::CallError;
use proconsul_calls::status::StatusCalls;

use super::Server;
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> StatusCalls for Server<R, L> {
    async fn status_leader(&self, datacenter: Option<&str>) -> Result<Option<SocketAddr>, CallError> {
        self.own_datacenter(datacenter)?;
        Ok(self.replica.leader())
    }

    async fn status_peers(&self, datacenter: Option<&str>) -> Result<Vec<SocketAddr>, CallError> {
        self.own_datacenter(datacenter)?;
        Ok(self.replica.peers())
    }

    async fn catalog_datacenters(&self) -> Result<Vec<String>, CallError> {
        Ok(self.local.datacenters())
    }
}
