//! Which servers gossip sees, told to a client agent.

use std::net::SocketAddr;
use std::sync::Arc;

use proconsul_client::forward::{Forward, Transport};
use proconsul_client::servers;
use proconsul_gossip::{Handle as Gossip, Member, Status};

/// Keeps the agent's servers at the newest word of gossip, for as long as the node runs.
pub(crate) async fn follow<T: Transport>(gossip: Gossip, datacenter: String, forward: Arc<Forward<T>>) {
    let mut view = gossip.view();
    loop {
        let servers =
            view.borrow_and_update().members.iter().filter_map(|member| server(member, &datacenter)).collect();
        forward.see(servers);
        if view.changed().await.is_err() {
            return;
        }
    }
}

/// A server of the datacenter that can be asked now.
fn server(member: &Member, datacenter: &str) -> Option<servers::Member> {
    let tag = |name: &str| member.tags.get(name).map(String::as_str);
    if member.status != Status::Alive || tag("role") != Some("consul") || tag("dc") != Some(datacenter) {
        return None;
    }
    let port = tag("port")?.parse().ok()?;
    Some(servers::Member { name: member.name.to_string(), address: SocketAddr::new(member.address.ip(), port) })
}
