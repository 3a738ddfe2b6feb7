//! The store as the replicated state machine: the apply side that consensus drives.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use proconsul_base::index::Index;
use proconsul_consensus::{Capture, Machine, MachineError};
use proconsul_state::command::metric;
use proconsul_state::outcome::Outcome;
use proconsul_state::snapshot;
use proconsul_state::store::{self, Store, View, Writer};

/// Owns the only writer of a store; lives on the apply thread.
#[derive(Debug)]
pub struct StoreMachine(Writer);

/// The state as it was at one index, to be written out by another thread.
#[derive(Debug)]
pub struct StoreCapture(View);

impl StoreMachine {
    /// An empty machine, and its store for the endpoints.
    pub fn new() -> (Self, Arc<Store>) {
        let (writer, store) = store::create();
        (Self(writer), store)
    }
}

impl Machine for StoreMachine {
    fn apply(&mut self, commands: &[(Index, Bytes)], replies: &mut Vec<Bytes>) -> Result<(), MachineError> {
        let mut began = Instant::now();
        let all = commands.iter().map(|(index, command)| (*index, &command[..]));
        let done = |outcome: Outcome| {
            let (now, command) = (Instant::now(), commands.get(replies.len()));
            if let Some(sample) = command.and_then(|(_, command)| metric(command)) {
                sample.took(now - began);
            }
            began = now;
            replies.push(outcome.encode());
        };
        self.0.apply(all, done).map_err(|error| MachineError(error.into()))
    }

    fn capture(&self) -> Box<dyn Capture> {
        Box::new(StoreCapture(self.0.store().view()))
    }

    fn restore(&mut self, mut from: &mut dyn io::Read) -> io::Result<()> {
        let state = snapshot::read(&mut from).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.0.replace(state);
        Ok(())
    }
}

impl Capture for StoreCapture {
    fn write_to(&self, to: &mut dyn io::Write) -> io::Result<()> {
        self.0.write_to(to)
    }
}

#[cfg(test)]
mod tests {
    use proconsul_state::command::Command;
    use proconsul_state::command::kv::{KvCommand, Put};

    use super::*;

    #[test]
    fn a_capture_restores_what_was_applied() {
        let (mut machine, _) = StoreMachine::new();
        let put = Command::Kv(KvCommand::Put(Put { key: "a", flags: 0, value: b"1" })).encode();
        let mut replies = Vec::new();
        machine.apply(&[(Index(5), put)], &mut replies).unwrap();
        assert_eq!(replies, [Outcome::Done.encode()]);

        let mut bytes = Vec::new();
        machine.capture().write_to(&mut bytes).unwrap();
        let (mut other, store) = StoreMachine::new();
        other.restore(&mut &bytes[..]).unwrap();
        assert_eq!((store.applied(), store.kv_get("a").1), (Index(5), Index(5)));
    }
}
