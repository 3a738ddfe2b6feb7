//! The shim's one record of its pod: what each container is doing, on disk before it is told to anybody.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use tokio::signal::unix;
use tokio::sync::watch;

use super::ShimSpec;
use super::processes::Family;
use crate::cgroup::Cgroup;
use crate::protocol::Refusal;
use crate::status::{ContainerProcess, ContainerState, Exit, ExitReason, PodProcesses};

/// Kubernetes reads no more of a termination message, bytes.
const MESSAGE_BYTES: u64 = 4096;

/// A pod's containers.
pub(super) struct Pod {
    pub(super) spec: ShimSpec,
    pub(super) dir: PathBuf,
    status: watch::Sender<PodProcesses>,
    /// By container name: those that run.
    pub(super) running: RefCell<BTreeMap<String, Running>>,
    /// Names of containers between the request and the program's first instruction.
    pub(super) starting: RefCell<BTreeSet<String>>,
    /// Exits of children that no running container claims: of those still starting, and of orphans while one is.
    unclaimed: RefCell<BTreeMap<i32, WaitStatus>>,
    /// By container name: the instance and the length of its log; the sender goes when the log is complete.
    pub(super) growth: RefCell<BTreeMap<String, (u32, watch::Receiver<u64>)>>,
    ending: Cell<bool>,
    end_asked: tokio::sync::Notify,
}

/// A container whose program runs.
pub(super) struct Running {
    /// In the pod's pid namespace.
    pub(super) pid: Pid,
    pub(super) family: Family,
    pub(super) cgroup: Cgroup,
    pub(super) termination_message: Option<PathBuf>,
}

impl Pod {
    /// The pod of a folder; containers that ran under a shim that is gone are lost.
    pub(super) fn open(spec: ShimSpec, dir: &Path) -> io::Result<Self> {
        let before = PodProcesses::load(dir)?.lost(SystemTime::now());
        if !before.containers.is_empty() {
            before.save(dir)?;
        }
        Ok(Self {
            spec,
            dir: dir.to_owned(),
            status: watch::Sender::new(before),
            running: RefCell::default(),
            starting: RefCell::default(),
            unclaimed: RefCell::default(),
            growth: RefCell::default(),
            ending: Cell::new(false),
            end_asked: tokio::sync::Notify::new(),
        })
    }

    /// What the containers are doing, and every change of it.
    pub(super) fn status(&self) -> watch::Receiver<PodProcesses> {
        self.status.subscribe()
    }

    /// The growing length of an instance's log; `None` when it is complete.
    pub(super) fn growth(&self, container: &str, instance: u32) -> Option<watch::Receiver<u64>> {
        let growth = self.growth.borrow();
        growth.get(container).filter(|(present, _)| *present == instance).map(|(_, length)| length.clone())
    }

    /// Sends a signal to a container's main process.
    pub(super) fn signal(&self, container: &str, signal: i32) -> Result<(), Refusal> {
        let not_running = || Refusal::NotRunning { container: container.to_owned() };
        let signal = Signal::try_from(signal).map_err(|errno| refused("send the signal", errno))?;
        let pid = self.running.borrow().get(container).map(|running| running.pid).ok_or_else(not_running)?;
        kill(pid, signal).map_err(|errno| refused("send the signal", errno))
    }

    /// Starts nothing more, and lets [`Self::ended`] return once nothing runs.
    pub(super) fn end(&self) {
        self.ending.set(true);
        self.end_asked.notify_one();
    }

    /// Whether it was told to end.
    pub(super) fn is_ending(&self) -> bool {
        self.ending.get()
    }

    /// Returns when it was told to end, no container runs and every log is complete.
    pub(super) async fn ended(&self) {
        self.end_asked.notified().await;
        // The sender lives as long as this pod, so the wait ends with the condition only.
        let _ = self.status().wait_for(|status| !status.is_running()).await;
        let logs: Vec<_> = self.growth.borrow().values().map(|(_, length)| length.clone()).collect();
        for mut log in logs {
            while log.changed().await.is_ok() {}
        }
    }

    /// Collects every child that ended, the pod's orphans among them.
    pub(super) async fn reap(self: std::rc::Rc<Self>, mut children: unix::Signal) {
        loop {
            while let Some((pid, outcome)) = next_exit() {
                self.note_exit(pid, outcome);
            }
            if children.recv().await.is_none() {
                return;
            }
        }
    }

