//! What follows from a change in gossip: where Raft peers are, whether a cluster can be founded, who becomes a member.

use std::sync::Arc;
use std::time::Duration;

use proconsul_consensus as consensus;
use proconsul_consensus::Running;
use proconsul_gossip::{Handle as Gossip, Member, Status};
use proconsul_raft::bootstrap;
use proconsul_server::leader::member;
use proconsul_storage::disk::Disk;

use crate::peers::Peer;

/// How often the others are told to the bootstrap machine while there is no cluster: it relies on being told again.
const REMINDER: Duration = Duration::from_millis(250);

/// How long one change of membership may take before it is looked at again.
const CHANGE_PATIENCE: Duration = Duration::from_secs(5);

/// Pause after a change that was refused.
const CHANGE_PAUSE: Duration = Duration::from_millis(100);

/// Keeps the address book and the bootstrap machine at the newest word of gossip, for as long as the node runs.
pub(crate) async fn follow<D: Disk>(gossip: Gossip, datacenter: String, running: Arc<Running<D>>) {
    let me = running.handle.me();
    let mut view = gossip.view();
    let cluster = running.cluster();
    loop {
        let peers = servers(&view.borrow_and_update().members, &datacenter);
        // A failed member's last address is no worse than none; a newer one replaces it as soon as it speaks up.
        running.handle.book().update(peers.iter().map(|peer| (peer.server.raft_id, peer.address)));
        let others = peers.iter().filter(|peer| peer.server.raft_id != me && peer.status == Status::Alive);
        running.seen(others.map(candidate).collect()).await;
        let is_founded = cluster.borrow().is_some();
        let next = async { if is_founded { std::future::pending().await } else { tokio::time::sleep(REMINDER).await } };
        tokio::select! {
            changed = view.changed() => if changed.is_err() { return },
            () = next => {}
        }
    }
}

/// The leader's duty for the membership: one change at a time, as gossip and the progress of logs call for it.
pub(crate) async fn lead<D: Disk>(gossip: Gossip, datacenter: String, running: Arc<Running<D>>) {
    let consensus = &running.handle;
    let mut view = gossip.view();
    let mut status = consensus.status_watch();
    loop {
        let change = due(&view.borrow_and_update().members, &datacenter, &running);
        match change {
            Some(change) => {
                tracing::info!(target: "agent.server", ?change, "changing Raft membership");
                let before = status.borrow_and_update().membership_index;
                let made = tokio::time::timeout(CHANGE_PATIENCE, async {
                    consensus.change(change).await?;
                    // The status is told once per tick; until it shows the change, the same one would seem due again.
                    let shown = status.wait_for(|status| status.membership_index > before || !status.leads).await;
                    shown.map(drop).map_err(|_| consensus::Unavailable::Stopping)
                })
                .await;
                if !matches!(made, Ok(Ok(()))) {
                    tokio::time::sleep(CHANGE_PAUSE).await;
                }
            }
            None => tokio::select! {
                changed = view.changed() => if changed.is_err() { return },
                changed = status.changed() => if changed.is_err() { return },
            },
        }
        status.borrow_and_update();
    }
}

fn due<D: Disk>(members: &[Member], datacenter: &str, running: &Running<D>) -> Option<proconsul_raft::Change> {
    let status: Arc<consensus::Status> = running.handle.status();
    if !status.leads {
        return None;
    }
    let ours = *running.cluster().borrow();
    let seen: Vec<_> = servers(members, datacenter).iter().map(|peer| peer.seen(ours)).collect();
    let matched = |id| status.matched.iter().find(|(peer, _)| *peer == id).map(|(_, index)| *index);
    member::due(&status.membership, &seen, running.handle.me(), status.commit, matched)
}

fn servers(members: &[Member], datacenter: &str) -> Vec<Peer> {
    members.iter().filter_map(|member| Peer::of(member, datacenter)).collect()
}

fn candidate(peer: &Peer) -> bootstrap::Peer {
    bootstrap::Peer { server: peer.server.clone(), cluster: peer.cluster, expect: peer.expect as usize }
}
