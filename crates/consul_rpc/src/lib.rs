//! What a server answers to Consul's client agents on port 8300: a method's name and a record in, a typed call, a record out. One
//! family per file. Decides nothing, as the other doors.
//!
//! What is asked of certificate authorities, of access control and of other datacenters' servers is refused in Consul's words: none of
//! them is here.

mod absent;
mod catalog;
mod config_entry;
mod coordinate;
mod discovery_chain;
mod event;
mod health;
mod intention;
mod internal;
mod kv;
mod operator;
mod query;
mod refused;
mod select;
mod service_config;
mod session;
mod snapshot;
mod status;
mod txn;

use std::sync::Arc;

use bytes::Bytes;
use proconsul_calls::door::Door;
use proconsul_rpc::consul::{Methods, Refusal};
use tokio::net::TcpStream;

use refused::Refused;

/// The door for client agents.
#[derive(Debug)]
pub struct ConsulRpc<D> {
    door: Arc<D>,
}

impl<D: Door> ConsulRpc<D> {
    /// Asks `door` what agents ask.
    pub fn new(door: Arc<D>) -> Self {
        Self { door }
    }
}

impl<D: Door> Methods for ConsulRpc<D> {
    async fn call(&self, method: &str, request: Bytes) -> Result<Vec<u8>, Refusal> {
        let Some((service, name)) = method.rsplit_once('.') else {
            return Err(Refusal(format!("rpc: service/method request ill-formed: {method}")));
        };
        answer(&*self.door, service, name, &request).await.map_err(|Refused(text)| {
            tracing::debug!(target: "agent.server.rpc", method, error = text, "RPC error");
            Refusal(text)
        })
    }

    async fn snapshot(&self, stream: TcpStream) {
        let from = stream.peer_addr().ok();
        if let Err(error) = snapshot::serve(&*self.door, stream).await {
            tracing::warn!(target: "agent.server.rpc", ?from, %error, "snapshot RPC failed");
        }
    }
}

/// Every family of methods.
async fn answer<D: Door>(door: &D, service: &str, name: &str, request: &[u8]) -> Result<Vec<u8>, Refused> {
    let answer = match service {
        "Status" => status::answer(door, name, request).await,
        "Catalog" => catalog::answer(door, name, request).await,
        "Health" => health::answer(door, name, request).await,
        "KVS" => kv::answer(door, name, request).await,
        "Session" => session::answer(door, name, request).await,
        "Txn" => txn::answer(door, name, request).await,
        "Coordinate" => coordinate::answer(door, name, request).await,
        "PreparedQuery" => query::answer(door, name, request).await,
        "Intention" => intention::answer(door, name, request).await,
        "ConfigEntry" => config_entry::answer(door, name, request).await,
        "DiscoveryChain" => discovery_chain::answer(door, name, request).await,
        "Internal" => internal::answer(door, name, request).await,
        "Operator" => operator::answer(door, name, request).await,
        _ => absent::answer(door, service),
    };
    answer.unwrap_or_else(|| match absent::is_service(service) {
        true => Err(Refused(format!("rpc: can't find method {service}.{name}"))),
        false => Err(Refused(format!("rpc: can't find service {service}.{name}"))),
    })
}

/// Makes a call of a function that takes a record and gives one.
macro_rules! call {
    ($door:expr, $request:expr, $function:path) => {
        Some(match proconsul_gopack::from_slice($request) {
            Ok(record) => match $function($door, record).await {
                Ok(reply) => proconsul_gopack::to_vec(&reply).map_err(Into::into),
                Err(refused) => Err(refused),
            },
            Err(unread) => Err(unread.into()),
        })
    };
}

use call;
