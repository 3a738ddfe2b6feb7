//! Members with fast timing on free ports, and waiting for what shall be seen.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use proconsul_gossip::{Config, Handle, Profile, Status, Tags, View, start};
use tokio::process::Command;
use tokio::time::timeout;

/// Long enough for a loaded machine; nothing waits for it when all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// How often a command line is asked while waiting.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// A profile in which a silent member fails within two seconds.
pub(crate) fn fast() -> Profile {
    let mut profile = Profile::local();
    profile.swim.probe_interval = Duration::from_millis(300);
    profile.swim.probe_timeout = Duration::from_millis(100);
    profile.swim.gossip_interval = Duration::from_millis(20);
    profile.serf.leave_propagation = Duration::from_millis(200);
    profile
}

pub(crate) fn config(name: &str, address: &str, profile: Profile) -> Config {
    let address: SocketAddr = address.parse().unwrap();
    Config {
        name: name.to_owned(),
        bind: address,
        advertise: address,
        tags: tags(&[("role", "consul"), ("dc", "dc1"), ("id", &format!("id of {name}"))]),
        profile,
        source: Some(address.ip()),
        seed: 7,
    }
}

pub(crate) fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// A member on a free port of this address, `127.0.23.x:0`.
pub(crate) async fn member(name: &str, address: &str) -> Handle {
    start(config(name, address, fast())).await.unwrap()
}

/// Waits until the member's picture of the pool is as wished.
pub(crate) async fn until(handle: &Handle, what: &str, holds: impl Fn(&View) -> bool) {
    let mut view = handle.view();
    let seen = timeout(PATIENCE, view.wait_for(|view| holds(view))).await;
    assert!(matches!(seen, Ok(Ok(_))), "{} never saw that {what}: {:#?}", handle.local().name, handle.members());
}

/// Waits until the member sees another one so.
pub(crate) async fn sees(handle: &Handle, name: &str, status: Status) {
    until(handle, &format!("{name} is {status}"), |view| {
        view.members.iter().any(|member| *member.name == *name && member.status == status)
    })
    .await;
}

/// A real program that was fetched for the tests; `None`, with a message, where it is missing.
pub(crate) fn peer(name: &str) -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/bin").join(name);
    if !program.exists() {
        println!("skipped: no {name} at {}; run `cargo xtask peers`", program.display());
        return None;
    }
    Some(program)
}

/// An address that was free a moment ago, for programs that cannot choose a port themselves.
pub(crate) fn free_address(ip: &str) -> SocketAddr {
    std::net::TcpListener::bind((ip, 0)).unwrap().local_addr().unwrap()
}

pub(crate) async fn run(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().await.unwrap()
}

/// Asks until the answer is as wished.
pub(crate) async fn answers(what: &str, ask: impl AsyncFn() -> Output, holds: impl Fn(&Output) -> bool) {
    let mut ticks = tokio::time::interval(ASK_EVERY);
    let ends = tokio::time::Instant::now() + PATIENCE;
    loop {
        ticks.tick().await;
        let output = ask().await;
        if holds(&output) {
            return;
        }
        assert!(tokio::time::Instant::now() < ends, "never: {what}; the answer is {output:?}");
    }
}
