//! The planted bug of a log without generations: whatever frames an earlier use left in a recycled segment look as if they had been
//! written in this one. Done by sealing them again with the new generation, exactly as the log would.

use super::file::Inode;

const SEGMENT_HEADER: usize = 32;
const FRAME_HEADER: usize = 16;
const ALIGN: usize = 8;

/// Gives all frames in the file the generation that its header names.
pub(super) fn reseal(file: &mut Inode) {
    let bytes = file.bytes_mut();
    let Some(generation) = bytes.get(16..24).map(<[u8]>::to_vec) else { return };
    let tag = crc32c::crc32c(&generation) | 1;
    let mut at = SEGMENT_HEADER;
    while let Some(length) = length_of(bytes, at) {
        let end = at + (FRAME_HEADER + length).next_multiple_of(ALIGN);
        let Some(frame) = bytes.get_mut(at..end) else { return };
        frame[0..4].copy_from_slice(&tag.to_le_bytes());
        // Nothing of it counts as synced, or it would be damage instead of data.
        frame[12..16].fill(0);
        let sum = crc32c::crc32c(&generation);
        let sum = crc32c::crc32c_append(sum, &(at as u64).to_le_bytes());
        let sum = crc32c::crc32c_append(sum, &frame[0..8]);
        let sum = crc32c::crc32c_append(sum, &frame[12..]);
        frame[8..12].copy_from_slice(&sum.to_le_bytes());
        at = end;
    }
}

fn length_of(bytes: &[u8], at: usize) -> Option<usize> {
    let word = bytes.get(at + 4..at + 8)?;
    let length = word.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    (length > 0).then_some(length)
}
