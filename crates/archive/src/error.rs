//! Why an archive cannot be read. The texts are those of Consul 1.8.7, as far as it has one for the case.

use std::io;

use proconsul_base::limit;

use crate::state::StateError;
use crate::tar::TarError;

/// Why bytes are no archive that can be restored.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// They are not gzipped.
    #[error("failed to decompress snapshot: {0}")]
    Gzip(GzipError),
    /// What is inside is not what an archive holds.
    #[error("failed to read snapshot file: {0}")]
    File(FileError),
    /// The compressed stream does not end as it should.
    #[error("{0}")]
    End(Broken),
    /// There is more behind the archive, so many bytes at least.
    #[error("{0} unread uncompressed bytes remain")]
    Trailing(u64),
    /// It has a version of its own.
    #[error("Raft error when restoring snapshot: unsupported snapshot version {0}")]
    Version(i64),
    /// The state has not the size that it is said to have.
    #[error("Raft error when restoring snapshot: failed to write snapshot, size didn't match ({actual} != {told})")]
    Size {
        /// How large it is, in bytes.
        actual: u64,
        /// How large it is said to be.
        told: u64,
    },
    /// The state cannot be taken over.
    #[error("failed to restore snapshot: {0}")]
    State(#[from] StateError),
}

/// Why a stream does not begin as gzip.
#[derive(Debug, thiserror::Error)]
pub enum GzipError {
    /// There is nothing.
    #[error("EOF")]
    Empty,
    /// There is not even a header.
    #[error(transparent)]
    Broken(Broken),
    /// The header is another's.
    #[error("gzip: invalid header")]
    Header,
}

/// What is wrong inside the archive.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is no tar.
    #[error("failed reading snapshot: {0}")]
    Tar(TarError),
    /// A member ends too early.
    #[error("failed to read or write snapshot data: {0}")]
    Data(Broken),
    /// A member that does not belong there, or is there twice.
    #[error("unexpected file {0:?} in snapshot")]
    Unexpected(String),
    /// A member beside the state that is larger than any such.
    #[error("the file {name:?} in the snapshot takes {bytes} bytes; at most {limit} are read", limit = limit::ARCHIVE_META_BYTES)]
    TooLarge {
        /// Which.
        name: &'static str,
        /// Its size.
        bytes: u64,
    },
    /// A state that is larger than can be restored.
    #[error("the state in the snapshot takes {0} bytes; at most {limit} can be restored", limit = limit::RESTORE_BYTES)]
    StateTooLarge(u64),
    /// What it says about its state is no JSON of the expected form.
    #[error("failed to decode snapshot metadata: {0}")]
    Meta(#[from] serde_json::Error),
    /// Digests do not agree.
    #[error("failed checking integrity of snapshot: {0}")]
    Sums(#[from] SumError),
}

/// Why digests do not agree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SumError {
    /// A line that is none.
    #[error("illegal hex digit")]
    Line,
    /// A digest of something that is not there.
    #[error("list missing hash for {0:?}")]
    Unknown(String),
    /// A member without a digest.
    #[error("file missing for {0:?}")]
    Missing(&'static str),
    /// Another digest than the member has.
    #[error("hash check failed for {0:?}")]
    Differs(&'static str),
}

/// The stream under the archive broke off, or is damaged.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// It ends too early.
    #[error("unexpected EOF")]
    Cut,
    /// It could not be read, or not be unpacked.
    #[error(transparent)]
    Read(io::Error),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Cut } else { Self::Read(error) }
    }
}
