//! What the endpoints need from consensus: an ordered log, and a promise of how fresh the local state is.

use std::future::Future;
use std::net::SocketAddr;

use bytes::Bytes;
use proconsul_calls::error::Unavailable;
use proconsul_calls::read::{Consistency, Contact};
use proconsul_types::operator::RaftConfiguration;

/// A handle on the replicated log.
pub trait Replica: Send + Sync + 'static {
    /// Gets a command into the log and answers with the outcome that the state machine gave it.
    ///
    /// Forwards to the leader when this server is not the leader, and waits for a leader up to the hold time.
    fn propose(&self, command: Bytes) -> impl Future<Output = Result<Bytes, Unavailable>> + Send;

    /// As [`Replica::propose`] on this server alone: [`Unavailable::NoLeader`] unless it leads.
    ///
    /// For the leader's duties: what a leader decides that was overthrown without knowing it must not reach its successor.
    fn propose_as_leader(&self, command: Bytes) -> impl Future<Output = Result<Bytes, Unavailable>> + Send;

    /// Puts a [`Question`](crate::question::Question) to the leader, wherever it is, and brings its
    /// [`Answer`](crate::question::Answer). Waits for a leader up to the hold time; asks again only when it is certain that
    /// nothing was done.
    fn ask(&self, question: Bytes) -> impl Future<Output = Result<Bytes, Unavailable>> + Send;

    /// Returns when the local state is fresh enough for a read in this mode; waits for a leader up to the hold time.
    ///
    /// `Stale` returns at once, whatever its limit: the caller compares [`Replica::contact`] with it.
    fn barrier(&self, consistency: Consistency) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// This server's tie to the leader at this moment.
    fn contact(&self) -> Contact;

    /// Whether this server is the leader and has applied everything of earlier terms: then it has the leader's duties.
    fn is_leader(&self) -> bool;

    /// The term that this server is in.
    fn term(&self) -> u64;

    /// The leader's address on the server port.
    fn leader(&self) -> Option<SocketAddr>;

    /// The addresses of all Raft peers on the server port, this one included.
    fn peers(&self) -> Vec<SocketAddr>;

    /// The configuration that is in force here.
    fn raft_configuration(&self) -> RaftConfiguration;
}
