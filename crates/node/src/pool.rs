//! Gossip's members in the words of the server's duties: who they are, where they are, what they tell about themselves.

use std::collections::BTreeSet;
use std::sync::Arc;

use proconsul_gossip::{Handle as Gossip, Member, Status};
use proconsul_server::pool::{self, Pool, Presence, ServerTags};
use tokio::sync::watch;

use crate::tags;

/// The pool as it is now.
pub(crate) fn now(gossip: &Gossip, datacenter: &str) -> Pool {
    members(&gossip.view().borrow().members, datacenter)
}

/// How many members are alive.
pub(crate) fn alive(gossip: &Gossip) -> usize {
    gossip.view().borrow().members.iter().filter(|member| member.status == Status::Alive).count()
}

/// The names of the servers that are alive.
pub(crate) fn servers(gossip: &Gossip) -> BTreeSet<Arc<str>> {
    let view = gossip.view();
    let members = &view.borrow().members;
    let is_server = |member: &&Member| {
        member.status == Status::Alive && member.tags.get("role").is_some_and(|role| **role == *"consul")
    };
    members.iter().filter(is_server).map(|member| Arc::clone(&member.name)).collect()
}

/// Keeps `pool` at the newest word of gossip, for as long as the node runs.
pub(crate) async fn follow(gossip: Gossip, datacenter: String, pool: watch::Sender<Pool>) {
    let mut view = gossip.view();
    loop {
        let members = members(&view.borrow_and_update().members, &datacenter);
        pool.send_if_modified(|known| {
            let is_new = *known != members;
            *known = members;
            is_new
        });
        if view.changed().await.is_err() {
            return;
        }
    }
}

fn members(members: &[Member], datacenter: &str) -> Pool {
    members.iter().map(|one| member(one, datacenter)).collect()
}

fn member(member: &Member, datacenter: &str) -> pool::Member {
    pool::Member {
        name: Arc::clone(&member.name),
        address: member.address.ip(),
        presence: match member.status {
            Status::Alive => Presence::Alive,
            Status::Leaving => Presence::Leaving,
            Status::Left => Presence::Left,
            Status::Failed => Presence::Failed,
        },
        node_id: member.tags.get("id").and_then(|id| id.parse().ok()),
        server: server(member, datacenter),
    }
}

/// `None` for a client, or for a server of another datacenter.
fn server(member: &Member, datacenter: &str) -> Option<ServerTags> {
    let tag = |name: &str| member.tags.get(name).map(String::as_str);
    if tag("role") != Some("consul") || tag("dc") != Some(datacenter) {
        return None;
    }
    let is_alone = tag("bootstrap") == Some("1");
    // The tag has the version before the colon, and after it what identifies the build.
    let version = tag("build").unwrap_or_default().split(':').next().unwrap_or_default();
    Some(ServerTags {
        port: tag("port")?.parse().ok()?,
        raft_id: tag(tags::RAFT).and_then(|id| id.parse().ok()),
        version: version.to_owned(),
        raft_version: tag("raft_vsn").unwrap_or_default().to_owned(),
        serf_protocol: (member.protocol.min, member.protocol.max, member.protocol.current),
        cluster: tag(tags::CLUSTER).and_then(|cluster| cluster.parse().ok()),
        expect: if is_alone { 1 } else { tag("expect").and_then(|count| count.parse().ok()).unwrap_or(0) },
    })
}
