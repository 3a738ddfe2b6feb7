//! Where a value ends in bytes that are still arriving. Looks at every byte once.

use crate::ReadError;
use crate::head::Head;

/// Finds the end of one value. Begin a new one for each value.
#[derive(Clone, Debug)]
pub struct Scan {
    /// Where the next head is.
    at: usize,
    /// Values that are still to come.
    outstanding: u64,
}

impl Default for Scan {
    fn default() -> Self {
        Self { at: 0, outstanding: 1 }
    }
}

impl Scan {
    /// How long the value is that these bytes begin with; `None` while they are not all of it. Called again, the bytes are the same
    /// and more.
    pub fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, ReadError> {
        while self.outstanding > 0 {
            let Some(rest) = bytes.get(self.at..) else { return Ok(None) };
            let (head, length) = match Head::read(rest) {
                Ok(read) => read,
                Err(ReadError::End) => return Ok(None),
                Err(error) => return Err(error),
            };
            let (skipped, more) = match head {
                Head::Raw(length) | Head::Extension(length) => (length, 0),
                Head::Array(count) => (0, count as u64),
                Head::Map(pairs) => (0, 2 * pairs as u64),
                Head::Nil | Head::Bool(_) | Head::Unsigned(_) | Head::Signed(_) | Head::Float(_) => (0, 0),
            };
            self.at = self.at.saturating_add(length).saturating_add(skipped);
            self.outstanding = (self.outstanding - 1).saturating_add(more);
        }
        Ok((self.at <= bytes.len()).then_some(self.at))
    }

    /// The least number of bytes that the whole value can have, as far as it has been looked at.
    pub fn at_least(&self) -> u64 {
        (self.at as u64).saturating_add(self.outstanding)
    }
}
