//! What the machine tells the layer above, and what it wants sent.

use std::net::SocketAddr;
use std::time::Duration;

use crate::Name;
use crate::exchange::ExchangeError;
use crate::members::Node;
use crate::wire::packet::PacketError;

/// Names one conversation over a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Bytes that are to go out.
#[derive(Clone, Debug)]
pub enum Transmit {
    /// One datagram.
    Packet {
        /// Where to.
        to: SocketAddr,
        /// All of it.
        bytes: Vec<u8>,
    },
    /// One conversation: connect, write, read one message, hand it to `Swim::conversed`.
    Stream {
        /// Names it.
        ticket: Ticket,
        /// Where to.
        to: SocketAddr,
        /// All that is written.
        bytes: Vec<u8>,
        /// How long it may take from connecting to the answer.
        timeout: Duration,
    },
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A member appeared, or came back from the dead.
    Joined(Node),
    /// A member changed its meta or its address.
    Updated(Node),
    /// A member does not answer and may refute.
    Suspected(Name),
    /// A member did not refute in time.
    Failed(Node),
    /// A member said that it leaves.
    Left(Node),
    /// We were accused and have contradicted.
    Refuted {
        /// The new incarnation.
        incarnation: u32,
    },
    /// Somebody else claims a name.
    Conflict {
        /// Who bears it here.
        known: Node,
        /// Where the other is.
        other: SocketAddr,
    },
    /// Bytes for the layer above.
    User {
        /// From where.
        from: SocketAddr,
        /// What was sent.
        bytes: Vec<u8>,
    },
    /// The layer above's part of another member's state.
    RemoteState {
        /// Whether the exchange was part of a join.
        join: bool,
        /// What was sent.
        bytes: Vec<u8>,
    },
    /// A probe went well.
    Acked {
        /// Who answered.
        node: Node,
        /// How long it took.
        round_trip: Duration,
        /// The layer above's part of the ack.
        payload: Vec<u8>,
    },
    /// A member answers over streams only: packets do not get through.
    PacketsLost(Name),
    /// A join came to its end: how many others the address knows.
    Joining {
        /// As `Swim::join` named it.
        ticket: Ticket,
        /// Whom we asked.
        address: SocketAddr,
        /// How many others it told us of.
        result: Result<usize, ExchangeError>,
    },
    /// An exchange of states failed that nobody waits for.
    ExchangeFailed {
        /// Whom we asked, or who asked.
        address: SocketAddr,
        /// Why.
        error: ExchangeError,
    },
    /// Our leaving has been sent often enough, or there is nobody to tell.
    LeaveSent,
    /// A packet, or a part of it, was not understood.
    Refused {
        /// From where.
        from: SocketAddr,
        /// Why.
        error: PacketError,
    },
}

/// The layer above, as far as it has a say in what is sent.
pub trait Upper {
    /// News that fit into the room, encoded; what the machine adds to each is in the room's overhead.
    fn broadcasts(&mut self, room: &mut crate::broadcast::Room, members: usize) -> Vec<Vec<u8>>;

    /// Whether there is news.
    fn has_broadcasts(&self) -> bool;

    /// Its part of our state.
    fn local_state(&mut self, join: bool) -> Vec<u8>;

    /// Its part of an ack.
    fn ack_payload(&mut self) -> Vec<u8>;

    /// Whether two metas under one name belong to the same node, so that it may change its address at any time.
    fn same_node(&self, known: &[u8], claimed: &[u8]) -> bool;
}

/// Nobody above.
impl Upper for () {
    fn broadcasts(&mut self, _: &mut crate::broadcast::Room, _: usize) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn has_broadcasts(&self) -> bool {
        false
    }

    fn local_state(&mut self, _: bool) -> Vec<u8> {
        Vec::new()
    }

    fn ack_payload(&mut self) -> Vec<u8> {
        Vec::new()
    }

    fn same_node(&self, _: &[u8], _: &[u8]) -> bool {
        false
    }
}
