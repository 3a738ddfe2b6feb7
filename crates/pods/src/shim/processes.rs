//! The processes of a container as this machine's process table shows them: the table of the namespace above the pod's.

use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpid};

use crate::isolation::{Isolation, Mounts};

/// Rounds of killing before giving up on a container that forks faster than it dies.
const ROUNDS: usize = 64;

/// How a container's processes are known from all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// They share its mount namespace, named by this link text.
    MountNamespace(String),
    /// They share its session, named by its leader.
    Session(i32),
}

impl Family {
    /// The family of a container's first process; `outer` is its id in this machine's table.
    pub(super) fn of(isolation: Isolation, pid: Pid, outer: u32) -> Self {
        match (isolation, mount_namespace(outer)) {
            (Isolation::Namespaces | Isolation::Loopback(Mounts::Real), Some(link)) => Self::MountNamespace(link),
            _ => Self::Session(pid.as_raw()),
        }
    }

    /// Kills every process of it that is left.
    pub(super) fn kill_all(&self) {
        for _ in 0..ROUNDS {
            let left = self.members();
            if left.is_empty() {
                return;
            }
            for pid in left {
                // It may have ended by itself meanwhile.
                let _ = kill(pid, Signal::SIGKILL);
            }
            nix::sched::sched_yield().unwrap_or_default();
        }
    }

    /// Its living processes, by their ids in the pod's pid namespace.
    fn members(&self) -> Vec<Pid> {
        let is_member = |outer: &u32| match self {
            Self::MountNamespace(link) => mount_namespace(*outer).as_ref() == Some(link),
            Self::Session(leader) => session(*outer) == Some(*leader),
        };
        all().into_iter().filter(is_member).filter_map(inner).collect()
    }
}

/// The id in this machine's table of a child of this process; the same number where the pod has no pid namespace.
pub(super) fn outer_pid(pid: Pid) -> u32 {
    let is_it = |outer: &u32| inner(*outer) == Some(pid);
    let found = children().into_iter().find(is_it);
    found.unwrap_or_else(|| u32::try_from(pid.as_raw()).unwrap_or_default())
}

/// The children of this process; every process where the kernel keeps no list of them.
fn children() -> Vec<u32> {
    match fs::read_to_string("/proc/thread-self/children") {
        Ok(text) => text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect(),
        Err(_) => all().into_iter().filter(|outer| parent(*outer) == outer_self()).collect(),
    }
}

fn all() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn outer_self() -> Option<u32> {
    let link = fs::read_link("/proc/self").ok()?;
    link.to_str()?.parse().ok()
}

fn mount_namespace(outer: u32) -> Option<String> {
    let link = fs::read_link(format!("/proc/{outer}/ns/mnt")).ok()?;
    Some(link.to_string_lossy().into_owned())
}

/// The id that a process of this machine's table has in the pod's pid namespace, the innermost it is in.
fn inner(outer: u32) -> Option<Pid> {
    let status = fs::read_to_string(format!("/proc/{outer}/status")).ok()?;
    let ids = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
    let last = ids.and_then(|ids| ids.split_whitespace().next_back());
    let pid = Pid::from_raw(last.map_or(Some(outer as i32), |last| last.parse().ok())?);
    (pid != getpid()).then_some(pid)
}

fn parent(outer: u32) -> Option<u32> {
    stat_field(outer, 1)
}

fn session(outer: u32) -> Option<i32> {
    // A process that ended but was not collected is no member any more.
    (stat_field::<String>(outer, 0)? != "Z").then(|| stat_field(outer, 3))?
}

/// A field of `/proc/PID/stat`, counted from the state, which follows the name in parentheses.
fn stat_field<T: std::str::FromStr>(outer: u32, place: usize) -> Option<T> {
    let stat = fs::read_to_string(format!("/proc/{outer}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(place)?.parse().ok()
}
