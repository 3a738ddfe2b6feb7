//! User events: made here, spread by the servers.

use proconsul_agent::event::payload;
use proconsul_calls::error::CallError;
use proconsul_calls::event::{EventCalls, Fire};
use proconsul_records::Read;
use proconsul_records::event::EventFireRequest;
use proconsul_records::options::QueryOptions;
use proconsul_types::event::UserEvent;
use serde::Deserialize;

use super::Client;
use crate::forward::{Kind, Transport};

/// A reply that says nothing but how fresh it is.
#[derive(Default, Deserialize)]
struct Fired {}

impl<T: Transport, L: Send + Sync + 'static> EventCalls for Client<T, L> {
    async fn event_fire(&self, fire: Fire) -> Result<UserEvent, CallError> {
        let datacenter = self.datacenter(fire.datacenter.as_deref());
        let event = fire.filled(&mut self.rng.lock())?;
        let payload = Some(payload::encode(&event).into());
        let own = EventFireRequest { datacenter, name: event.name.clone(), payload };
        // Any server will do: from there on gossip spreads it.
        let request = Read { own, embedded: QueryOptions { allow_stale: true, ..QueryOptions::default() } };
        self.call::<Fired>("Internal.EventFire", Kind::Write, &request).await?;
        Ok(event)
    }
}
