//! One vote per term and identity: a vote counts when it leaves the server.

use std::collections::BTreeMap;

use proconsul_base::id::RaftId;
use proconsul_base::index::Term;
use proconsul_raft::{Kind, Message};

use super::Violation;

/// All votes given.
#[derive(Debug, Default)]
pub(crate) struct Votes {
    given: BTreeMap<(RaftId, Term), RaftId>,
}

impl Votes {
    /// A message leaves a server.
    pub(crate) fn sent(&mut self, message: &Message) -> Result<(), Violation> {
        let candidate = match message.kind {
            Kind::Vote { is_pre: false, is_granted: true, .. } => message.to,
            // Who asks for votes has given its own to itself.
            Kind::RequestVote { is_pre: false, .. } => message.from,
            _ => return Ok(()),
        };
        let (voter, term) = (message.from, message.term);
        match self.given.insert((voter, term), candidate) {
            Some(one) if one != candidate => Err(Violation::TwoVotes { voter, term, one, other: candidate }),
            _ => Ok(()),
        }
    }
}
