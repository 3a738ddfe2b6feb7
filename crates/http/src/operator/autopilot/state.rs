//! `/v1/operator/autopilot/state`: how the servers are, in the form of Consul 1.9.

use std::collections::BTreeMap;

use proconsul_base::text::duration;
use proconsul_calls::door::Door;
use proconsul_types::autopilot::ServerHealth;
use serde::Serialize;

use super::since;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownState<'a> {
    healthy: bool,
    failure_tolerance: u64,
    optimistic_failure_tolerance: u64,
    servers: BTreeMap<&'a str, StateServer<'a>>,
    leader: &'a str,
    voters: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StateServer<'a> {
    #[serde(rename = "ID")]
    id: &'a str,
    name: &'a str,
    address: &'a str,
    node_status: &'a str,
    version: &'a str,
    last_contact: String,
    last_term: u64,
    last_index: u64,
    healthy: bool,
    stable_since: String,
    read_replica: bool,
    status: &'static str,
    meta: BTreeMap<&'a str, &'a str>,
    node_type: &'static str,
}

impl<'a> From<&'a ServerHealth> for StateServer<'a> {
    fn from(server: &'a ServerHealth) -> Self {
        let status = match (server.leader, server.voter) {
            (true, _) => "leader",
            (false, true) => "voter",
            (false, false) => "non-voter",
        };
        Self {
            id: &server.id,
            name: &server.name,
            address: &server.address,
            node_status: &server.serf_status,
            version: &server.version,
            last_contact: duration::format(server.last_contact),
            last_term: server.last_term,
            last_index: server.last_index,
            healthy: server.healthy,
            stable_since: since(server),
            read_replica: false,
            status,
            meta: BTreeMap::new(),
            node_type: "voter",
        }
    }
}

/// Since Consul 1.9: the health of the servers by their ids, and who is what.
pub(crate) async fn state<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let health = cx.door.autopilot_health(cx.query.filled("dc").map(Into::into)).await?;
    let ids = |wanted: fn(&ServerHealth) -> bool| {
        health.servers.iter().filter(move |server| wanted(server)).map(|server| &*server.id)
    };
    cx.record(&ShownState {
        healthy: health.healthy,
        failure_tolerance: health.failure_tolerance,
        optimistic_failure_tolerance: health.failure_tolerance,
        servers: health.servers.iter().map(|server| (&*server.id, server.into())).collect(),
        leader: ids(|server| server.leader).next().unwrap_or_default(),
        voters: ids(|server| server.voter).collect(),
    })
}
