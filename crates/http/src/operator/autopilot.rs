//! `/v1/operator/autopilot/`: what it goes by, and how the servers are.

mod state;

use std::time::{Duration, UNIX_EPOCH};

use hyper::{Method, StatusCode};
use proconsul_base::index::Index;
use proconsul_base::text::{duration, stamp};
use proconsul_calls::door::Door;
use proconsul_calls::operator::SetAutopilot;
use proconsul_types::autopilot::{Configuration, Health, ServerHealth};
use serde::{Serialize, Serializer};

pub(crate) use self::state::state;
use super::OperatorError;
use crate::body::BodyLimit;
use crate::cx::Cx;
use crate::decode::{ReadableNanos, record};
use crate::error::HttpError;
use crate::reply::Reply;

/// What a body says; the same record goes out.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    cleanup_dead_servers: bool,
    #[serde(serialize_with = "in_go_text")]
    last_contact_threshold: ReadableNanos,
    max_trailing_logs: u64,
    min_quorum: u64,
    #[serde(serialize_with = "in_go_text")]
    server_stabilization_time: ReadableNanos,
    redundancy_zone_tag: String,
    disable_upgrade_migration: bool,
    upgrade_version_tag: String,
    create_index: u64,
    modify_index: u64,
}

record!(Shown, "api.AutopilotConfiguration", strict {
    "CleanupDeadServers" => cleanup_dead_servers,
    "LastContactThreshold" => last_contact_threshold,
    "MaxTrailingLogs" => max_trailing_logs,
    "MinQuorum" => min_quorum,
    "ServerStabilizationTime" => server_stabilization_time,
    "RedundancyZoneTag" => redundancy_zone_tag,
    "DisableUpgradeMigration" => disable_upgrade_migration,
    "UpgradeVersionTag" => upgrade_version_tag,
    "CreateIndex" => create_index,
    "ModifyIndex" => modify_index,
});

fn in_go_text<S: Serializer>(nanos: &ReadableNanos, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&duration::format_signed(nanos.0))
}

impl From<&Configuration> for Shown {
    fn from(kept: &Configuration) -> Self {
        Self {
            cleanup_dead_servers: kept.cleanup_dead_servers,
            last_contact_threshold: ReadableNanos(kept.last_contact_threshold),
            max_trailing_logs: kept.max_trailing_logs,
            min_quorum: kept.min_quorum,
            server_stabilization_time: ReadableNanos(kept.server_stabilization_time),
            redundancy_zone_tag: kept.redundancy_zone_tag.clone(),
            disable_upgrade_migration: kept.disable_upgrade_migration,
            upgrade_version_tag: kept.upgrade_version_tag.clone(),
            create_index: kept.create_index.0,
            modify_index: kept.modify_index.0,
        }
    }
}

impl From<Shown> for Configuration {
    fn from(body: Shown) -> Self {
        Self {
            cleanup_dead_servers: body.cleanup_dead_servers,
            last_contact_threshold: body.last_contact_threshold.0,
            max_trailing_logs: body.max_trailing_logs,
            min_quorum: body.min_quorum,
            server_stabilization_time: body.server_stabilization_time.0,
            redundancy_zone_tag: body.redundancy_zone_tag,
            disable_upgrade_migration: body.disable_upgrade_migration,
            upgrade_version_tag: body.upgrade_version_tag,
            ..Self::default()
        }
    }
}

pub(crate) async fn configuration<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    if *cx.method == Method::PUT {
        return set(cx).await;
    }
    let options = cx.read_options()?;
    let kept = cx.door.autopilot_configuration(options).await?;
    cx.record(&Shown::from(&*kept))
}

async fn set<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let body: Shown = cx.decoded(BodyLimit::ANY, |error| OperatorError::Autopilot(error).into()).await?;
    let datacenter = cx.query.filled("dc").map(Into::into);
    let cas = cx.query.get("cas").map(index).transpose()?;
    let done = cx.door.autopilot_set(SetAutopilot { datacenter, configuration: body.into(), cas }).await?;
    Ok(cx.truth(done))
}

fn index(text: &str) -> Result<Index, OperatorError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(OperatorError::Cas(text.to_owned()));
    }
    text.parse().map(Index).map_err(|_| OperatorError::CasRange(text.to_owned()))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownHealth<'a> {
    healthy: bool,
    failure_tolerance: u64,
    servers: Vec<ShownServer<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownServer<'a> {
    #[serde(rename = "ID")]
    id: &'a str,
    name: &'a str,
    address: &'a str,
    serf_status: &'a str,
    version: &'a str,
    leader: bool,
    last_contact: String,
    last_term: u64,
    last_index: u64,
    healthy: bool,
    voter: bool,
    stable_since: String,
}

impl<'a> From<&'a ServerHealth> for ShownServer<'a> {
    fn from(server: &'a ServerHealth) -> Self {
        Self {
            id: &server.id,
            name: &server.name,
            address: &server.address,
            serf_status: &server.serf_status,
            version: &server.version,
            leader: server.leader,
            last_contact: duration::format(server.last_contact),
            last_term: server.last_term,
            last_index: server.last_index,
            healthy: server.healthy,
            voter: server.voter,
            stable_since: since(server),
        }
    }
}

fn since(server: &ServerHealth) -> String {
    stamp::utc(UNIX_EPOCH + Duration::from_secs(server.stable_since), 0)
}

/// Answers 429 when not all servers are healthy, so that monitors need not read the body.
pub(crate) async fn health<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let health = cx.door.autopilot_health(cx.query.filled("dc").map(Into::into)).await?;
    let Health { healthy, failure_tolerance, ref servers } = health;
    let servers = servers.iter().map(ShownServer::from).collect();
    let mut reply = cx.record(&ShownHealth { healthy, failure_tolerance, servers })?;
    if !healthy {
        *reply.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    }
    Ok(reply)
}
