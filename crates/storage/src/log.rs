//! The replicated log on disk: segments that are written ahead of need, one write and one sync for each batch.
//!
//! Knows entries as bytes with an index and a term; does not know what they mean, nor when to compact. One writer ([`Log`]), any number of
//! readers ([`LogReader`]), one helper that makes segments ready in the background ([`Preparer`]).
//!
//! # Files
//!
//! `<folder>/0000000000000007.log` is the segment of generation 7, in hexadecimal. Generations have no gaps and are never used twice: a
//! recycled file gets a new one. `next.tmp` is a segment in the making and holds nothing.
//!
//! ```text
//! segment   0  "pcl" "seg" 0 0   8 bytes      all numbers are little endian
//!           8  format version    u32, now 1
//!          12  crc32c            u32, over bytes 0..12 and 16..32
//!          16  generation        u64
//!          24  zeros             8 bytes
//!          32  frames, each at a multiple of 8, up to the first place where no frame is
//!
//! frame     0  tag               u32, crc32c of the generation: tells at a glance that something of this generation begins here
//! (= one    4  length            u32, of the records, without padding
//!  batch)   8  crc32c            u32, over generation u64, offset of the frame in the file u64, bytes 0..8, bytes 12..
//!          12  durable           u32, times 8 = how far this segment had been synced when the frame was written
//!          16  records, then zeros up to a multiple of 8
//!
//! record    0  kind              u8:  0 command, 1 membership change          an entry
//!                                    16 hard state                            index = commit, payload = vote u64 (0 is nobody)
//!                                    17 membership that has been applied      index, payload
//!                                    18 snapshot installed                    index, term: everything before is void
//!                                    19 compacted                             index, term: entries up to there are void
//!                                    20 first record of a segment             index = where the segment before it ended
//!           1  zeros             3 bytes
//!           4  length            u32, of the payload
//!           8  index             u64
//!          16  term              u64
//!          24  payload
//! ```
//!
//! # What recovery accepts
//!
//! A frame is valid when its checksum is; since that covers generation and offset, what an earlier use of the file left behind is never
//! taken for data. A batch is one frame, so it is there whole or not at all. The log ends at the first place without a valid frame, and
//! that is a torn tail only if nothing shows that the place had been synced: no later frame of the segment with `durable` beyond it, no
//! later segment that says where this one ended. Otherwise the log is [`Damaged`] and is refused: it would forget what it had promised.
//! Frames behind a torn tail are wiped at opening, lest they line up with what is written next.
//!
//! # Order on disk
//!
//! A segment is synced before the next one gets its first frame. A prepared segment has its header synced before it gets its final name,
//! and the name is synced before it is used. Compaction writes hard state, membership and mark into the current segment and syncs
//! before any older segment is given up; those are given up oldest first, the folder synced after each.

mod batch;
mod content;
mod error;
mod extent;
mod frame;
mod open;
mod pool;
mod reader;
mod record;
mod replay;
mod segment;
mod view;
mod writer;

pub use batch::{Batch, LogOptions, Recovered};
pub use error::{Damage, Damaged, LogError, ReadError};
pub use pool::{Preparer, Progress};
pub use reader::LogReader;
pub use writer::{Log, LogSize};
