//! A state directory with pods in it for one test, and the end of all of them afterwards.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::future::Future;
use std::io::{Read, Write};
use std::net::IpAddr;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use proconsul_pods::logs::{LogOptions, LogReader};
use proconsul_pods::network::Cidr;
use proconsul_pods::{
    Choice, ContainerLaunch, Dns, Exit, Host, HostConfig, Image, Limits, OpenError, PodLaunch, PodProcesses, Shim,
};

/// How long a condition may take before the test fails.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// One state directory and the host of its pods.
pub(crate) struct Stage {
    host: Option<Host>,
    config: HostConfig,
    dir: tempfile::TempDir,
}

impl Stage {
    /// Opens a host of this isolation form.
    pub(crate) async fn open(isolation: Choice) -> Self {
        let dir = tempfile::tempdir().unwrap();
        // Longer than a socket's address may be.
        let state_dir = dir.path().join("state".repeat(30));
        let config = HostConfig { state_dir, isolation, pod_cidr: None, program: program() };
        let host = Host::open(config.clone()).await.unwrap();
        Self { host: Some(host), config, dir }
    }

    /// The host; it is there until the stage is dropped.
    pub(crate) fn host(&self) -> &Host {
        self.host.as_ref().unwrap()
    }

    /// A folder beside the state directory.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::create_dir_all(&path).unwrap();
        path
    }

    /// The name of the pods' bridge.
    pub(crate) fn bridge(&self) -> String {
        let record = fs::read(self.config.state_dir.join("network.json")).unwrap();
        let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
        record["bridge"].as_str().unwrap().to_owned()
    }

    /// What a runtime finds that comes after this one was killed.
    pub(crate) async fn reopen(&mut self) {
        self.host = None;
        self.host = Some(Host::open(self.config.clone()).await.unwrap());
    }

    /// The same when that one asks for a range of addresses.
    pub(crate) async fn reopen_with(&mut self, range: Cidr) -> Result<(), OpenError> {
        self.host = None;
        self.config.pod_cidr = Some(range);
        self.host = Some(Host::open(self.config.clone()).await?);
        Ok(())
    }

    /// What creates a pod of this name.
    pub(crate) fn pod(&self, name: &str) -> PodLaunch {
        PodLaunch {
            uid: format!("uid-{name}"),
            name: name.to_owned(),
            namespace: "default".to_owned(),
            hostname: name.to_owned(),
            fqdn: None,
            node: "node-0".to_owned(),
            address: self.host().allocate_address().unwrap(),
            dns: Dns { servers: vec![self.host().gateway()], search: vec!["svc".to_owned()], options: Vec::new() },
            resolver: Some(self.host().resolver_bind()),
            host_aliases: Vec::new(),
            memory_volumes: BTreeMap::new(),
        }
    }

    /// A pod, and its address.
    pub(crate) async fn create(&self, name: &str) -> (Shim, IpAddr) {
        let launch = self.pod(name);
        let address = launch.address;
        (self.host().create(launch).await.unwrap(), address)
    }

    /// The whole log of the container `c` of a pod, read until its instance ends.
    pub(crate) async fn log(&self, shim: &Shim) -> String {
        let options = LogOptions { follow: true, ..LogOptions::default() };
        let mut reader = LogReader::open(shim.pod_dir(), "c", options).await.unwrap();
        let mut all = Vec::new();
        while let Some(lines) = within(reader.next()).await.unwrap() {
            all.extend(lines);
        }
        String::from_utf8(all).unwrap()
    }
}

impl Drop for Stage {
    /// Ends every pod and removes the network, also when the test failed.
    fn drop(&mut self) {
        for entry in fs::read_dir(self.config.state_dir.join("pods")).into_iter().flatten().flatten() {
            let Ok(folder) = File::open(entry.path()) else { continue };
            for request in ["{\"Stop\":{\"container\":null,\"grace_ms\":0}}\n", "\"End\"\n"] {
                let socket = UnixStream::connect(format!("/proc/self/fd/{}/shim.sock", folder.as_raw_fd()));
                let Ok(mut socket) = socket else { continue };
                let _ = socket.write_all(request.as_bytes()).and_then(|()| socket.read_to_end(&mut Vec::new()));
            }
        }
        let Some(host) = self.host.take() else { return };
        // A test's own runtime cannot be waited for in a drop.
        let closing = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(host.close()).unwrap();
        });
        let _ = closing.join();
    }
}

/// The example beside this test's program. Cargo builds it for `cargo test`, but not for `cargo test --test pods`.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().and_then(|deps| deps.parent()).unwrap().join("examples/pod_program");
    assert!(program.exists(), "{} is missing: cargo build -p proconsul-pods --example pod_program", program.display());
    program
}

/// The container `c` that runs a shell command.
pub(crate) fn shell(script: &str) -> ContainerLaunch {
    ContainerLaunch { command: vec!["/bin/sh".to_owned(), "-c".to_owned(), script.to_owned()], ..builtin(&[]) }
}

/// The container `c` of the built-in image with these arguments.
pub(crate) fn builtin(args: &[&str]) -> ContainerLaunch {
    ContainerLaunch {
        name: "c".to_owned(),
        image: Image::Builtin,
        command: Vec::new(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        env: vec![("GREETING".to_owned(), "hello".to_owned())],
        working_dir: None,
        mounts: Vec::new(),
        user: None,
        group: None,
        groups: Vec::new(),
        read_only_root: false,
        limits: Limits::default(),
        termination_message_path: None,
    }
}

/// The result, or a failure when it takes too long.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.expect("the condition holds before the deadline")
}

/// Waits until the container `c` ended.
pub(crate) async fn exit(shim: &Shim) -> Exit {
    let mut watch = shim.watch().await.unwrap();
    let mut seen: Vec<PodProcesses> = Vec::new();
    loop {
        let status = within(watch.next()).await.unwrap().unwrap_or_else(|| panic!("the shim left: {seen:?}"));
        if let Some(exit) = status.container("c").and_then(|container| container.exit()) {
            return exit.clone();
        }
        seen.push(status);
    }
}

/// The id of the container `c`'s main process.
pub(crate) async fn pid(shim: &Shim) -> i32 {
    use proconsul_pods::ContainerState;
    match shim.status().await.unwrap().container("c").map(|container| container.state.clone()) {
        Some(ContainerState::Running { pid, .. }) => i32::try_from(pid).unwrap(),
        other => panic!("not running: {other:?}"),
    }
}
