//! What must hold at any moment, one property per file.
//!
//! | property | from |
//! |---|---|
//! | at most one leader per term | Raft, figure 3: election safety |
//! | one vote per term and identity | Raft, figure 2: RequestVote |
//! | the same entry at each index, everywhere | Raft, figure 3: state machine safety |
//! | acknowledged writes stay, refused ones never come | linearizability of writes |
//! | no read is older than what was acknowledged before it was asked | linearizability of reads |
//! | purged ≤ snapshot ≤ handed out ≤ committed ≤ last | the core's own [`proconsul_raft::Broken`] |
//! | one cluster only | the bootstrap machine |

mod clusters;
mod history;
mod leaders;
mod reads;
mod votes;
mod writes;

use proconsul_base::id::{ClusterId, RaftId};
use proconsul_base::index::{Index, Term};
use proconsul_raft::{Broken, StepError};

pub(crate) use self::clusters::Clusters;
pub(crate) use self::history::History;
pub(crate) use self::leaders::Leaders;
pub(crate) use self::reads::Reads;
pub(crate) use self::votes::Votes;
pub(crate) use self::writes::Writes;

/// A property that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum Violation {
    #[error("two leaders in term {term}: {one} and {other}")]
    TwoLeaders { term: Term, one: RaftId, other: RaftId },
    #[error("{voter} votes for {one} and for {other} in term {term}")]
    TwoVotes { voter: RaftId, term: Term, one: RaftId, other: RaftId },
    #[error("{server} applies another entry at index {index} than others did")]
    Diverged { server: RaftId, index: Index },
    #[error("{server} applies index {index}, but {end} is the last one that anybody applied")]
    Jump { server: RaftId, index: Index, end: Index },
    #[error("write {ticket} was acknowledged at index {index}, where something else stands")]
    LostWrite { ticket: u64, index: Index },
    #[error("write {ticket} was refused as lost for certain, and is applied at index {index}")]
    RefusedWriteApplied { ticket: u64, index: Index },
    #[error("read {ticket} answers as of index {answered}, but {floor} was acknowledged before it was asked")]
    StaleRead { ticket: u64, answered: Index, floor: Index },
    #[error("{server}: {broken}")]
    Order { server: RaftId, broken: Broken },
    #[error("{server}: {error}")]
    LogLost { server: RaftId, error: StepError },
    #[error("two clusters: {one} and {other}")]
    TwoClusters { one: ClusterId, other: ClusterId },
    #[error("s{place} cannot go on: {reason}")]
    Storage { place: usize, reason: String },
    #[error("after healing everything and {steps} more steps: {reason}")]
    NotConverged { steps: u64, reason: String },
    #[error("a room panicked: {0}")]
    Panic(String),
}
