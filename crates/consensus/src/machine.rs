//! What is replicated, as consensus sees it: commands in, replies out, the whole of it to and from a stream.

use std::io;

use bytes::Bytes;
use proconsul_base::index::Index;

/// A replicated state machine. One thread owns it and is its only writer.
pub trait Machine: Send + 'static {
    /// Applies committed commands in order and pushes one reply for each. The same commands give the same state on every
    /// server. An error is a command that this version cannot understand and must not skip: the process ends.
    fn apply(&mut self, commands: &[(Index, Bytes)], replies: &mut Vec<Bytes>) -> Result<(), MachineError>;

    /// The state as it is now, cheaply; another thread writes it out.
    fn capture(&self) -> Box<dyn Capture>;

    /// Replaces the state by one that was captured.
    fn restore(&mut self, from: &mut dyn io::Read) -> io::Result<()>;
}

/// A state as it was at one index.
pub trait Capture: Send {
    /// Writes it as [`Machine::restore`] reads it.
    fn write_to(&self, to: &mut dyn io::Write) -> io::Result<()>;
}

/// A committed command that this version cannot understand and must not skip, in the machine's own words.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct MachineError(#[from] pub Box<dyn std::error::Error + Send + Sync>);
