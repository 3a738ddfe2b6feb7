//! The bytes of a snapshot's header, blocks and end. Knows no file.

use bytes::Bytes;
use proconsul_base::index::{Index, Term};

use super::{SnapshotDamage, SnapshotMeta};

/// Bytes of the header before the membership.
pub(super) const HEADER: usize = 40;

/// Bytes before a block's data.
pub(super) const BLOCK_HEADER: usize = 8;

/// Most bytes of data in a block.
pub(super) const BLOCK: usize = 64 << 10;

/// Bytes of the end.
pub(super) const END: usize = 16;

/// Most bytes of a membership: thousands of members.
pub(super) const MEMBERSHIP_BYTES: usize = 1 << 20;

const MAGIC: [u8; 8] = *b"pclsnap\0";
const VERSION: u32 = 1;

/// The header with the membership, and the checksum that ties the blocks to it.
pub(super) fn header(meta: &SnapshotMeta) -> (Vec<u8>, u32) {
    assert!(meta.membership.len() <= MEMBERSHIP_BYTES, "a membership fits its bound");
    let mut bytes = Vec::with_capacity(HEADER + meta.membership.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&meta.index.0.to_le_bytes());
    bytes.extend_from_slice(&meta.term.0.to_le_bytes());
    bytes.extend_from_slice(&(meta.membership.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&meta.membership);
    let sum = header_checksum(&bytes);
    bytes[12..16].copy_from_slice(&sum.to_le_bytes());
    (bytes, sum)
}

/// Bytes of the membership, from the first [`HEADER`] bytes, before they are verified.
pub(super) fn membership_bytes(header: &[u8]) -> Result<usize, SnapshotDamage> {
    if header.len() < HEADER || header[..8] != MAGIC {
        return Err(SnapshotDamage::Header);
    }
    if u32_at(header, 8) != VERSION {
        return Err(SnapshotDamage::Version(u32_at(header, 8)));
    }
    let length = u32_at(header, 32) as usize;
    if length <= MEMBERSHIP_BYTES { Ok(length) } else { Err(SnapshotDamage::Header) }
}

/// Reads the header with its membership.
pub(super) fn read_header(bytes: &[u8]) -> Result<(SnapshotMeta, u32), SnapshotDamage> {
    let length = membership_bytes(bytes)?;
    let bytes = bytes.get(..HEADER + length).ok_or(SnapshotDamage::Header)?;
    let sum = u32_at(bytes, 12);
    if sum != header_checksum(bytes) {
        return Err(SnapshotDamage::Header);
    }
    let meta = SnapshotMeta {
        index: Index(u64_at(bytes, 16)),
        term: Term(u64_at(bytes, 24)),
        membership: Bytes::copy_from_slice(&bytes[HEADER..]),
    };
    Ok((meta, sum))
}

/// Completes a block whose first [`BLOCK_HEADER`] bytes were left free.
pub(super) fn seal_block(block: &mut [u8], header: u32, number: u64) {
    let length = (block.len() - BLOCK_HEADER) as u32;
    let sum = checksum(header, number, length, &block[BLOCK_HEADER..]);
    block[..4].copy_from_slice(&length.to_le_bytes());
    block[4..8].copy_from_slice(&sum.to_le_bytes());
}

/// What stands at the beginning of a block or of the end.
pub(super) enum Head {
    /// A block with this many bytes of data.
    Block { length: usize, checksum: u32 },
    /// The end.
    End { checksum: u32 },
}

/// Reads the first [`BLOCK_HEADER`] bytes; `None` when the length is impossible.
pub(super) fn read_head(bytes: &[u8]) -> Option<Head> {
    let head = bytes.first_chunk::<BLOCK_HEADER>()?;
    let checksum = u32_at(head, 4);
    match u32_at(head, 0) as usize {
        0 => Some(Head::End { checksum }),
        length if length <= BLOCK => Some(Head::Block { length, checksum }),
        _ => None,
    }
}

/// The end after this many blocks with this many bytes of data.
pub(super) fn end(header: u32, blocks: u64, length: u64) -> [u8; END] {
    let mut bytes = [0; END];
    bytes[8..].copy_from_slice(&length.to_le_bytes());
    let sum = checksum(header, blocks, 0, &bytes[8..]);
    bytes[4..8].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// The checksum of a block or of the end.
pub(super) fn checksum(header: u32, number: u64, length: u32, data: &[u8]) -> u32 {
    let sum = crc32c::crc32c(&header.to_le_bytes());
    let sum = crc32c::crc32c_append(sum, &number.to_le_bytes());
    let sum = crc32c::crc32c_append(sum, &length.to_le_bytes());
    crc32c::crc32c_append(sum, data)
}

fn header_checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&bytes[..12]), &bytes[16..])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
