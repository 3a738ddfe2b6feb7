//! Why an agent does not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use proconsul_agent::local::NotTaken;
use proconsul_consensus as consensus;
use proconsul_gossip as gossip;
use proconsul_storage::directory::DirectoryError;

use crate::checks::MeansError;
use crate::resolve::ResolverError;

/// Why an agent does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The id of a client agent's node cannot be kept.
    #[error("failed to keep the node id in {data_dir}", data_dir = data_dir.display())]
    NodeId {
        /// The data directory.
        data_dir: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// An agent without a data directory.
    #[error("data_dir cannot be empty")]
    NoDataDir,
    /// The data directory cannot be used.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// What is on disk cannot be used.
    #[error("Failed to start Raft")]
    Consensus(#[from] consensus::StartError),
    /// A port cannot be had.
    #[error("Failed to start {what} listener on {address}")]
    Listen {
        /// Which listener.
        what: &'static str,
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// A recursor whose name cannot be looked up.
    #[error("Invalid recursor address: {recursor}")]
    Recursor {
        /// The recursor.
        recursor: String,
        /// Why not.
        source: io::Error,
    },
    /// Gossip cannot be started.
    #[error("Failed to start LAN Serf")]
    Gossip(#[from] gossip::StartError),
    /// The pod's resolver cannot be used.
    #[error(transparent)]
    Resolver(#[from] ResolverError),
    /// Health checks cannot be carried out.
    #[error(transparent)]
    Checks(#[from] MeansError),
    /// None of the `-join` addresses answered.
    #[error("Failed to join any of {targets:?}: {failures:?}")]
    Join {
        /// What was tried.
        targets: Vec<String>,
        /// What went wrong with each.
        failures: Vec<String>,
    },
    /// A service or check that a file defines cannot be held.
    #[error(transparent)]
    Definition(#[from] NotTaken),
    /// The services and checks that were kept cannot be read.
    #[error("Failed reading {folder} dir")]
    Kept {
        /// Which folder of the data directory.
        folder: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// A task ended before its time.
    #[error("a task of the start ended before its time")]
    Task,
}
