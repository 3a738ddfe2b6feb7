//! One client agent, of ours or of Consul: its data, where it runs, and its process.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use super::cluster::Cluster;
use super::command::PROCONSUL;
use super::process::Process;

/// A machine with a client agent on it, which may be stopped and started.
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) address: Ipv4Addr,
    directory: PathBuf,
    process: Option<Process>,
}

impl Client {
    /// Our agent on an address of this cluster's range; it runs, and knows these servers.
    pub(crate) fn of(cluster: &Cluster, name: &str, last: u8) -> Self {
        let mut client = Self::new(name, cluster.range.address(last), cluster.directory());
        client.start(&cluster.servers.iter().map(|server| server.address).collect::<Vec<_>>());
        client
    }

    /// A machine on which nothing runs yet.
    pub(crate) fn new(name: &str, address: Ipv4Addr, directory: &Path) -> Self {
        Self { name: name.to_owned(), address, directory: directory.join(name), process: None }
    }

    /// Starts its agent, which joins these servers; none when it is to find them by itself.
    pub(crate) fn start(&mut self, servers: &[Ipv4Addr]) {
        self.start_as(Path::new(PROCONSUL), servers);
    }

    /// The same, of another program.
    pub(crate) fn start_as(&mut self, program: &Path, servers: &[Ipv4Addr]) {
        assert!(self.process.is_none(), "{} runs already", self.name);
        fs::create_dir_all(&self.directory).expect("a directory can be made");
        let address = self.address;
        let mut command = Command::new(program);
        command.args(["agent", &format!("-bind={address}"), &format!("-client={address}")]);
        command.args([format!("-node={}", self.name), format!("-data-dir={}", self.directory.join("data").display())]);
        command.args(servers.iter().map(|server| format!("-retry-join={server}")));
        let log = File::options().create(true).append(true).open(self.log_path()).expect("a log can be opened");
        command.stdin(Stdio::null()).stderr(log.try_clone().expect("a handle can be copied")).stdout(log);
        self.process = Some(Process::start(&mut command));
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        self.process.take().expect("it runs").kill();
    }

    /// Sends a signal, and tells the exit code.
    pub(crate) fn end_with(&mut self, signal: Signal) -> Option<i32> {
        let mut process = self.process.take().expect("it runs");
        process.send(signal);
        process.end().code()
    }

    pub(crate) fn http(&self) -> SocketAddr {
        (self.address, 8500).into()
    }

    /// Everything its agents have printed.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.directory.join("log")
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!(
                "--- the end of the log of {}:\n{}",
                self.name,
                lines[lines.len().saturating_sub(40)..].join("\n")
            );
        }
    }
}
