//! Values one after the other from a stream, each whole before it is looked at; never more than the largest in memory.

use std::io::Read;

use proconsul_base::limit;
use proconsul_gopack::{Scan, from_slice};
use serde::de::DeserializeOwned;

use super::{RecordError, StateError, kind};

/// How much is asked of the stream at a time.
const STEP_BYTES: usize = 64 * 1024;

pub(super) struct Stream<'a> {
    from: &'a mut dyn Read,
    /// What has been read; before `at` it has been given out.
    bytes: Vec<u8>,
    at: usize,
}

impl<'a> Stream<'a> {
    pub(super) fn new(from: &'a mut dyn Read) -> Self {
        Self { from, bytes: Vec::new(), at: 0 }
    }

    /// The header.
    pub(super) fn header<T: DeserializeOwned>(&mut self) -> Result<T, StateError> {
        // It looks like a registration: a map.
        let reason = |reason| StateError::Record { kind: kind::REGISTER, reason: Box::new(RecordError::Form(reason)) };
        from_slice(self.value(kind::REGISTER)?).map_err(reason)
    }

    /// The kind and the bytes of the next record; `None` at the end of the stream.
    pub(super) fn record(&mut self) -> Result<Option<(u8, &[u8])>, StateError> {
        if self.at == self.bytes.len() && !self.more()? {
            return Ok(None);
        }
        let kind = self.bytes[self.at];
        self.at += 1;
        self.value(kind).map(|value| Some((kind, value)))
    }

    fn value(&mut self, kind: u8) -> Result<&[u8], StateError> {
        let mut scan = Scan::default();
        loop {
            let form = |reason| StateError::Record { kind, reason: Box::new(RecordError::Form(reason)) };
            if let Some(length) = scan.end(&self.bytes[self.at..]).map_err(form)? {
                let start = self.at;
                self.at += length;
                return Ok(&self.bytes[start..self.at]);
            }
            if scan.at_least() > limit::SNAPSHOT_RECORD_BYTES as u64 {
                return Err(StateError::TooLarge { kind });
            }
            if !self.more()? {
                return Err(StateError::Cut);
            }
        }
    }

    /// Reads on; false at the end.
    fn more(&mut self) -> Result<bool, StateError> {
        self.bytes.drain(..self.at);
        self.at = 0;
        let before = self.bytes.len();
        (&mut *self.from).take(STEP_BYTES as u64).read_to_end(&mut self.bytes)?;
        Ok(self.bytes.len() > before)
    }
}
