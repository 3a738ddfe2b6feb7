//! A process group and its first process; the group does not outlive this.

use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::Child;

/// A running process group.
#[derive(Debug)]
pub(super) struct Group {
    first: Child,
    /// `None` once there is nothing to kill.
    id: Option<Pid>,
}

impl Group {
    /// The group of a process that was started as the first of its own.
    pub(super) fn of(first: Child) -> Self {
        let id = first.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        Self { first, id }
    }

    /// Waits until the first process has exited. Its code; `None` when a signal killed it.
    ///
    /// To be called when nobody is left who could print: what still lives in the group let go of its output and is left alone,
    /// as a daemon that a script started.
    pub(super) async fn wait(&mut self) -> Option<i32> {
        let exit = self.first.wait().await;
        self.id = None;
        exit.ok().and_then(|exit| exit.code())
    }

    /// Kills all of the group, and waits until its first process is gone.
    pub(super) async fn kill_and_wait(mut self) {
        self.kill();
        if let Err(error) = self.first.wait().await {
            tracing::warn!(target: "agent", %error, "failed to wait for a check that was killed");
        }
    }

    fn kill(&mut self) {
        let Some(id) = self.id.take() else { return };
        match killpg(id, Signal::SIGKILL) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => tracing::warn!(target: "agent", %error, "Check failed to kill after timeout"),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
