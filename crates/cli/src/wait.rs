//! The end that a person or a supervisor puts to a command that would go on.

use std::io;

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT and SIGTERM, from the moment this was made.
pub(crate) struct Stopped {
    interrupt: Signal,
    terminate: Signal,
}

impl Stopped {
    /// Inside a runtime.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let listen = |kind| -> io::Result<Signal> { signal(kind) };
        let (interrupt, terminate) = (listen(SignalKind::interrupt()), listen(SignalKind::terminate()));
        let context = "signals cannot be received";
        Ok(Self { interrupt: interrupt.context(context)?, terminate: terminate.context(context)? })
    }

    /// Returns with the next of them. May be dropped and called again.
    pub(crate) async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
