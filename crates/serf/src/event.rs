//! What the machine tells the program, and the memory of user events. Knows no wire form.

use std::net::SocketAddr;

use proconsul_base::limit::SERF_EVENT_BYTES;
use proconsul_swim::{ExchangeError, Ticket};

use crate::lamport::{Clock, Time};
use crate::member::Member;
use crate::ring::Ring;
use crate::wire::{EventsAt, Message, UserEvent};

/// Why a user event was not fired.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Name and payload are too long together.
    #[error("user event exceeds configured limit of {SERF_EVENT_BYTES} bytes before encoding")]
    TooLong {
        /// Name and payload together.
        bytes: usize,
    },
    /// They are too long with what the wire form adds.
    #[error("encoded user event exceeds configured limit of {SERF_EVENT_BYTES} bytes after encoding")]
    TooLongEncoded {
        /// All together.
        bytes: usize,
    },
}

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A member appeared, or came back.
    Joined(Member),
    /// A member changed its tags or its address.
    Updated(Member),
    /// A member said that it leaves, or took it back.
    Wavered(Member),
    /// A member stopped answering.
    Failed(Member),
    /// A member left on purpose, or was made to.
    Left(Member),
    /// A member is forgotten.
    Reaped(Member),
    /// Somebody fired a user event.
    User(UserEvent),
    /// Somebody asked a question that is meant for us too.
    Query {
        /// Its name.
        name: String,
        /// What it carries.
        payload: Vec<u8>,
        /// Who asks.
        from: String,
    },
    /// Another member bears our name, and most members know it there.
    NameLost,
    /// A join came to its end: how many others the address knows.
    Joining {
        /// As `Serf::join` named it.
        ticket: Ticket,
        /// Whom we asked.
        address: SocketAddr,
        /// What came of it.
        result: Result<usize, ExchangeError>,
    },
    /// Our leaving is as well known as it can be.
    LeaveDone,
    /// Something below that is worth a line in the log.
    Noted(proconsul_swim::Event),
}

/// User events seen, so that each is delivered and passed on once.
#[derive(Debug, Default)]
pub(crate) struct UserEvents {
    pub(crate) clock: Clock,
    seen: Ring<(String, Vec<u8>)>,
}

impl UserEvents {
    /// Whether an event is new.
    pub(crate) fn admit(&mut self, event: &UserEvent) -> bool {
        self.clock.witness(event.time);
        self.seen.admit(self.clock.time(), event.time, (event.name.clone(), event.payload.clone()))
    }

    /// An event of ours, seen by ourselves.
    pub(crate) fn fire(&mut self, name: &str, payload: &[u8], coalesce: bool) -> Result<UserEvent, EventError> {
        let bytes = name.len() + payload.len();
        if bytes > SERF_EVENT_BYTES {
            return Err(EventError::TooLong { bytes });
        }
        let time: Time = self.clock.time();
        let event = UserEvent { time, name: name.to_owned(), payload: payload.to_vec(), coalesce };
        let bytes = Message::UserEvent(event.clone()).encode().len();
        if bytes > SERF_EVENT_BYTES {
            return Err(EventError::TooLongEncoded { bytes });
        }
        self.admit(&event);
        Ok(event)
    }

    /// What is remembered, for a state exchange.
    pub(crate) fn remembered(&self) -> Vec<EventsAt> {
        self.seen.iter().map(|(time, events)| EventsAt { time, events: events.to_vec() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fired_event_is_known_to_ourselves_and_travels_in_states() {
        let mut events = UserEvents::default();
        let event = events.fire("deploy", b"1", false).unwrap();
        assert!(!events.admit(&event));
        assert_eq!(events.remembered(), [EventsAt { time: 1, events: vec![("deploy".into(), b"1".to_vec())] }]);
    }

    #[test]
    fn an_event_that_is_too_long_is_refused() {
        let refused = UserEvents::default().fire("a", &[0; 512], false);
        assert_eq!(refused, Err(EventError::TooLong { bytes: 513 }));
        let mut events = UserEvents::default();
        // Measured on serf as Consul 1.8.7 has it: its wire form adds 30 bytes to such an event.
        let fire = |bytes| events.fire("consul:event:big", &vec![0; bytes], false).map(|event| event.time);
        assert_eq!([466, 467].map(fire), [Ok(1), Err(EventError::TooLongEncoded { bytes: 513 })]);
    }
}
