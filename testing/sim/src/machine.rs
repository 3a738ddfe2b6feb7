//! The replicated state: a few keys, and a digest of all that was ever applied, so that any difference shows at once.

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind};
use proconsul_base::index::Index;

/// Keys there are.
pub(crate) const KEYS: u64 = 8;

/// The state at one index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Machine {
    pub(crate) applied: Index,
    pub(crate) digest: u64,
    values: [u64; KEYS as usize],
}

/// A client's write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) key: u64,
    pub(crate) value: u64,
}

impl Command {
    /// Sometimes padded, so that entries differ in size.
    pub(crate) fn encode(self, padding: usize) -> Bytes {
        let mut bytes = Vec::with_capacity(16 + padding);
        bytes.extend_from_slice(&self.key.to_le_bytes());
        bytes.extend_from_slice(&self.value.to_le_bytes());
        bytes.resize(16 + padding, 0x5a);
        bytes.into()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        Some(Self { key: word(bytes, 0)?, value: word(bytes, 8)? })
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}

impl Machine {
    pub(crate) fn apply(&mut self, entry: &Entry) {
        self.applied = entry.index;
        self.digest = digest_after(self.digest, entry);
        if let (EntryKind::Command, Some(command)) = (entry.kind, Command::decode(&entry.data)) {
            self.values[(command.key % KEYS) as usize] = command.value;
        }
    }

    /// The state that all first members share.
    pub(crate) fn begin() -> Self {
        Self { applied: Index(1), ..Self::default() }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let words = [self.applied.0, self.digest].into_iter().chain(self.values);
        words.flat_map(u64::to_le_bytes).collect()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut values = [0; KEYS as usize];
        for (place, value) in values.iter_mut().enumerate() {
            *value = word(bytes, 16 + place * 8)?;
        }
        Some(Self { applied: Index(word(bytes, 0)?), digest: word(bytes, 8)?, values })
    }
}

/// The digest after one more entry (FNV-1a, then mixed).
pub(crate) fn digest_after(digest: u64, entry: &Entry) -> u64 {
    let head = [digest, entry.index.0, entry.term.0, entry.kind as u64];
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for byte in head.iter().flat_map(|word| word.to_le_bytes()).chain(entry.data.iter().copied()) {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    sum ^ (sum >> 29)
}
