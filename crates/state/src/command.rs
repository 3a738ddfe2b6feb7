//! The commands of the log: a kind, a version of its form, a hand-written body.
//!
//! ```text
//! +----------+-----------+----------------
//! | kind u16 | version u8 | body
//! +----------+-----------+----------------
//! ```
//!
//! Numbers are little-endian. The highest bit of the kind says that a server which does not know the kind may skip the command.

pub mod autopilot;
pub mod catalog;
pub mod config;
pub mod coordinate;
pub mod intention;
pub mod kv;
mod metric;
pub mod query;
pub mod restore;
pub mod session;
pub mod tombstone;
pub mod txn;

use bytes::Bytes;
use proconsul_base::index::Index;

pub use self::metric::metric;
use autopilot::SetAutopilot;
use catalog::CatalogCommand;
use config::ConfigCommand;
use coordinate::CoordinateUpdate;
use intention::IntentionCommand;
use kv::KvCommand;
use query::QueryCommand;
use restore::RestoreCommand;
use session::SessionCommand;
use tombstone::Reap;
use txn::TxnCommand;

/// Set in a kind that a server may skip when it does not know it.
pub const SAFE_TO_SKIP: u16 = 0x8000;

const HEADER_BYTES: usize = 3;

/// One command; large values are borrowed from the bytes it travels in.
#[derive(Clone, Debug, PartialEq)]
pub enum Command<'a> {
    /// A change of the key space.
    Kv(KvCommand<'a>),
    /// Forgets old tombstones.
    Reap(Reap),
    /// Says where nodes are.
    Coordinates(CoordinateUpdate),
    /// A change of the sessions.
    Session(SessionCommand),
    /// Several changes, all or none.
    Txn(TxnCommand),
    /// A change of the catalog.
    Catalog(CatalogCommand<'a>),
    /// A change of what autopilot goes by.
    Autopilot(SetAutopilot),
    /// A change of the config entries.
    Config(ConfigCommand),
    /// A change of the intentions.
    Intention(IntentionCommand),
    /// A change of the prepared queries.
    Query(QueryCommand),
    /// A step on the way to another state.
    Restore(RestoreCommand<'a>),
}

/// Why the bytes of a log entry are no command of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// A kind or a version from a newer program that must not be skipped.
    #[error(
        "command {index} in the log has the unknown kind {kind:#06x} in version {version}; run the version of the program that wrote it, or a newer one"
    )]
    Unknown {
        /// Where in the log.
        index: Index,
        /// The kind.
        kind: u16,
        /// The version of its form.
        version: u8,
    },
    /// The body does not have the form of its kind and version.
    #[error(
        "command {index} in the log, kind {kind:#06x}, has a malformed body; restore this server from a snapshot or another server"
    )]
    Malformed {
        /// Where in the log.
        index: Index,
        /// The kind; 0 when not even that is there.
        kind: u16,
    },
}

impl<'a> Command<'a> {
    /// Reads a command; `None` for one that this version does not know and may skip, and for a new leader's empty entry.
    pub fn decode(index: Index, bytes: &'a [u8]) -> Result<Option<Self>, CommandError> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let Some((&[low, high, version], body)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            return Err(CommandError::Malformed { index, kind: 0 });
        };
        let kind = u16::from_le_bytes([low, high]);
        let command = match (kind, version) {
            (kv::PUT..=kv::DELETE_TREE, kv::VERSION) => KvCommand::decode(kind, body).map(Self::Kv),
            (kv::LOCK..=kv::UNLOCK, kv::VERSION) => KvCommand::decode(kind, body).map(Self::Kv),
            (session::CREATE..=session::LOCK_DELAY_OVER, session::VERSION) => {
                SessionCommand::decode(kind, body).map(Self::Session)
            }
            (txn::TXN, txn::VERSION) => TxnCommand::decode(body).map(Self::Txn),
            (tombstone::REAP, tombstone::VERSION) => Reap::decode(body).map(Self::Reap),
            (coordinate::UPDATE, coordinate::VERSION) => CoordinateUpdate::decode(body).map(Self::Coordinates),
            (catalog::REGISTER..=catalog::DEREGISTER_CHECK, catalog::VERSION) => {
                CatalogCommand::decode(kind, body).map(Self::Catalog)
            }
            (config::SET..=config::DELETE_CAS, config::VERSION) => ConfigCommand::decode(kind, body).map(Self::Config),
            (intention::CREATE..=intention::DELETE, intention::VERSION) => {
                IntentionCommand::decode(kind, body).map(Self::Intention)
            }
            (query::SET..=query::DELETE, query::VERSION) => QueryCommand::decode(kind, body).map(Self::Query),
            (autopilot::SET..=autopilot::SET_CAS, autopilot::VERSION) => {
                SetAutopilot::decode(kind, body).map(Self::Autopilot)
            }
            (restore::PART..=restore::ABANDON, restore::VERSION) => {
                RestoreCommand::decode(kind, body).map(Self::Restore)
            }
            _ if kind & SAFE_TO_SKIP != 0 => return Ok(None),
            _ => return Err(CommandError::Unknown { index, kind, version }),
        };
        command.map(Some).ok_or(CommandError::Malformed { index, kind })
    }

    /// The bytes that [`Command::decode`] reads.
    pub fn encode(&self) -> Bytes {
        match self {
            Self::Kv(command) => command.encode(),
            Self::Reap(reap) => reap.encode(),
            Self::Coordinates(update) => update.encode(),
            Self::Session(command) => command.encode(),
            Self::Txn(command) => command.encode(),
            Self::Catalog(command) => command.encode(),
            Self::Config(command) => command.encode(),
            Self::Intention(command) => command.encode(),
            Self::Query(command) => command.encode(),
            Self::Restore(command) => command.encode(),
            Self::Autopilot(set) => set.encode(),
        }
        .into()
    }
}

/// A command's bytes so far, with room for its body.
fn header(kind: u16, version: u8, body_bytes: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + body_bytes);
    bytes.extend_from_slice(&kind.to_le_bytes());
    bytes.push(version);
    bytes
}

#[cfg(test)]
mod tests;
