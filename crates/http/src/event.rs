//! `/v1/event/`: user events.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proconsul_calls::agent::{HeardCalls, ListEvents};
use proconsul_calls::door::Door;
use proconsul_calls::event::Fire;
use proconsul_types::event::UserEvent;
use serde::Serialize;

use crate::body::BodyLimit;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::options;
use crate::reply::{self, Reply};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown<'a> {
    #[serde(rename = "ID")]
    id: &'a str,
    name: &'a str,
    payload: Option<String>,
    node_filter: &'a str,
    service_filter: &'a str,
    tag_filter: &'a str,
    version: u64,
    #[serde(rename = "LTime")]
    lamport_time: u64,
}

impl<'a> From<&'a UserEvent> for Shown<'a> {
    fn from(event: &'a UserEvent) -> Self {
        Self {
            id: &event.id,
            name: &event.name,
            payload: Some(&event.payload).filter(|payload| !payload.is_empty()).map(|payload| STANDARD.encode(payload)),
            node_filter: &event.node_filter,
            service_filter: &event.service_filter,
            tag_filter: &event.tag_filter,
            version: event.version,
            lamport_time: event.lamport_time,
        }
    }
}

pub(crate) async fn fire<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let datacenter = cx.query.filled("dc").map(Into::into);
    if cx.rest.is_empty() {
        return Err(HttpError::Missing("name"));
    }
    let [node_filter, service_filter, tag_filter] =
        ["node", "service", "tag"].map(|filter| cx.query.get(filter).unwrap_or_default().to_owned());
    let payload = cx.bytes(BodyLimit::ANY).await?.to_vec();
    let name = cx.rest.to_owned();
    let event = UserEvent { name, payload, node_filter, service_filter, tag_filter, ..UserEvent::default() };
    let fired = cx.door.event_fire(Fire { datacenter, event }).await?;
    cx.record(&Shown::from(&fired))
}

/// The agent's own memory: no datacenter, no consistency, and an index that stands alone.
pub(crate) async fn list<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let wait = options::wait(&cx.query)?;
    let name = cx.query.get("name").unwrap_or_default();
    let heard = cx.door.agent().event_list(ListEvents { name, wait }).await;
    let shown: Vec<Shown<'_>> = heard.events.iter().map(|event: &Arc<UserEvent>| Shown::from(&**event)).collect();
    Ok(reply::with_index(cx.record(&shown)?, heard.index))
}
