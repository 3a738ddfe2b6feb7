//! A runtime in a state directory of its own, ended with everything it made when dropped.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid as ProcessId;
use serde_json::Value;
use tempfile::TempDir;

use super::command::{Finished, proconsul};
use super::pod::Pod;
use crate::wait::wait_until;

/// `--isolation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Loopback,
    Namespaces,
}

pub(crate) struct Runtime {
    folder: TempDir,
    form: Form,
}

impl Runtime {
    pub(crate) fn new(form: Form) -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), form }
    }

    pub(crate) fn state_dir(&self) -> &Path {
        self.folder.path()
    }

    /// `kube up --detach` with the test's form and a free port of its own.
    pub(crate) fn up(&self, words: &[&str]) -> Finished {
        let isolation = match self.form {
            Form::Loopback => "--isolation=loopback",
            Form::Namespaces => "--isolation=namespaces",
        };
        let flags = ["up", "--detach", "--http=127.0.0.1:0", isolation];
        self.kube(&[&flags, words].concat())
    }

    /// The same with the embedded manifests; false, with the reason on standard output, where this machine does not have the form.
    pub(crate) fn comes_up(&self, words: &[&str]) -> bool {
        let up = self.up(words);
        if self.form == Form::Namespaces && up.err.contains("namespaces isolation is not possible here") {
            println!("skipped: {}", up.err.trim_end());
            return false;
        }
        up.success();
        true
    }

    /// Any command of `kube` on this state directory.
    pub(crate) fn kube(&self, words: &[&str]) -> Finished {
        let state = format!("--state={}", self.state_dir().display());
        proconsul([&["kube"], words, &[state.as_str()]].concat())
    }

    /// The pods in the order of their names.
    #[track_caller]
    pub(crate) fn pods(&self) -> Vec<Pod> {
        let listed = self.kube(&["get", "pods", "-o", "json"]).success();
        let listed: Value = serde_json::from_str(&listed).unwrap_or_else(|error| panic!("{error}: {listed}"));
        listed["items"].as_array().expect("a list").iter().map(Pod::of).collect()
    }

    /// The pods once three are ready, none of them among these.
    pub(crate) fn three_ready(&self, gone: &[Pod]) -> Vec<Pod> {
        wait_until("three pods are ready", || {
            let pods = self.pods();
            let is_fresh = |pod: &Pod| pod.is_ready && gone.iter().all(|other| other.uid != pod.uid);
            if pods.len() == 3 && pods.iter().all(is_fresh) { Ok(pods) } else { Err(format!("{pods:?}")) }
        })
    }

    /// The folder that stands in for the export of the manifests.
    pub(crate) fn share(&self) -> PathBuf {
        self.state_dir().join("volumes/nfs/172.253.67.226/home/sharedata")
    }

    /// kill -9 of the runtime; its pods go on.
    pub(crate) fn kill(&self) {
        let mut socket = UnixStream::connect(self.state_dir().join("kube.sock")).expect("the runtime answers");
        socket
            .write_all(b"GET /proconsul/v1/summary HTTP/1.1\r\nHost: kube\r\nConnection: close\r\n\r\n")
            .expect("takes the request");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("answers");
        let (_, body) = answer.split_once("\r\n\r\n").expect("an answer of HTTP");
        let facts: Value = serde_json::from_str(body).expect("its facts");
        let pid = facts["pid"].as_u64().and_then(|pid| i32::try_from(pid).ok()).expect("its process");
        send_kill(pid);
        // The signal is answered before the process has let go of its socket.
        wait_until("the runtime is gone", || match UnixStream::connect(self.state_dir().join("kube.sock")) {
            Ok(_) => Err("it still listens".to_owned()),
            Err(_) => Ok(()),
        });
    }

    /// Processes of this machine that were started for this state directory.
    pub(crate) fn processes(&self) -> Vec<(i32, String)> {
        processes(&self.state_dir().to_string_lossy())
    }

    /// The name of the bridge, when the runtime made one.
    pub(crate) fn bridge(&self) -> Option<String> {
        let record = fs::read_to_string(self.state_dir().join("network.json")).expect("the runtime keeps a record");
        let record: Value = serde_json::from_str(&record).expect("reads back");
        record["bridge"].as_str().map(str::to_owned)
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // It may be over already, which is as good.
        let _ = self.kube(&["down", "--volumes", "--yes"]);
    }
}

/// The runtime answers `down` as its last act, so its own process may take a moment more.
pub(crate) fn has_no_process(runtime: &Runtime) {
    wait_until("no process is left", || match runtime.processes() {
        none if none.is_empty() => Ok(()),
        left => Err(format!("{left:?}")),
    });
}

/// kill -9 of the server that runs in a pod.
pub(crate) fn kill_server(pod: &Pod) {
    let found = processes(&format!("-advertise={}\0", pod.address));
    let [(pid, _)] = found.as_slice() else { panic!("{pod:?} has not one process but {found:?}") };
    send_kill(*pid);
}

fn send_kill(pid: i32) {
    kill(ProcessId::from_raw(pid), Signal::SIGKILL).unwrap_or_else(|error| panic!("cannot kill {pid}: {error}"));
}

/// Processes with this in their command lines, but not those that are only being asked about it.
fn processes(part: &str) -> Vec<(i32, String)> {
    let entries = fs::read_dir("/proc").expect("the process table").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let lines = pids.filter_map(|pid| Some((pid, fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()?)));
    lines.filter(|(_, line)| line.contains(part)).collect()
}
