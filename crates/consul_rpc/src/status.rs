//! `Status`: who leads and who votes.

use proconsul_calls::door::Door;
use proconsul_records::catalog::DcSpecific;
use proconsul_records::options::name;
use proconsul_records::{Empty, Read};

use crate::call;
use crate::refused::Refused;

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "Ping" => call!(door, request, ping),
        "Leader" => call!(door, request, leader),
        "Peers" => call!(door, request, peers),
        _ => None,
    }
}

async fn ping<D: Door>(_: &D, _: Empty) -> Result<Empty, Refused> {
    Ok(Empty {})
}

async fn leader<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<String, Refused> {
    let leader = door.status_leader(name(&ask.own.datacenter).as_deref()).await?;
    Ok(leader.map(|address| address.to_string()).unwrap_or_default())
}

async fn peers<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<Vec<String>, Refused> {
    let peers = door.status_peers(name(&ask.own.datacenter).as_deref()).await?;
    Ok(peers.iter().map(ToString::to_string).collect())
}
