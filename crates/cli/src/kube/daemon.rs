//! The runtime as a process: in the foreground of `kube up`, or behind `--detach` in a session of its own.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::sync::Arc;

use anyhow::{Context, bail};
use proconsul_kube::runtime::{Extent, Runtime, RuntimeConfig};
use proconsul_kube_api::{serve, socket};
use tokio::io::AsyncReadExt;
use tokio::signal::unix::{SignalKind, signal};

use super::{RUNTIME_COMMAND, flags, settings, threads};

/// What the runtime says on its standard output once it answers; anything else is why it does not.
const READY: &str = "ready";
/// Its log, in the state directory.
const LOG: &str = "runtime.log";

/// The hidden command: a runtime in its own session, until a client or a signal ends it.
pub(super) fn run(words: &[String]) -> anyhow::Result<ExitCode> {
    // Fails only for a process that leads a group, which a freshly started one does not.
    let _ = nix::unistd::setsid();
    log_to_stderr();
    let given = flags::parse(&settings::FLAGS, words)?;
    let config = settings::read(&given)?;
    threads()?.block_on(async {
        match start(config).await {
            Ok(running) => {
                say(READY);
                running.run_until_ended(&mut |_| {}).await
            }
            Err(error) => {
                say(&format!("{error:#}"));
                Ok(ExitCode::FAILURE)
            }
        }
    })
}

fn say(text: &str) {
    // The one who started it may have gone away already.
    let _ = writeln!(io::stdout(), "{text}").and_then(|()| io::stdout().flush());
}

/// Log lines of the runtime; what pods do is told by events, not here.
pub(super) fn log_to_stderr() {
    let logger =
        tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(false).with_max_level(tracing::Level::INFO);
    // Fails only when there is a logger already.
    let _ = logger.try_init();
}

/// A runtime that answers on its socket.
pub(super) struct Running {
    runtime: Arc<Runtime>,
    served: tokio::task::JoinHandle<Extent>,
}

/// Starts a runtime in this process; when this returns, its socket answers.
pub(super) async fn start(config: RuntimeConfig) -> anyhow::Result<Running> {
    let state_dir = config.state_dir.clone();
    let runtime = Runtime::start(config).await?;
    let listener = socket::listen(&state_dir);
    let listener = listener.with_context(|| format!("cannot listen on {}", state_dir.join(socket::NAME).display()))?;
    let served = tokio::spawn(serve(Arc::clone(&runtime), listener));
    Ok(Running { runtime, served })
}

impl Running {
    /// Waits for a client or a signal to ask for the end, then stops the pods in reverse order. A second signal ends at once and leaves
    /// the pods to the next runtime.
    pub(super) async fn run_until_ended(mut self, tell: &mut impl FnMut(&str)) -> anyhow::Result<ExitCode> {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let extent = tokio::select! {
            served = &mut self.served => served.context("the control socket's task failed")?,
            _ = interrupt.recv() => Extent::Pods,
            _ = terminate.recv() => Extent::Pods,
        };
        tell("stopping the pods in reverse order (again to leave them running)");
        tokio::select! {
            stopped = self.stop(extent) => stopped?,
            _ = interrupt.recv() => return Ok(ExitCode::FAILURE),
            _ = terminate.recv() => return Ok(ExitCode::FAILURE),
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Stops the pods and what `extent` says, and leaves no socket behind.
    pub(super) async fn stop(&self, extent: Extent) -> anyhow::Result<()> {
        self.runtime.stop(extent).await?;
        // Gone already when the state directory was removed under the runtime.
        let _ = socket::remove(self.runtime.state_dir());
        Ok(())
    }
}

/// Starts a runtime as a process of its own and returns when its socket answers.
pub(super) async fn spawn(state_dir: &Path, words: &[String]) -> anyhow::Result<()> {
    std::fs::create_dir_all(state_dir).with_context(|| format!("cannot make {}", state_dir.display()))?;
    let log_path = state_dir.join(LOG);
    let log = OpenOptions::new().create(true).append(true).open(&log_path);
    let log = log.with_context(|| format!("cannot write {}", log_path.display()))?;
    let mut command = tokio::process::Command::new(proconsul_pods::HostConfig::THIS_PROGRAM);
    command.arg0("proconsul").arg(RUNTIME_COMMAND).args(words);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let mut child = command.spawn().context("cannot start the runtime's process")?;
    let mut stdout = child.stdout.take().context("the runtime's process has no standard output")?;
    let mut said = Vec::new();
    while !said.contains(&b'\n') {
        if stdout.read_buf(&mut said).await? == 0 {
            break;
        }
    }
    let said = String::from_utf8_lossy(&said);
    match said.trim() {
        READY => Ok(()),
        "" => bail!("the runtime ended before it was ready; its log is {}", log_path.display()),
        why => bail!("{why}"),
    }
}

/// Waits until the runtime of a state directory has ended and given up its lock.
pub(super) async fn wait_until_ended(state_dir: &Path) -> anyhow::Result<()> {
    let path = state_dir.join("runtime.lock");
    // The lock is held for exactly as long as the runtime lives, so waiting for it waits for the end.
    tokio::task::spawn_blocking(move || -> io::Result<()> {
        let file = std::fs::File::open(path)?;
        file.lock()
    })
    .await?
    .context("cannot tell whether the runtime has ended")
}
