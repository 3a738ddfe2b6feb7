//! A message from a peer: what is refused before the engine sees it.

use proconsul_base::id::RaftId;
use proconsul_base::index::Index;

use super::Core;
use crate::message::{Kind, Message, to_engine};

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// For another peer. Its sender knows an address that is not its peer's any more.
    #[error("the message is for Raft peer {to}, this is {me}")]
    NotForMe {
        /// Whom it is for.
        to: RaftId,
        /// Who this is.
        me: RaftId,
    },
    /// The leader counts on entries that this peer acknowledged and does not have. Its disk has lost them: it must not go on, and
    /// joins again as a new server with an empty data directory.
    #[error(
        "the leader knows index {commit} to be durable here, but the log ends at {last}: the disk lost acknowledged entries"
    )]
    LogLost {
        /// What the leader counts on.
        commit: Index,
        /// What there is.
        last: Index,
    },
}

impl Core {
    /// Takes a message from a peer.
    pub fn step(&mut self, message: Message) -> Result<(), StepError> {
        if message.to != self.config.id {
            return Err(StepError::NotForMe { to: message.to, me: self.config.id });
        }
        if !self.is_wanted(&message)? {
            return Ok(());
        }
        let (from, term) = (message.from, message.term);
        // Answers from servers that are no members any more are the engine's only error here.
        let _ = self.node.step(to_engine(message));
        self.notice();
        if term == self.term() {
            self.last_contact.insert(from, self.ticks);
        }
        Ok(())
    }

    fn is_wanted(&self, message: &Message) -> Result<bool, StepError> {
        let last = Index(self.node.raft.raft_log.last_index());
        Ok(match &message.kind {
            // The commit index in a heartbeat is one that this peer acknowledged.
            Kind::Heartbeat { commit, .. } if *commit > last && message.term >= self.term() => {
                return Err(StepError::LogLost { commit: *commit, last });
            }
            Kind::RequestVote { is_transfer: false, .. } => self.ticks >= self.silent_until,
            // The leader sends them again; until then they would only grow the queue to the state machine.
            Kind::Append { entries, .. } => entries.is_empty() || !self.apply.is_behind(),
            Kind::Appended { matched, .. } => *matched <= last,
            Kind::Rejected { hint, .. } => hint.index <= last,
            Kind::TimeoutNow => self.may_campaign(),
            _ => true,
        })
    }
}
