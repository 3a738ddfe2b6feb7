//! A frame: the bytes of one batch with a checksum that ties them to their place. Knows nothing of what the records say.

/// Bytes before the records.
pub(super) const HEADER: usize = 16;

/// Frames begin at multiples of this.
pub(super) const ALIGN: usize = 8;

/// The first bytes of a frame, not yet verified.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) length: u32,
    checksum: u32,
    /// How far the segment had been synced when the frame was written, in bytes.
    pub(super) durable: u64,
}

impl Header {
    /// Reads the header if one of this generation seems to begin here.
    pub(super) fn read(bytes: &[u8], tag: u32) -> Option<Self> {
        let bytes = bytes.first_chunk::<HEADER>()?;
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        (word(0) == tag && word(4) > 0).then(|| Self {
            length: word(4),
            checksum: word(8),
            durable: u64::from(word(12)) * ALIGN as u64,
        })
    }

    /// Bytes of the whole frame with header and padding.
    pub(super) fn total(self) -> usize {
        total(self.length as usize)
    }

    /// Whether the frame is what was written at this offset in this generation.
    pub(super) fn verify(self, frame: &[u8], generation: u64, offset: u64) -> bool {
        frame.len() == self.total() && checksum(frame, generation, offset) == self.checksum
    }
}

/// The mark at the beginning of every frame of a generation.
pub(super) fn tag(generation: u64) -> u32 {
    // Never 0, which is what untouched places hold.
    crc32c::crc32c(&generation.to_le_bytes()) | 1
}

/// Bytes of a frame with this many bytes of records.
pub(super) fn total(records: usize) -> usize {
    (HEADER + records).next_multiple_of(ALIGN)
}

/// Completes a frame whose first [`HEADER`] bytes were left free.
pub(super) fn seal(frame: &mut Vec<u8>, generation: u64, offset: u64, durable: u64) {
    let length = (frame.len() - HEADER) as u32;
    frame.resize(frame.len().next_multiple_of(ALIGN), 0);
    frame[0..4].copy_from_slice(&tag(generation).to_le_bytes());
    frame[4..8].copy_from_slice(&length.to_le_bytes());
    frame[12..16].copy_from_slice(&((durable / ALIGN as u64) as u32).to_le_bytes());
    let sum = checksum(frame, generation, offset);
    frame[8..12].copy_from_slice(&sum.to_le_bytes());
}

fn checksum(frame: &[u8], generation: u64, offset: u64) -> u32 {
    let sum = crc32c::crc32c(&generation.to_le_bytes());
    let sum = crc32c::crc32c_append(sum, &offset.to_le_bytes());
    let sum = crc32c::crc32c_append(sum, &frame[0..8]);
    crc32c::crc32c_append(sum, &frame[12..])
}
