//! `Internal.EventFire`: a user event that an agent passes on in the form in which gossip carries it.

use proconsul_agent::event::payload;
use proconsul_calls::door::Door;
use proconsul_calls::event::Fire;
use proconsul_records::event::EventFireRequest;
use proconsul_records::options::{QueryMeta, name};
use proconsul_records::{Empty, Read, Reply};
use proconsul_types::event::UserEvent;

use crate::refused::Refused;

pub(crate) async fn fire<D: Door>(door: &D, ask: Read<EventFireRequest>) -> Result<Reply<Empty>, Refused> {
    let EventFireRequest { datacenter, name: event, payload } = ask.own;
    let payload = payload.unwrap_or_default();
    let told = payload::decode(&payload, 0)?;
    let event = UserEvent { name: event, ..told };
    door.event_fire(Fire { datacenter: name(&datacenter), event }).await?;
    Ok(Reply { own: Empty {}, embedded: QueryMeta { known_leader: true, ..QueryMeta::default() } })
}
