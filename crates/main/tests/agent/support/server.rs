//! One server: its data, where it runs now, and its process.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use super::command::PROCONSUL;
use super::process::Process;

/// A server machine with one agent on it, which may be stopped and started, and moved.
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) address: Ipv4Addr,
    directory: PathBuf,
    process: Option<Process>,
}

impl Server {
    /// A machine on which nothing runs yet.
    pub(crate) fn new(name: &str, address: Ipv4Addr, directory: &Path) -> Self {
        Self { name: name.to_owned(), address, directory: directory.join(name), process: None }
    }

    /// Starts its agent with the arguments of the manifests' set.
    pub(crate) fn start(&mut self, prefix: &[String], peers: &[Ipv4Addr], more: &[String]) {
        assert!(self.process.is_none(), "{} runs already", self.name);
        fs::create_dir_all(self.data_dir()).expect("a directory can be made");
        let (program, first) = prefix.split_first().map_or((PROCONSUL, &[][..]), |(program, rest)| (program, rest));
        let mut command = Command::new(program);
        command.args(first).args((!prefix.is_empty()).then_some(PROCONSUL)).args(self.arguments(peers)).args(more);
        let log = File::options().create(true).append(true).open(self.log_path()).expect("a log can be opened");
        command.stdin(Stdio::null()).stderr(log.try_clone().expect("a handle can be copied")).stdout(log);
        self.process = Some(Process::start(&mut command));
    }

    fn arguments(&self, peers: &[Ipv4Addr]) -> Vec<String> {
        let address = self.address;
        let mut words: Vec<String> = ["agent", "-server", "-ui", "-disable-host-node-id"].map(str::to_owned).to_vec();
        words.push(format!("-bootstrap-expect={}", peers.len()));
        words.extend([format!("-bind={address}"), format!("-client={address}"), format!("-advertise={address}")]);
        words.extend(peers.iter().map(|peer| format!("-retry-join={peer}")));
        words.push(format!("-node={}", self.name));
        words.push(format!("-data-dir={}", self.data_dir().display()));
        words.push(format!("-pid-file={}", self.pid_file().display()));
        words
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        self.process.take().expect("it runs").kill();
    }

    pub(crate) fn send(&self, signal: Signal) {
        self.process.as_ref().expect("it runs").send(signal);
    }

    /// Waits for the end of its agent, and tells the exit code.
    pub(crate) fn end(&mut self) -> Option<i32> {
        self.process.take().expect("it runs").end().code()
    }

    /// SIGTERM, and the end.
    pub(crate) fn stop(&mut self) {
        self.send(Signal::SIGTERM);
        assert_eq!(self.end(), Some(1), "only leaving counts as success");
    }

    /// Takes all its data away.
    pub(crate) fn wipe(&self) {
        assert!(self.process.is_none(), "{} runs", self.name);
        fs::remove_dir_all(self.data_dir()).expect("the data can be removed");
    }

    pub(crate) fn is_running(&self) -> bool {
        self.process.is_some()
    }

    pub(crate) fn http(&self) -> SocketAddr {
        (self.address, 8500).into()
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.directory.join("data")
    }

    pub(crate) fn pid_file(&self) -> PathBuf {
        self.directory.join("agent.pid")
    }

    /// Everything its agents have printed.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.directory.join("log")
    }
}
