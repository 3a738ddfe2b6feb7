//! Members with fast timing on free ports, and waiting for what shall be seen.

use std::net::SocketAddr;
use std::time::Duration;

use proconsul_gossip::{Config, Handle, Profile, Status, Tags, View, start};
use tokio::time::timeout;

/// Long enough for a loaded machine; nothing waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(40);

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
