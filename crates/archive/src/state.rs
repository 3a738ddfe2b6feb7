//! The state inside an archive (`state.bin`): Consul's records, one behind the other.
//!
//! ```text
//! header   a map {LastIndex}
//! record   kind u8, then one MessagePack value; to the end of the file
//! ```
//!
//! Kinds that this program knows and has no place for are passed over and counted. So are unknown ones with the highest bit,
//! which say that they may be; any other refuses the file.

mod index;
mod kind;
mod read;
mod stream;
mod write;

use proconsul_base::limit;
use proconsul_calls::catalog::CatalogError;
use proconsul_gopack as gopack;
use proconsul_state::check::Broken;
use serde::{Deserialize, Serialize};

pub use kind::Skipped;
pub(crate) use read::read;
pub(crate) use write::write;

/// What stands before the records.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Header {
    /// The last write that is in the state.
    last_index: u64,
}

/// Why records are no state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file ends inside a record, or before it begins.
    #[error("the state ends in the middle of a record")]
    Cut,
    /// It could not be read.
    #[error("the state could not be read to its end")]
    Read(#[from] std::io::Error),
    /// A record that is larger than any that could be kept.
    #[error("a record of kind {kind} takes more than {limit} bytes", limit = limit::SNAPSHOT_RECORD_BYTES)]
    TooLarge {
        /// Its kind.
        kind: u8,
    },
    /// A kind of record that nobody knows here, and that must not be passed over.
    #[error("Unrecognized msg type {0}")]
    Unknown(u8),
    /// A record that is not of the form of its kind.
    #[error("a record of kind {kind} is malformed: {reason}")]
    Record {
        /// Its kind.
        kind: u8,
        /// What is wrong with it.
        reason: Box<RecordError>,
    },
    /// An index that no cluster reaches.
    #[error("index {0} in the state is higher than any log goes")]
    Index(u64),
    /// The records do not make a whole state.
    #[error("the records do not make a whole state: {0}")]
    Broken(#[from] Broken),
}

/// What is wrong with a record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It is no value of its form.
    #[error(transparent)]
    Form(#[from] gopack::ReadError),
    /// It belongs to no node, or to a node or service that cannot be.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// An id in it is none.
    #[error(transparent)]
    Id(#[from] proconsul_base::id::IdError),
    /// It is no session.
    #[error(transparent)]
    Session(#[from] proconsul_records::session::SessionRecordError),
}
