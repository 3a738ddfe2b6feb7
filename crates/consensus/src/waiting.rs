//! Who waits for which answer, by ticket. The core knows only the tickets; the channels stay here.

use std::collections::HashMap;
use std::time::Instant;

use proconsul_base::index::Index;
use proconsul_raft::Refused;
use tokio::sync::oneshot;

use crate::apply::Reply;
use crate::error::Unavailable;

/// Where a reader's index goes.
pub(crate) type ReadReply = oneshot::Sender<Result<Index, Unavailable>>;

/// Everybody who waits on this server's consensus thread.
#[derive(Default)]
pub(crate) struct Waiting {
    next_ticket: u64,
    /// Who proposed, and since when.
    proposals: HashMap<u64, (Reply, Instant)>,
    reads: HashMap<u64, Vec<ReadReply>>,
}

impl Waiting {
    /// A ticket that nobody else has.
    pub(crate) fn ticket(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    /// The ticket of a proposal.
    pub(crate) fn proposal(&mut self, reply: Reply, now: Instant) -> u64 {
        let ticket = self.ticket();
        self.proposals.insert(ticket, (reply, now));
        ticket
    }

    /// The ticket that these readers share.
    pub(crate) fn readers(&mut self, replies: Vec<ReadReply>) -> u64 {
        let ticket = self.ticket();
        self.reads.insert(ticket, replies);
        ticket
    }

    /// Who waits for the outcome of a proposal that is committed now, and since when.
    pub(crate) fn committed(&mut self, ticket: u64) -> Option<(Reply, Instant)> {
        self.proposals.remove(&ticket)
    }

    /// Readers may read at this index.
    pub(crate) fn read(&mut self, ticket: u64, index: Index) {
        for reader in self.reads.remove(&ticket).into_iter().flatten() {
            let _ = reader.send(Ok(index));
        }
    }

    /// A ticket will get no other answer.
    pub(crate) fn refuse(&mut self, ticket: u64, refused: Refused) {
        let error = unavailable(refused);
        if let Some((reply, _)) = self.proposals.remove(&ticket) {
            let _ = reply.send(Err(error));
        }
        for reader in self.reads.remove(&ticket).into_iter().flatten() {
            let _ = reader.send(Err(error));
        }
    }

    /// Nobody will answer any more.
    pub(crate) fn abandon(self) {
        for (reply, _) in self.proposals.into_values() {
            let _ = reply.send(Err(Unavailable::OutcomeUnknown));
        }
        for reader in self.reads.into_values().flatten() {
            let _ = reader.send(Err(Unavailable::Stopping));
        }
    }
}

/// A refusal in the words of clients. Only what can never be committed counts as not done.
fn unavailable(refused: Refused) -> Unavailable {
    match refused {
        refused if refused.may_still_commit() => Unavailable::LeadershipLost,
        Refused::Busy | Refused::ChangePending => Unavailable::Busy,
        _ => Unavailable::NoLeader,
    }
}
