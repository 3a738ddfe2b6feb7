//! User events: fired through gossip.

use proconsul_calls::error::CallError;
use proconsul_calls::event::{EventCalls, EventError, Fire};
use proconsul_types::event::UserEvent;

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> EventCalls for Server<R, L> {
    async fn event_fire(&self, fire: Fire) -> Result<UserEvent, CallError> {
        let datacenter = fire.datacenter.clone();
        let event = fire.filled(&mut self.rng.lock())?;
        self.own_datacenter(datacenter.as_deref())?;
        authorize(Right::EventWrite(&event.name))?;
        self.local.fire_event(&event).await.map_err(EventError::from)?;
        Ok(event)
    }
}
