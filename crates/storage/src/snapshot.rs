//! Snapshots on disk: streamed out and in, verified block by block, complete or not there.
//!
//! Knows the state as bytes. Does not know what they mean, nor when a snapshot is due.
//!
//! # File
//!
//! `<folder>/<term>-<index>.snap`, both decimal. What is being written or received has a name that ends in `.tmp` and is removed when the
//! folder is opened. The two newest are kept.
//!
//! ```text
//! header    0  "pclsnap" 0       8 bytes      all numbers are little endian
//!           8  format version    u32, now 1
//!          12  crc32c            u32, over bytes 0..12 and 16..
//!          16  index             u64
//!          24  term              u64
//!          32  length            u32, of the membership
//!          36  zeros             4 bytes
//!          40  membership        in the caller's own encoding
//!
//! block     0  length            u32, of the data: 1 to 65,536
//!           4  crc32c            u32, over the header's crc32c, number of the block u64, length, data
//!           8  data
//!
//! end       0  zero              u32
//!           4  crc32c            u32, over the header's crc32c, number of blocks u64, 0 u32, bytes 8..16
//!           8  length            u64, of all data; the file ends here
//! ```
//!
//! Each checksum covers the header's and the block's number, so blocks of another snapshot or in another order are never accepted; the end
//! proves that none is missing.

mod error;
mod folder;
mod format;
mod read;
mod receive;
mod write;

use bytes::Bytes;
use proconsul_base::index::{Index, Term};

use crate::SnapshotMark;

pub use error::{SnapshotDamage, SnapshotError};
pub use folder::Snapshots;
pub use read::{RawSnapshot, SnapshotReader};
pub use receive::SnapshotReceiver;
pub use write::SnapshotWriter;

/// What a snapshot says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotMeta {
    /// The last index it covers.
    pub index: Index,
    /// The term of the entry at that index.
    pub term: Term,
    /// The membership as of that index, in the caller's own encoding.
    pub membership: Bytes,
}

impl SnapshotMeta {
    /// Its position in the log.
    pub const fn mark(&self) -> SnapshotMark {
        SnapshotMark { index: self.index, term: self.term }
    }
}
