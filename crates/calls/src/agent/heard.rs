//! The user events that this agent has heard, which every agent keeps for itself.

use std::future::Future;
use std::sync::Arc;

use proconsul_types::event::UserEvent;

use crate::read::Wait;

/// `/v1/event/list`.
pub trait HeardCalls {
    /// The last events that this agent has heard and that are meant for it, the oldest first.
    fn event_list(&self, list: ListEvents<'_>) -> impl Future<Output = Events> + Send;
}

/// Which events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListEvents<'a> {
    /// Only those of this name; empty for all.
    pub name: &'a str,
    /// Whether to wait while the list ends with the event of this index. Events have no order of indexes: any other index is
    /// answered at once.
    pub wait: Option<Wait>,
}

/// Events and the index to wait on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// A number made from the id of the last event; 1 when there is none.
    pub index: u64,
    /// The events.
    pub events: Vec<Arc<UserEvent>>,
}