    fn note_exit(&self, pid: Pid, outcome: WaitStatus) {
        let name = self.running.borrow().iter().find(|(_, running)| running.pid == pid).map(|(name, _)| name.clone());
        match name {
            Some(name) => self.finish(&name, outcome),
            None => {
                self.unclaimed.borrow_mut().insert(pid.as_raw(), outcome);
                self.forget_unclaimed();
            }
        }
    }

    /// Forgets exits that no container can claim any more, since none is starting.
    pub(super) fn forget_unclaimed(&self) {
        if self.starting.borrow().is_empty() {
            self.unclaimed.borrow_mut().clear();
        }
    }

    /// Takes note of a program that runs now, or ran already and ended.
    pub(super) fn note_start(&self, name: &str, running: Running, state: ContainerState) -> Result<(), Refusal> {
        let pid = running.pid.as_raw();
        self.running.borrow_mut().insert(name.to_owned(), running);
        self.change(name, state)?;
        let ended = self.unclaimed.borrow_mut().remove(&pid);
        if let Some(outcome) = ended {
            self.finish(name, outcome);
        }
        Ok(())
    }

    /// Takes note of an instance whose program could not be executed.
    pub(super) fn note_failed_start(&self, name: &str, message: String) -> Result<(), Refusal> {
        let now = SystemTime::now();
        let reason = ExitReason::StartError;
        let exit = Exit { code: 128, signal: None, reason, message, started_at: now, finished_at: now };
        self.change(name, ContainerState::Exited(exit))
    }

    /// The number of a container's next instance.
    pub(super) fn next_instance(&self, name: &str) -> u32 {
        self.status.borrow().container(name).map_or(0, |container| container.instance + 1)
    }

    fn finish(&self, name: &str, outcome: WaitStatus) {
        let Some(running) = self.running.borrow_mut().remove(name) else { return };
        running.family.kill_all();
        let started_at = match self.status.borrow().container(name).map(|container| &container.state) {
            Some(ContainerState::Running { started_at, .. }) => *started_at,
            _ => SystemTime::now(),
        };
        let exit = describe_exit(outcome, &running, started_at);
        running.cgroup.remove();
        // A disk that refuses cannot keep the exit from those who watch; the next save tries again.
        let _ = self.change(name, ContainerState::Exited(exit));
    }

    /// Makes a change: to disk first, then to everybody who watches. A new `Running` after an exit is the next instance.
    fn change(&self, name: &str, state: ContainerState) -> Result<(), Refusal> {
        let mut next = self.status.borrow().clone();
        match next.containers.iter_mut().find(|container| container.name == name) {
            None => next.containers.push(ContainerProcess { name: name.to_owned(), instance: 0, state, last: None }),
            Some(container) => {
                if let ContainerState::Exited(exit) = &container.state {
                    container.last = Some(exit.clone());
                    container.instance += 1;
                }
                container.state = state;
            }
        }
        let saved = next.save(&self.dir);
        self.status.send_replace(next);
        saved.map_err(|error| Refusal::Shim { attempt: "save the pod's status".to_owned(), message: error.to_string() })
    }
}

/// The system's refusal as an answer.
pub(super) fn refused(attempt: &str, errno: Errno) -> Refusal {
    Refusal::Shim { attempt: attempt.to_owned(), message: errno.to_string() }
}

fn next_exit() -> Option<(Pid, WaitStatus)> {
    match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
        Ok(outcome @ (WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, _, _))) => Some((pid, outcome)),
        // No child, or none that ended.
        _ => None,
    }
}

fn describe_exit(outcome: WaitStatus, running: &Running, started_at: SystemTime) -> Exit {
    let (code, signal) = match outcome {
        WaitStatus::Exited(_, code) => (code, None),
        WaitStatus::Signaled(_, signal, _) => (128 + signal as i32, Some(signal as i32)),
        // `next_exit` lets nothing else through.
        _ => (137, None),
    };
    let reason = match code {
        0 => ExitReason::Completed,
        137 if running.cgroup.ran_out_of_memory() => ExitReason::OOMKilled,
        _ => ExitReason::Error,
    };
    let message = running.termination_message.as_deref().map(read_message).unwrap_or_default();
    Exit { code, signal, reason, message, started_at, finished_at: SystemTime::now() }
}

/// What the program left at its termination message path: a file that lies outside the container, so no link leads away.
fn read_message(path: &Path) -> String {
    let mut text = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(MESSAGE_BYTES).read_to_end(&mut text));
    read.map(|_| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default()
}
