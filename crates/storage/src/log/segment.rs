//! A segment file: its name, its header, its place among the others. Knows no frames.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Damage;

/// Bytes of the header; the first frame begins here.
pub(super) const HEADER: u64 = 32;

const MAGIC: [u8; 8] = *b"pclseg\0\0";
const VERSION: u32 = 1;
const SUFFIX: &str = ".log";

/// The name of a segment in the making.
pub(super) const UNFINISHED: &str = "next.tmp";

/// An open segment.
#[derive(Debug)]
pub(super) struct Segment<F> {
    pub(super) generation: u64,
    pub(super) file: Arc<F>,
    /// Bytes that are already written, at least with zeros.
    pub(super) size: u64,
}

/// The path of a segment.
pub(super) fn path(folder: &Path, generation: u64) -> PathBuf {
    folder.join(format!("{generation:016x}{SUFFIX}"))
}

/// The generation that a file's name says; `None` when it is no segment's name.
pub(super) fn generation_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let plain = digits.len() == 16 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    plain.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}

/// The header of a generation.
pub(super) fn header(generation: u64) -> [u8; HEADER as usize] {
    let mut bytes = [0; HEADER as usize];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
    bytes[16..24].copy_from_slice(&generation.to_le_bytes());
    let sum = checksum(&bytes);
    bytes[12..16].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Whether these first bytes are the header of this generation.
pub(super) fn check_header(bytes: &[u8], generation: u64) -> Result<(), Damage> {
    let header = bytes.first_chunk::<{ HEADER as usize }>().ok_or(Damage::Header)?;
    let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if header[..8] != MAGIC || word(12) != checksum(header) {
        return Err(Damage::Header);
    }
    if word(8) != VERSION {
        return Err(Damage::Version(word(8)));
    }
    let found = u64::from(word(16)) | u64::from(word(20)) << 32;
    if found == generation { Ok(()) } else { Err(Damage::Generation(found)) }
}

fn checksum(header: &[u8; HEADER as usize]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&header[..12]), &header[16..])
}
