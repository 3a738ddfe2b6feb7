//! User events as an agent hears them: whom they are meant for, and the last of them.
//!
//! Knows no gossip: bytes come in, and a list that can be watched comes out.

mod list;
pub mod payload;

use std::sync::Arc;

use proconsul_base::limit;
use proconsul_filter::pattern;
use proconsul_types::event::UserEvent;
use tokio::sync::watch;

/// The highest form of events that this agent understands.
const VERSION: u64 = 1;

/// The events that were heard, the oldest first.
pub type Heard = Arc<[Arc<UserEvent>]>;

/// A service on this node, as filters look at it: its name and its tags.
pub type Offered<'a> = (&'a str, &'a [Arc<str>]);

/// The last events that an agent has heard.
#[derive(Debug)]
pub struct History(watch::Sender<Heard>);

impl Default for History {
    fn default() -> Self {
        Self(watch::Sender::new(Arc::new([])))
    }
}

impl History {
    /// Keeps an event; the oldest goes when there are too many.
    pub fn add(&self, event: UserEvent) {
        self.0.send_modify(|heard| {
            let surplus = (heard.len() + 1).saturating_sub(limit::USER_EVENTS);
            *heard = heard.iter().skip(surplus).cloned().chain([Arc::new(event)]).collect();
        });
    }

    /// The events heard so far, and news of further ones.
    pub fn watch(&self) -> watch::Receiver<Heard> {
        self.0.subscribe()
    }
}

/// Whether an event is meant for a node. Filters match anywhere in a name; one that is no regular expression matches nothing.
pub fn is_for<'a>(event: &UserEvent, node: &str, mut services: impl Iterator<Item = Offered<'a>>) -> bool {
    if event.version > VERSION || !matches(&event.node_filter, node) {
        return false;
    }
    let has_tag =
        |tags: &[Arc<str>]| event.tag_filter.is_empty() || tags.iter().any(|tag| matches(&event.tag_filter, tag));
    event.service_filter.is_empty()
        || services.any(|(name, tags)| matches(&event.service_filter, name) && has_tag(tags))
}

fn matches(filter: &str, text: &str) -> bool {
    filter.is_empty() || pattern::compile(filter).is_ok_and(|filter| filter.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(node: &str, service: &str, tag: &str) -> UserEvent {
        let [node_filter, service_filter, tag_filter] = [node, service, tag].map(str::to_owned);
        UserEvent { node_filter, service_filter, tag_filter, version: 1, ..UserEvent::default() }
    }

    #[test]
    fn an_event_is_meant_for_nodes_that_pass_all_its_filters() {
        let tags = ["v1".into(), "blue".into()];
        let is_for = |event: &UserEvent| is_for(event, "node-1", [("web", &tags[..]), ("db", &[])].into_iter());
        for meant in
            [event("", "", ""), event("^node-[0-9]$", "", ""), event("ode", "we", "^blue$"), event("", "db", "")]
        {
            assert!(is_for(&meant), "{meant:?}");
        }
        for not_meant in [event("^ode", "", ""), event("", "^api", ""), event("", "db", "blue"), event("(", "", "")] {
            assert!(!is_for(&not_meant), "{not_meant:?}");
        }
        assert!(!is_for(&UserEvent { version: 2, ..event("", "", "") }), "of a form not understood");
    }

    #[test]
    fn only_the_last_events_are_kept() {
        let history = History::default();
        let watch = history.watch();
        for time in 0..limit::USER_EVENTS as u64 + 3 {
            history.add(UserEvent { lamport_time: time, ..UserEvent::default() });
        }
        let times: Vec<u64> = watch.borrow().iter().map(|event| event.lamport_time).collect();
        assert_eq!((times.len(), times[0], times[255]), (256, 3, 258));
    }
}
