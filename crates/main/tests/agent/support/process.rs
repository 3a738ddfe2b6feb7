//! A child process that does not outlive its test.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::wait::wait_until;

/// Killed when dropped.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}")))
    }

    pub(crate) fn send(&self, signal: Signal) {
        let id = Pid::from_raw(self.0.id().try_into().expect("process ids are small"));
        kill(id, signal).unwrap_or_else(|error| panic!("cannot send {signal} to {id}: {error}"));
    }

    /// Waits for the end of it.
    pub(crate) fn end(&mut self) -> ExitStatus {
        wait_until("the process ends", || match self.0.try_wait() {
            Ok(Some(status)) => Ok(status),
            Ok(None) => Err(format!("process {} runs", self.0.id())),
            Err(error) => Err(error.to_string()),
        })
    }

    /// kill -9, and the proof that it came from there.
    pub(crate) fn kill(&mut self) {
        self.send(Signal::SIGKILL);
        assert_eq!(self.end().signal(), Some(Signal::SIGKILL as i32), "the process had ended by itself before");
    }

    pub(crate) fn inner(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be over already, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
