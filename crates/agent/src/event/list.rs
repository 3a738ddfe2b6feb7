//! The events as `GET /v1/event/list` shows them, with an index that stands alone.

use std::sync::Arc;
use std::time::Duration;

use proconsul_calls::agent::{Events, ListEvents};
use proconsul_types::event::UserEvent;
use tokio::time::{Instant, timeout_at};

use super::History;

impl History {
    /// The events that are asked for, at once or when there is news. `at_most` is how long the caller may wait.
    pub async fn list(&self, list: ListEvents<'_>, at_most: Duration) -> Events {
        let mut heard = self.watch();
        let Some(wait) = list.wait else { return chosen(&heard.borrow(), list.name) };
        // Only one index is worth waiting at: that of what the caller has seen. Others have no order.
        let deadline = Instant::now() + at_most;
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
    let events: Vec<_> = heard.iter().filter(|event| name.is_empty() || event.name == name).cloned().collect();
    Events { index: events.last().map_or(1, |last| index(&last.id)), events }
}

/// A number from an event's id, as Consul makes it: both halves of the id, one laid over the other. 0 would tell the caller that
/// there is nothing to wait for.
fn index(id: &str) -> u64 {
    let digits: String = id.chars().filter(|char| *char != '-').collect();
    u128::from_str_radix(&digits, 16).map_or(1, |id| (id >> 64) as u64 ^ id as u64).max(1)
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
