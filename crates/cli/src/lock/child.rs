//! The program that runs while the lock is held.

use std::future::Future;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, anyhow};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use proconsul_agent::watch::Words;
use tokio::process;

use crate::wait::Stopped;
use crate::watch::ended;

/// How long a child that was told to end may take; Consul's `lockKillGracePeriod`.
const GRACE: Duration = Duration::from_secs(5);

/// By this variable the child knows that it runs under the lock.
const HELD: &str = "CONSUL_LOCK_HELD";

pub(super) struct Child {
    pub(super) words: Vec<String>,
    pub(super) by_shell: bool,
    pub(super) passes_input: bool,
}

impl Child {
    /// Runs it to its end, which comes early when the lock is lost or somebody wants us to stop.
    pub(super) async fn run(
        &self,
        lost: impl Future<Output = ()>,
        stopped: &mut Stopped,
        say: &mut impl FnMut(&str),
    ) -> anyhow::Result<()> {
        let mut child = self.command()?.spawn().with_context(|| self.words.join(" "))?;
        let why = tokio::select! {
            status = child.wait() => {
                say("Child terminated, releasing lock");
                let status = status?;
                return if status.success() { Ok(()) } else { Err(anyhow!(ended(status))) };
            }
            () = lost => "Lock lost, killing child",
            () = stopped.wait() => "Shutdown triggered, killing child",
        };
        say(why);
        let status = end(&mut child).await?;
        if status.success() { Ok(()) } else { Err(anyhow!(ended(status))) }
    }

    fn command(&self) -> anyhow::Result<process::Command> {
        let words =
            if self.by_shell { Words::Shell(self.words.join(" ")) } else { Words::Arguments(self.words.clone()) };
        let mut command = proconsul_watch::command(&words)?;
        let input = if self.passes_input { Stdio::inherit() } else { Stdio::null() };
        command.env(HELD, "true").stdin(input).kill_on_drop(true);
        Ok(command)
    }
}

/// SIGTERM, and SIGKILL when that is not enough.
async fn end(child: &mut process::Child) -> anyhow::Result<std::process::ExitStatus> {
    if let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()) {
        // It may have ended this moment.
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
    }
    match tokio::time::timeout(GRACE, child.wait()).await {
        Ok(status) => Ok(status?),
        Err(_) => {
            child.kill().await?;
            Ok(child.wait().await?)
        }
    }
}
