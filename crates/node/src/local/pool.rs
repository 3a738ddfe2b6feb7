//! The node's place in the gossip pool, and its members as the doors show them.

use std::sync::atomic::Ordering;

use proconsul_calls::agent::{AgentError, PoolCalls};
use proconsul_gossip::{ForceLeaveError, Refused};
use proconsul_types::agent::Member;

use super::Node;

impl PoolCalls for Node {
    fn members(&self, wide_area: bool) -> Vec<Member> {
        if wide_area { Vec::new() } else { self.gossip.members().iter().map(member).collect() }
    }

    async fn join(&self, addresses: &[&str], wide_area: bool) -> Result<usize, AgentError> {
        if wide_area {
            return Err(AgentError::NoWideArea);
        }
        let (mut reached, mut failed) = (0, Vec::new());
        for address in addresses {
            let (more, why) = self.join_at(address).await;
            reached += more;
            failed.extend(why.iter().map(ToString::to_string));
        }
        match (reached, &failed[..]) {
            (0, []) => Err(AgentError::Stopped),
            (0, _) => Err(AgentError::Join(failed)),
            _ => Ok(reached),
        }
    }

    async fn force_leave(&self, node: &str, prune: bool) -> Result<(), AgentError> {
        self.gossip.force_leave(node, prune).await.map_err(|error| match error {
            ForceLeaveError::Refused(Refused::Unknown(name)) => AgentError::UnknownNode(name),
            ForceLeaveError::Stopped(_) => AgentError::Stopped,
        })
    }

    async fn leave(&self) -> Result<(), AgentError> {
        self.depart().await;
        self.left.notify_one();
        Ok(())
    }
}

impl Node {
    /// Gives up what only this role holds, tells everybody that this node goes, and waits until that has spread.
    pub(crate) async fn depart(&self) {
        self.leaving.store(true, Ordering::Relaxed);
        self.local.fall_silent();
        self.role.retire(&self.gossip).await;
        // Stopped already is what the caller wants.
        let _ = self.gossip.leave().await;
    }
}

/// A gossip member in the shape of `GET /v1/agent/members`.
pub(super) fn member(member: &proconsul_gossip::Member) -> Member {
    Member {
        name: member.name.to_string(),
        addr: member.address.ip().to_string(),
        port: member.address.port(),
        tags: member.tags.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        status: member.status as u8,
        protocol_min: member.protocol.min,
        protocol_max: member.protocol.max,
        protocol_cur: member.protocol.current,
        delegate_min: member.delegate.min,
        delegate_max: member.delegate.max,
        delegate_cur: member.delegate.current,
    }
}
