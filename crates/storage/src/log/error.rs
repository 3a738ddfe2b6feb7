//! What can go wrong with the log, and what the reader of the message should do.

use std::io;
use std::path::{Path, PathBuf};

use proconsul_base::index::Index;

/// Why the log could not be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The operating system refused. From [`super::Log::append`] and [`super::Log::compact`] this is fatal: what reached the disk is
    /// unknown, and a second try might succeed without having written anything.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was attempted, as a verb.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The files do not hold what was promised to be there.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// An earlier operation failed and the log must not be used any more.
    #[error("the log in {} stopped after an earlier disk error; end the process and look at the disk before starting again", .0.display())]
    Stopped(PathBuf),
    /// One batch is larger than the file format can hold. Nothing was written; the log is still good.
    #[error("a batch of {0} bytes does not fit into the log; append fewer entries at once")]
    TooLarge(u64),
}

impl LogError {
    /// For `map_err`: the attempted action and its object around the system's error.
    pub(crate) fn io<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

/// A log that forgot something it had promised to keep.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "log file {} is damaged at byte {offset}: {damage}; this is no torn tail of a crash, so the server would forget what it promised: \
     restore the data directory, or empty it and let the server join again",
    file.display()
)]
pub struct Damaged {
    /// The segment.
    pub file: PathBuf,
    /// Where in it, in bytes.
    pub offset: u64,
    /// What is wrong there.
    pub damage: Damage,
}

/// What is wrong with a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The first bytes are no header of ours, or their checksum is wrong.
    #[error("the segment's header is wrong")]
    Header,
    /// A format this program does not read.
    #[error("it has format version {0}, and this program reads version 1")]
    Version(u32),
    /// The header names another generation than the file's name.
    #[error("the header belongs to segment {0:016x}")]
    Generation(u64),
    /// A checksum is wrong at a place that had been synced.
    #[error("data that had been synced has a wrong checksum")]
    Checksum,
    /// The checksum is right but the record is not known.
    #[error("a record of unknown kind {0} or wrong length")]
    Record(u8),
    /// An index does not follow the one before.
    #[error("entry {found} follows entry {last}")]
    Gap {
        /// The last index before the gap.
        last: Index,
        /// The index found.
        found: Index,
    },
    /// The file is not there, but later ones are.
    #[error("the file is missing, and later ones are there")]
    Missing,
}

/// Why entries could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// They are gone: compacted, or replaced by a snapshot. Send a snapshot instead.
    #[error("entry {wanted} was compacted away; the log begins at {first}")]
    Compacted {
        /// The index asked for.
        wanted: Index,
        /// The oldest index there is.
        first: Index,
    },
    /// They are not written yet.
    #[error("entry {wanted} is not in the log, which ends at {last}")]
    Unavailable {
        /// The index asked for.
        wanted: Index,
        /// The newest index there is.
        last: Index,
    },
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Io {
        /// Which segment.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The file does not hold what was written.
    #[error(transparent)]
    Damaged(#[from] Damaged),
}
