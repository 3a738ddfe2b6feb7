//! User events: fired at everybody. What an agent has heard of them it keeps for itself ([`crate::agent::HeardCalls`]).

use proconsul_base::id::EventId;
use proconsul_base::rand::Rng;
use proconsul_filter::pattern;
use proconsul_types::event::UserEvent;
use std::future::Future;

use crate::error::CallError;

/// The form of the events that are fired here.
const VERSION: u64 = 1;

/// `/v1/event/`.
pub trait EventCalls {
    /// `PUT /v1/event/fire/:name`: the event as it was fired, with its id.
    fn event_fire(&self, fire: Fire) -> impl Future<Output = Result<UserEvent, CallError>> + Send;
}

/// An event to fire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fire {
    /// The datacenter whose agents are to hear it; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// Name, payload and filters; the rest is filled in, unless the event has an id: it then comes from an agent that has done
    /// that.
    pub event: UserEvent,
}

impl Fire {
    /// The event with all that it is told with.
    ///
    /// # Errors
    /// Its filters make no sense.
    pub fn filled(self, rng: &mut Rng) -> Result<UserEvent, EventError> {
        let event = self.event;
        if !event.tag_filter.is_empty() && event.service_filter.is_empty() {
            return Err(EventError::TagWithoutService);
        }
        let filters = [("node", &event.node_filter), ("service", &event.service_filter), ("tag", &event.tag_filter)];
        for (filter, pattern) in filters {
            pattern::compile(pattern).map_err(|error| EventError::Filter { filter, reason: error.to_string() })?;
        }
        if !event.id.is_empty() {
            return Ok(event);
        }
        Ok(UserEvent { id: EventId::random(rng).to_string(), version: VERSION, lamport_time: 0, ..event })
    }
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
