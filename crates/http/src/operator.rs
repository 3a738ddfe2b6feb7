//! `/v1/operator/`: Raft, autopilot, the keyring, and how much there is.

pub(crate) mod autopilot;
mod error;
pub(crate) mod keyring;

use std::collections::BTreeMap;

use hyper::StatusCode;
use proconsul_calls::door::Door;
use proconsul_calls::operator::Peer;
use proconsul_calls::read::Consistency;
use proconsul_types::operator::{RaftConfiguration, Usage};
use serde::Serialize;

pub(crate) use self::error::OperatorError;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::{self, Reply};

pub(crate) async fn raft_configuration<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    // Consul 1.8.7 has forgotten the index of its configuration by the time it answers: it is 0 always.
    let configuration = RaftConfiguration { index: 0, ..cx.door.raft_configuration(options).await? };
    cx.record(&configuration)
}

pub(crate) async fn remove_peer<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let datacenter = cx.query.filled("dc").map(Into::into);
    let peer = match (cx.query.get("id"), cx.query.get("address")) {
        (None, None) => return Err(OperatorError::NoPeer.into()),
        (Some(_), Some(_)) => return Err(OperatorError::TwoPeers.into()),
        (Some(id), None) => Peer::Id(id.to_owned()),
        (None, Some(address)) => Peer::Address(address.to_owned()),
    };
    cx.door.raft_remove_peer(datacenter, peer).await?;
    Ok(reply::empty(StatusCode::OK))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Transferred {
    success: bool,
}

/// Since Consul 1.16.
pub(crate) async fn transfer_leader<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let datacenter = cx.query.filled("dc").map(Into::into);
    let success = cx.door.raft_transfer_leader(datacenter, cx.query.filled("id")).await?;
    cx.record(&Transferred { success })
}

/// The usage of each datacenter, and what later versions of Consul repeat of the headers.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UsageAnswer<'a> {
    usage: BTreeMap<&'a str, &'a Usage>,
    index: u64,
    last_contact: u64,
    known_leader: bool,
    consistency_level: &'static str,
    not_modified: bool,
    backend: u8,
    #[serde(rename = "ResultsFilteredByACLs")]
    results_filtered: bool,
}

/// Since Consul 1.14.
pub(crate) async fn usage<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let asked = options.consistency;
    let answer = cx.door.operator_usage(options).await.map_err(HttpError::Read)?;
    let (datacenter, usage) = &answer.value;
    let shown = UsageAnswer {
        usage: BTreeMap::from([(&**datacenter, usage)]),
        index: answer.index.0,
        last_contact: nanos(answer.contact.last_contact),
        known_leader: answer.contact.known_leader,
        consistency_level: level(asked),
        not_modified: false,
        backend: 0,
        results_filtered: false,
    };
    Ok(reply::with_read(cx.record(&shown)?, answer.index.0, answer.contact))
}

/// How a read was asked for, as answers that repeat it have it.
pub(crate) const fn level(asked: Consistency) -> &'static str {
    match asked {
        Consistency::Default => "leader",
        Consistency::Consistent => "consistent",
        Consistency::Stale { .. } => "stale",
    }
}

/// A length of time as answers that repeat a read's headers have it.
pub(crate) fn nanos(length: std::time::Duration) -> u64 {
    u64::try_from(length.as_nanos()).unwrap_or(u64::MAX)
}
