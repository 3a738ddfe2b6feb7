//! User events: fired at everybody, heard and kept by every agent for itself.

use std::future::Future;
use std::sync::Arc;

use proconsul_types::event::UserEvent;

use crate::error::CallError;
use crate::read::Wait;

/// `/v1/event/`.
pub trait EventCalls {
    /// `PUT /v1/event/fire/:name`: the event as it was fired, with its id.
    fn event_fire(&self, fire: Fire) -> impl Future<Output = Result<UserEvent, CallError>> + Send;

    /// `GET /v1/event/list`: the last events that this agent has heard, the oldest first.
    fn event_list(&self, list: ListEvents<'_>) -> impl Future<Output = Events> + Send;
}

/// An event to fire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fire {
    /// The datacenter whose agents are to hear it; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// Name, payload and filters; the rest is filled in.
    pub event: UserEvent,
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

/// Why an event was not fired.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// A filter that is no regular expression.
    #[error("Invalid {filter} filter: {reason}")]
    Filter {
        /// Which filter.
        filter: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A tag needs a service that has it.
    #[error("Cannot provide tag filter without service filter")]
    TagWithoutService,
    /// Gossip did not take it.
    #[error("1 error occurred:\n\t* error broadcasting event to segment \"\": {0}\n\n")]
    Broadcast(#[from] BroadcastError),
}

/// Why gossip did not take an event, in serf's words where it has some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BroadcastError {
    /// Name, payload and filters are too much.
    #[error("user event exceeds configured limit of 512 bytes before encoding")]
    TooLong,
    /// They are too much with what serf adds.
    #[error("encoded user event exceeds configured limit of 512 bytes after encoding")]
    TooLongEncoded,
    /// This agent is stopping.
    #[error("gossip has been shut down")]
    Stopped,
}
