//! What follows from a change in the pool for Raft: where peers are, whether a cluster can be founded, who becomes a member.

use std::sync::Arc;
use std::time::Duration;

use proconsul_consensus as consensus;
use proconsul_consensus::Running;
use proconsul_raft::{Change, bootstrap};
use proconsul_server::leader::autopilot::goes_by;
use proconsul_server::leader::member::{self, Seen, Standing};
use proconsul_server::leader::memory::Memory;
use proconsul_server::pool::{Member, Pool, Presence};
use proconsul_state::store::Store;
use proconsul_storage::disk::Disk;
use proconsul_types::autopilot::Configuration;
use tokio::sync::watch;

/// How often the others are told to the bootstrap machine while there is no cluster: it relies on being told again.
const REMINDER: Duration = Duration::from_millis(250);

/// How long one change of membership may take before it is looked at again.
const CHANGE_PATIENCE: Duration = Duration::from_secs(5);

/// Pause after a change that was refused.
const CHANGE_PAUSE: Duration = Duration::from_millis(100);

/// Keeps the address book and the bootstrap machine at the newest word of gossip, for as long as the node runs.
pub(crate) async fn follow<D: Disk>(mut pool: watch::Receiver<Pool>, running: Arc<Running<D>>) {
    let me = running.handle.me();
    let cluster = running.cluster();
    loop {
        let members = pool.borrow_and_update().clone();
        // A failed member's last address is no worse than none; a newer one replaces it as soon as it speaks up.
        let hints = members.iter().filter_map(|member| Some((member.raft_id()?, member.server_address()?)));
        running.handle.book().update(hints);
        let others = members.iter().filter(|member| member.presence == Presence::Alive && member.raft_id() != Some(me));
        running.seen(others.filter_map(candidate).collect()).await;
        let is_founded = cluster.borrow().is_some();
        let next = async { if is_founded { std::future::pending().await } else { tokio::time::sleep(REMINDER).await } };
        tokio::select! {
            changed = pool.changed() => if changed.is_err() { return },
            () = next => {}
        }
    }
}

/// The leader's duty for the membership: one change at a time, as gossip, the progress of logs and the health of servers call
/// for it.
pub(crate) async fn lead<D: Disk>(
    mut pool: watch::Receiver<Pool>,
    running: Arc<Running<D>>,
    store: Arc<Store>,
    memory: Arc<Memory>,
) {
    let consensus = &running.handle;
    let mut status = consensus.status_watch();
    let mut judged = memory.judged();
    loop {
        judged.borrow_and_update();
        let members = pool.borrow_and_update().clone();
        let change = due(&members, &running, &goes_by(&store), &memory);
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
                changed = pool.changed() => if changed.is_err() { return },
                changed = status.changed() => if changed.is_err() { return },
                changed = judged.changed() => if changed.is_err() { return },
            },
        }
        status.borrow_and_update();
    }
}

fn due<D: Disk>(members: &[Member], running: &Running<D>, goes_by: &Configuration, memory: &Memory) -> Option<Change> {
    let status: Arc<consensus::Status> = running.handle.status();
    if !status.leads {
        return None;
    }
    let ours = *running.cluster().borrow();
    let seen: Vec<_> = members.iter().filter_map(|member| Seen::of(member, ours)).collect();
    let standing = Standing {
        me: running.handle.me(),
        commit: status.commit,
        matched: &|id| status.matched.iter().find(|(peer, _)| *peer == id).map(|(_, index)| *index),
        stable: &|id| memory.is_stable(id, goes_by),
        cleanup: goes_by.cleanup_dead_servers,
        voters_min: usize::try_from(goes_by.min_quorum).unwrap_or(usize::MAX),
    };
    member::due(&status.membership, &seen, &standing)
}

fn candidate(member: &Member) -> Option<bootstrap::Peer> {
    let tags = member.server.as_ref()?;
    Some(bootstrap::Peer { server: member.as_raft_server()?, cluster: tags.cluster, expect: tags.expect })
}
