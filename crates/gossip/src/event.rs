//! What listeners are told. Knows nothing of how it came about.

use proconsul_serf::Member;

/// Something happened in the pool.
#[derive(Clone, Debug)]
pub enum Event {
    /// A member appeared, or came back.
    Joined(Member),
    /// A member changed its tags or its address.
    Updated(Member),
    /// A member stopped answering.
    Failed(Member),
    /// A member left on purpose, or was made to.
    Left(Member),
    /// A member failed or left so long ago that it is forgotten.
    Reaped(Member),
    /// Somebody fired a user event.
    User {
        /// The event's name.
        name: String,
        /// What it carries.
        payload: Vec<u8>,
        /// Whether events of this name may be merged into the last.
        coalesce: bool,
        /// Serf's Lamport time of the event.
        lamport: u64,
    },
    /// Somebody asked a question.
    Query {
        /// The question's name.
        name: String,
        /// What it carries.
        payload: Vec<u8>,
        /// Who asks.
        from: String,
    },
    /// Another member bears our name, and most members know it at that address. serf's own agent ends then, Consul's does
    /// not; gossip goes on until the caller decides.
    NameLost,
}
