//! `DiscoveryChain`: the graph that leads from a service's name to instances.

use proconsul_calls::config::GetChain;
use proconsul_calls::door::Door;
use proconsul_records::chain::{DiscoveryChain, DiscoveryChainRequest};
use proconsul_records::options::reply;
use proconsul_records::{Read, Reply};
use proconsul_types::config_entry::Span;

use crate::call;
use crate::refused::Refused;

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "Get" => call!(door, request, get),
        _ => None,
    }
}

async fn get<D: Door>(door: &D, ask: Read<DiscoveryChainRequest>) -> Result<Reply<DiscoveryChain>, Refused> {
    let Read { own, embedded } = &ask;
    if own.name.is_empty() {
        return Err(Refused("Must provide service name".to_owned()));
    }
    let chain = GetChain {
        service: &own.name,
        compiled_for: Some(&*own.evaluate_in_datacenter).filter(|name| !name.is_empty()),
        mesh_gateway: own.override_mesh_gateway.mode.clone(),
        protocol: own.override_protocol.clone(),
        connect_timeout: Span(own.override_connect_timeout),
        options: embedded.to_read(&own.datacenter),
    };
    Ok(reply(door.discovery_chain(chain).await?, |chain| DiscoveryChain { chain: Some(chain) }))
}
