//! `/v1/operator/keyring`: what Consul says there while gossip is not encrypted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use proconsul_calls::agent::{PoolCalls, SelfCalls};
use proconsul_calls::door::Door;

use super::OperatorError;
use crate::body::BodyLimit;
use crate::cx::Cx;
use crate::decode::record;
use crate::error::HttpError;
use crate::reply::Reply;

/// More relays than this would only be noise.
const RELAYS_MAX: i64 = 5;

#[derive(Clone, Debug, Default)]
struct KeyringBody {
    key: String,
    token: String,
    relay_factor: u64,
    local_only: bool,
}

record!(KeyringBody, "agent.keyringArgs", strict {
    "Key" => key,
    "Token" => token,
    "RelayFactor" => relay_factor,
    "LocalOnly" => local_only,
});

/// Without encryption there is no keyring to list or to change: every pool and member says so.
pub(crate) async fn answer<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let is_list = *cx.method == Method::GET;
    let key = match is_list {
        true => String::new(),
        false => cx.decoded(BodyLimit::ANY, |error| OperatorError::Keyring(error).into()).await.map(key_of)?,
    };
    relay_factor(cx.query.filled("relay-factor"))?;
    let is_local = local_only(cx.query.filled("local-only"))?;
    if is_local && !is_list {
        return Err(OperatorError::LocalChange.into());
    }
    Err(HttpError::Keyring(if is_list { listed(cx.door, is_local) } else { changed(cx.door, &key) }))
}

fn key_of(body: KeyringBody) -> String {
    body.key
}

fn relay_factor(text: Option<&str>) -> Result<(), OperatorError> {
    let Some(text) = text else { return Ok(()) };
    let factor: i64 = text.parse().map_err(|_| OperatorError::RelayFactor(text.to_owned()))?;
    if (0..=RELAYS_MAX).contains(&factor) { Ok(()) } else { Err(OperatorError::RelayRange) }
}

fn local_only(text: Option<&str>) -> Result<bool, OperatorError> {
    text.map_or(Ok(false), |text| crate::query::truth(text).ok_or_else(|| OperatorError::LocalOnly(text.to_owned())))
}

fn listed<D: Door>(door: &D, is_local: bool) -> Vec<String> {
    refused(door, is_local, "Keyring is empty (encryption not enabled)")
}

fn changed<D: Door>(door: &D, key: &str) -> Vec<String> {
    if let Err(error) = STANDARD.decode(key) {
        let place = match error {
            base64::DecodeError::InvalidByte(place, _) => place,
            _ => key.len() / 4 * 4,
        };
        let datacenter = door.agent().describe().config.datacenter;
        let pools = ["WAN".to_owned(), format!("{datacenter} (LAN)")];
        return pools.map(|pool| format!("{pool} error: illegal base64 data at input byte {place}")).into();
    }
    refused(door, false, "No keyring to modify (encryption not enabled)")
}

/// One line for each pool, and one for each of its members.
fn refused<D: Door>(door: &D, is_local: bool, reason: &str) -> Vec<String> {
    let datacenter = door.agent().describe().config.datacenter;
    let members = door.agent().members(false);
    let is_server =
        |tags: &std::collections::BTreeMap<String, String>| tags.get("role").is_some_and(|role| role == "consul");
    let of_pool = |pool: String, names: Vec<String>| {
        let head = format!("{pool} error: {count}/{count} nodes reported failure", count = names.len());
        let lines = names.into_iter().map(|name| format!("{name}: {reason}"));
        std::iter::once(head).chain(lines).collect::<Vec<_>>()
    };
    let servers = members.iter().filter(|member| is_server(&member.tags));
    let wide = servers.map(|member| format!("{}.{datacenter}", member.name)).collect();
    let local = members.iter().map(|member| member.name.clone()).collect();
    let wide = if is_local { Vec::new() } else { of_pool("WAN".to_owned(), wide) };
    [wide, of_pool(format!("{datacenter} (LAN)"), local)].concat()
}
