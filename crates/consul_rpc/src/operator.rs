//! `Operator`: the Raft membership and autopilot.

use proconsul_calls::door::Door;
use proconsul_calls::operator::{Peer, SetAutopilot};
use proconsul_records::catalog::DcSpecific;
use proconsul_records::operator::{
    AutopilotConfig, AutopilotSetConfigRequest, RaftConfiguration, RaftRemovePeerRequest, ServersHealth,
};
use proconsul_records::options::name;
use proconsul_records::{Empty, Read};

use crate::call;
use crate::refused::Refused;

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "RaftGetConfiguration" => call!(door, request, raft_configuration),
        "RaftRemovePeerByAddress" => call!(door, request, remove_by_address),
        "RaftRemovePeerByID" => call!(door, request, remove_by_id),
        "AutopilotGetConfiguration" => call!(door, request, autopilot),
        "AutopilotSetConfiguration" => call!(door, request, set_autopilot),
        "ServerHealth" => call!(door, request, health),
        _ => None,
    }
}

async fn raft_configuration<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<RaftConfiguration, Refused> {
    let configuration = door.raft_configuration(ask.embedded.to_read(&ask.own.datacenter)).await?;
    // Consul has the field, and never fills it in.
    Ok(RaftConfiguration { index: 0, ..configuration.into() })
}

async fn remove_by_address<D: Door>(door: &D, request: RaftRemovePeerRequest) -> Result<Empty, Refused> {
    door.raft_remove_peer(name(&request.datacenter), Peer::Address(request.address)).await?;
    Ok(Empty {})
}

async fn remove_by_id<D: Door>(door: &D, request: RaftRemovePeerRequest) -> Result<Empty, Refused> {
    door.raft_remove_peer(name(&request.datacenter), Peer::Id(request.id)).await?;
    Ok(Empty {})
}

async fn autopilot<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<AutopilotConfig, Refused> {
    let configuration = door.autopilot_configuration(ask.embedded.to_read(&ask.own.datacenter)).await?;
    Ok((&*configuration).into())
}

async fn set_autopilot<D: Door>(door: &D, request: AutopilotSetConfigRequest) -> Result<bool, Refused> {
    Ok(door.autopilot_set(SetAutopilot::from(request)).await?)
}

async fn health<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<ServersHealth, Refused> {
    Ok((&door.autopilot_health(name(&ask.own.datacenter)).await?).into())
}
