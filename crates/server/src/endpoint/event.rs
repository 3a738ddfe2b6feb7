//! User events: fired through gossip, listed as this agent has heard them.

use std::sync::Arc;

use proconsul_base::id::EventId;
use proconsul_calls::error::CallError;
use proconsul_calls::event::{EventCalls, EventError, Events, Fire, ListEvents};
use proconsul_filter::pattern;
use proconsul_types::event::UserEvent;
use tokio::time::{Instant, timeout_at};

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

/// The form of the events that are fired here.
const VERSION: u64 = 1;

impl<R: Replica, L: Local> EventCalls for Server<R, L> {
    async fn event_fire(&self, fire: Fire) -> Result<UserEvent, CallError> {
        check(&fire.event)?;
        self.own_datacenter(fire.datacenter.as_deref())?;
        authorize(Right::EventWrite(&fire.event.name))?;
        let id = EventId::random(&mut self.rng.lock()).to_string();
        let event = UserEvent { id, version: VERSION, lamport_time: 0, ..fire.event };
        self.local.fire_event(&event).await.map_err(EventError::from)?;
        Ok(event)
    }

    async fn event_list(&self, list: ListEvents<'_>) -> Events {
        let mut heard = self.local.events();
        let Some(wait) = list.wait else { return chosen(&heard.borrow(), list.name) };
        // Only one index is worth waiting at: that of what the caller has seen. Others have no order.
        let deadline = Instant::now() + self.settings.query_time.at_most(wait);
        loop {
            let events = chosen(&heard.borrow_and_update(), list.name);
            let is_news = events.index != wait.index.0;
            if is_news || !matches!(timeout_at(deadline, heard.changed()).await, Ok(Ok(()))) {
                return events;
            }
        }
    }
}

fn chosen(heard: &[Arc<UserEvent>], name: &str) -> Events {
    let is_chosen = |event: &&Arc<UserEvent>| {
        (name.is_empty() || event.name == name) && authorize(Right::EventRead(&event.name)).is_ok()
    };
    let events: Vec<_> = heard.iter().filter(is_chosen).cloned().collect();
    Events { index: events.last().map_or(1, |last| index(&last.id)), events }
}

/// A number from an event's id, as Consul makes it: both halves of the id, one laid over the other. 0 would tell the caller that
/// there is nothing to wait for.
fn index(id: &str) -> u64 {
    let digits: String = id.chars().filter(|char| *char != '-').collect();
    u128::from_str_radix(&digits, 16).map_or(1, |id| (id >> 64) as u64 ^ id as u64).max(1)
}

fn check(event: &UserEvent) -> Result<(), EventError> {
    if !event.tag_filter.is_empty() && event.service_filter.is_empty() {
        return Err(EventError::TagWithoutService);
    }
    let filters = [("node", &event.node_filter), ("service", &event.service_filter), ("tag", &event.tag_filter)];
    for (filter, pattern) in filters {
        pattern::compile(pattern).map_err(|error| EventError::Filter { filter, reason: error.to_string() })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_made_from_the_last_id_as_consul_makes_it() {
        assert_eq!(index("b27f6bd6-5d4f-0151-a8c0-82d353a3904d"), 1_927_515_373_472_354_588);
        assert_eq!(index("ae6c019f-f9e2-2d0c-00a6-30b39336aca0"), 12_594_933_374_735_647_148);
        assert_eq!(index("no id"), 1);
    }
}
