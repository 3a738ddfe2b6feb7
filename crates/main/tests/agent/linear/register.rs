//! The model of one key: a value that is written, read, and exchanged when it is still what was seen.
//!
//! Every write of a history carries a value of its own, so a value stands for the index that Consul compares.

use super::Model;

/// The value of one key; nothing before the first write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) struct Register(pub Option<u64>);

/// What a client asked of it, and what it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// The value was written.
    Write(u64),
    /// This value was read.
    Read(Option<u64>),
    /// The value was exchanged, if it was the expected one.
    Exchange {
        /// What had to be there.
        expected: Option<u64>,
        /// What was to be there then.
        value: u64,
        /// Whether it was done; without an answer, done.
        done: bool,
    },
}

impl Model for Register {
    type Call = Call;

    fn step(&self, call: &Call) -> Option<Self> {
        match *call {
            Call::Write(value) => Some(Self(Some(value))),
            Call::Read(value) => (self.0 == value).then_some(*self),
            Call::Exchange { expected, value, done: true } => (self.0 == expected).then_some(Self(Some(value))),
            Call::Exchange { expected, done: false, .. } => (self.0 != expected).then_some(*self),
        }
    }
}
