//! Starting a container: its folders, its log, its first process, and what became of that.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::SystemTime;

use nix::unistd::Pid;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::watch;

use super::pod::{Pod, Running};
use super::processes::{Family, outer_pid};
use crate::INIT_COMMAND;
use crate::cgroup::Cgroup;
use crate::host::is_plain_name;
use crate::init::InitSpec;
use crate::launch::ContainerLaunch;
use crate::logs::{LogWriter, pump};
use crate::protocol::{Refusal, StartFailure};
use crate::status::ContainerState;

/// This program again, also when its file was replaced or deleted since.
pub(super) fn this_program() -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg0("proconsul").env_clear().stdin(Stdio::null());
    command
}

impl Pod {
    /// Starts a container; what could not be had comes back in words.
    pub(super) async fn start(self: Rc<Self>, launch: ContainerLaunch) -> Result<Vec<String>, Refusal> {
        let name = launch.name.clone();
        self.check_startable(&name)?;
        self.starting.borrow_mut().insert(name.clone());
        let started = self.start_checked(launch).await;
        self.starting.borrow_mut().remove(&name);
        self.forget_unclaimed();
        started
    }

    fn check_startable(&self, name: &str) -> Result<(), Refusal> {
        let container = name.to_owned();
        if self.is_ending() {
            return Err(Refusal::Ending);
        }
        if !is_plain_name(name) {
            let message = "its name is not one plain name".to_owned();
            return Err(StartFailure::Create { container, message }.into());
        }
        if self.starting.borrow().contains(name) || self.running.borrow().contains_key(name) {
            return Err(Refusal::RunsAlready { container });
        }
        Ok(())
    }

    async fn start_checked(&self, launch: ContainerLaunch) -> Result<Vec<String>, Refusal> {
        let name = launch.name.clone();
        let shim =
            |attempt: &str, error: io::Error| Refusal::Shim { attempt: attempt.to_owned(), message: error.to_string() };
        let instance = self.next_instance(&name);
        let container_dir = self.dir.join("containers").join(&name);
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(&container_dir)
            .map_err(|error| shim("make a folder", error))?;
        let termination_message = self.make_termination_file(&launch).map_err(|error| shim("make a file", error))?;
        let log = LogWriter::open(&self.dir, &name, instance).map_err(|error| shim("open the log", error))?;
        let (cgroup, warnings) = Cgroup::make(&self.spec, &name, &launch.limits);
        let init = InitSpec {
            pod: self.spec.clone(),
            container: launch,
            pod_dir: self.dir.clone(),
            cgroups: cgroup.entrances(),
            termination_message: termination_message.clone(),
        };
        let (mut ours, theirs) = UnixStream::pair().map_err(|error| shim("make a socket", error))?;
        let child = spawn_init(theirs).map_err(|error| shim("start the container's first process", error))?;
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap_or_default());
        self.keep_log(&name, instance, log, child);
        let failure = converse(&mut ours, &init)
            .await
            .map_err(|error| shim("speak with the container's first process", error))?;
        if let Some(failure) = failure {
            cgroup.remove();
            return Err(self.failed(&name, failure));
        }
        let outer = outer_pid(pid);
        let family = Family::of(self.spec.isolation, pid, outer);
        let running = Running { pid, family, cgroup, termination_message };
        self.note_start(&name, running, ContainerState::Running { pid: outer, started_at: SystemTime::now() })?;
        Ok(warnings)
    }

    /// A program that could not be executed counts as an instance, as in Kubernetes; what failed before does not.
    fn failed(&self, name: &str, failure: StartFailure) -> Refusal {
        match &failure {
            StartFailure::Exec { .. } => match self.note_failed_start(name, failure.to_string()) {
                Ok(()) => failure.into(),
                Err(refusal) => refusal,
            },
            _ => failure.into(),
        }
    }

    fn make_termination_file(&self, launch: &ContainerLaunch) -> io::Result<Option<PathBuf>> {
        if launch.termination_message_path.is_none() {
            return Ok(None);
        }
        let path = self.dir.join("containers").join(&launch.name).join("termination-log");
        fs::write(&path, "")?;
        // Whatever user the container runs as writes here; the pod's folder keeps others out.
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o666))?;
        Ok(Some(path))
    }

    /// Copies what the container says into its log until nobody can say anything more.
    fn keep_log(&self, name: &str, instance: u32, log: LogWriter, child: Child) {
        let (grown, length) = watch::channel(0);
        self.growth.borrow_mut().insert(name.to_owned(), (instance, length));
        let streams = (child.stdout.map(OwnedFd::from), child.stderr.map(OwnedFd::from));
        tokio::task::spawn_local(pump(log, streams.0, streams.1, grown));
    }
}

fn spawn_init(socket: UnixStream) -> io::Result<Child> {
    let socket = socket.into_std()?;
    socket.set_nonblocking(false)?;
    let mut command = this_program();
    command.arg(INIT_COMMAND).stdin(OwnedFd::from(socket)).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn()
}

/// Tells the first process what to become. Its end of the socket closes when the program is executed; before that, it may
/// tell why it is not.
async fn converse(socket: &mut UnixStream, init: &InitSpec) -> io::Result<Option<StartFailure>> {
    let text = serde_json::to_vec(init)?;
    // A first process that ended early has said why, or is found by its exit.
    let told = socket.write_all(&text).await;
    socket.shutdown().await.or(told)?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await?;
    if answer.is_empty() { Ok(None) } else { Ok(Some(serde_json::from_slice(&answer)?)) }
}
