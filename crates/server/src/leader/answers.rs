//! The leader answers what it is asked: from its memory, or by doing what an operator wishes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proconsul_base::id::SessionId;
use proconsul_consensus::{Answerer, Answering, Handle, Unavailable};
use proconsul_raft::{Change, Server};
use proconsul_state::store::Store;
use proconsul_types::autopilot::Health;

use super::memory::Memory;
use super::session_ttl;
use crate::question::{Answer, PeerKey, Question};

/// How long another server may take to take over.
const HAND_OVER: Duration = Duration::from_secs(5);

/// How long a change of the membership may take.
const CHANGE: Duration = Duration::from_secs(5);

/// Answers for this server while it leads.
pub struct Answers {
    consensus: Handle,
    store: Arc<Store>,
    memory: Arc<Memory>,
}

impl Answers {
    /// Answers from this store and this memory, and acts on this consensus.
    pub fn new(consensus: Handle, store: Arc<Store>, memory: Arc<Memory>) -> Self {
        Self { consensus, store, memory }
    }

    async fn reply(&self, question: Question) -> Result<Answer, Unavailable> {
        match question {
            Question::RenewSession(id) => Ok(self.renew(id)),
            Question::AutopilotHealth => Ok(Answer::Health(self.health().await?)),
            Question::TransferLeadership(to) => Ok(self.transfer(to).await),
            Question::RemovePeer(key) => self.remove(&key).await,
        }
    }

    fn renew(&self, id: SessionId) -> Answer {
        let (Some(session), _) = self.store.session(id) else { return Answer::NotFound };
        match session_ttl::time_to_live(&session) {
            Some(time_to_live) if !self.memory.renew(id, time_to_live) => Answer::NotFound,
            _ => Answer::Done,
        }
    }

    /// A new leader needs a moment for its first judgement.
    async fn health(&self) -> Result<Health, Unavailable> {
        let mut judged = self.memory.judged();
        let health = judged.wait_for(|health| !health.servers.is_empty());
        let health = tokio::time::timeout(HAND_OVER, health).await.map_err(|_late| Unavailable::NoLeader)?;
        health.map(|health| Health::clone(&health)).map_err(|_closed| Unavailable::Stopping)
    }

    async fn transfer(&self, to: Option<String>) -> Answer {
        let membership = Arc::clone(&self.consensus.status().membership);
        let to = match to {
            None => None,
            Some(id) => match membership.voters.iter().find(|voter| voter.node_id.to_string() == id) {
                Some(voter) => Some(voter.raft_id),
                None => return Answer::NotFound,
            },
        };
        if self.consensus.hand_over_to(to, HAND_OVER).await { Answer::Done } else { Answer::Refused }
    }

    async fn remove(&self, key: &PeerKey) -> Result<Answer, Unavailable> {
        let membership = Arc::clone(&self.consensus.status().membership);
        let Some(peer) = membership.servers().find(|server| self.is(server, key)) else { return Ok(Answer::NotFound) };
        if membership.is_voter(peer.raft_id) && membership.voters.len() == 1 {
            return Ok(Answer::Refused);
        }
        if peer.raft_id == self.consensus.me() {
            // A leader does not remove itself: its successor is asked to.
            let handed_over = self.consensus.hand_over(HAND_OVER).await;
            return if handed_over { Err(Unavailable::NoLeader) } else { Ok(Answer::Refused) };
        }
        let change = self.consensus.change(Change::Remove(peer.raft_id));
        tokio::time::timeout(CHANGE, change).await.map_err(|_late| Unavailable::OutcomeUnknown)??;
        Ok(Answer::Done)
    }

    fn is(&self, server: &Server, key: &PeerKey) -> bool {
        match key {
            PeerKey::Id(id) => server.node_id.to_string() == *id,
            PeerKey::Address(address) => {
                self.consensus.book().address(server.raft_id).is_some_and(|known| known.to_string() == *address)
            }
        }
    }
}

impl Answerer for Answers {
    fn answer(&self, question: Bytes) -> Answering<'_> {
        Box::pin(async move {
            // One from a newer program: nothing was done, and until all run the same version nothing will be.
            let question = Question::decode(&question).ok_or(Unavailable::Busy)?;
            Ok(self.reply(question).await?.encode())
        })
    }
}
