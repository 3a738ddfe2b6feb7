//! Restores: the one on its way, the one that was carried out last, and how far its state's indexes are ahead of the log's.

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use imbl::Vector;
use proconsul_base::id::RestoreId;
use proconsul_base::index::Index;
use proconsul_base::limit;

use crate::check::Broken;
use crate::command::restore::Finish;

/// What is known of restores. Users see nothing of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Restores {
    ahead: u64,
    done: Option<RestoreId>,
    incoming: Option<Incoming>,
}

/// A state on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incoming {
    pub(crate) id: RestoreId,
    pub(crate) parts: Parts,
}

/// The bytes of a state that are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    parts: Vector<Bytes>,
    length: u64,
}

/// How a restore stands when it is to be finished.
#[derive(Debug)]
pub(crate) enum Readiness {
    /// All of it is there.
    Whole(Parts),
    /// It was finished before.
    Done,
    /// It is not here, or not in full.
    Missing,
}

impl Restores {
    /// What a snapshot tells before the parts of a state on its way.
    pub(crate) fn restored(ahead: u64, done: Option<RestoreId>, incoming: Option<RestoreId>) -> Self {
        Self { ahead, done, incoming: incoming.map(|id| Incoming { id, parts: Parts::default() }) }
    }

    /// After a restore: what became of it, and by how much its state is ahead of the log.
    pub(crate) fn after(id: RestoreId, ahead: u64) -> Self {
        Self { ahead, done: Some(id), incoming: None }
    }

    /// How far the state's indexes are ahead of the log's: a state that was brought from elsewhere may have seen more writes
    /// than this log, and indexes must not fall back.
    pub(crate) fn ahead(&self) -> u64 {
        self.ahead
    }

    /// The restore that was carried out last.
    pub(crate) fn done(&self) -> Option<RestoreId> {
        self.done
    }

    pub(crate) fn incoming(&self) -> Option<&Incoming> {
        self.incoming.as_ref()
    }

    /// Takes a part; false when it does not follow on what is there.
    pub(crate) fn take(&mut self, id: RestoreId, offset: u64, part: &[u8]) -> bool {
        if self.done == Some(id) {
            return false;
        }
        let incoming = match &mut self.incoming {
            Some(incoming) if incoming.id == id => incoming,
            other if offset == 0 => other.insert(Incoming { id, parts: Parts::default() }),
            _ => return false,
        };
        let end = offset.saturating_add(part.len() as u64);
        let parts = &mut incoming.parts;
        if offset != parts.length || end > limit::RESTORE_BYTES {
            // What came twice is there.
            return end <= parts.length;
        }
        parts.push(part);
        true
    }

    /// Takes the next part from a snapshot; `None` when there is no state on its way.
    pub(crate) fn restore(&mut self, part: &[u8]) -> Option<()> {
        self.incoming.as_mut()?.parts.push(part);
        Some(())
    }

    /// Drops what is there of a restore.
    pub(crate) fn abandon(&mut self, id: RestoreId) {
        self.incoming.take_if(|incoming| incoming.id == id);
    }

    /// How a restore stands.
    pub(crate) fn readiness(&self, finish: &Finish) -> Readiness {
        if self.done == Some(finish.id) {
            return Readiness::Done;
        }
        let whole = self.incoming.as_ref().filter(|incoming| incoming.id == finish.id && incoming.parts.are(finish));
        whole.map_or(Readiness::Missing, |incoming| Readiness::Whole(incoming.parts.clone()))
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        let Some(Incoming { id, parts }) = &self.incoming else { return Ok(()) };
        let holds = |holds, invariant| Broken::unless(holds, "restores", &id.to_string(), invariant);
        let length = parts.iter().map(|part| part.len() as u64).sum::<u64>();
        holds(parts.length == length, "a state on its way knows how much of it is there")?;
        holds(self.done != Some(*id), "a restore that is done is not on its way")
    }
}

impl Parts {
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Bytes> {
        self.parts.iter()
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    fn push(&mut self, part: &[u8]) {
        self.parts.push_back(Bytes::copy_from_slice(part));
        self.length += part.len() as u64;
    }

    fn are(&self, finish: &Finish) -> bool {
        self.length == finish.length
            && self.iter().fold(0, |sum, part| crc32c::crc32c_append(sum, part)) == finish.checksum
    }
}

impl Read for Parts {
    /// Reads from the front; what was read is gone.
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let Some(front) = self.parts.front_mut() else { return Ok(0) };
        let count = front.len().min(to.len());
        front.copy_to_slice(&mut to[..count]);
        self.length -= count as u64;
        if front.is_empty() {
            self.parts.pop_front();
        }
        Ok(count)
    }
}

/// The index of a state that is put in the place of another: above all that either has seen.
pub(crate) fn index_after(of_log: Index, of_state: Index) -> Index {
    of_log.max(of_state.next())
}
