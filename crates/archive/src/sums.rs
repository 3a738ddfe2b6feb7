//! The digests of an archive's members, in the form of `sha256sum`.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use crate::error::SumError;
use crate::{META, STATE};

/// A digest.
pub(crate) type Sum = [u8; 32];

/// The digest of some bytes.
pub(crate) fn sum(bytes: &[u8]) -> Sum {
    Sha256::digest(bytes).into()
}

/// The digests of both members; of nothing where a member is not there, as Consul counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sums {
    pub(crate) meta: Sum,
    pub(crate) state: Sum,
}

impl Default for Sums {
    fn default() -> Self {
        Self { meta: sum(b""), state: sum(b"") }
    }
}

impl Sums {
    fn each(&self) -> [(&'static str, Sum); 2] {
        [(META, self.meta), (STATE, self.state)]
    }

    /// The list of the digests.
    pub(crate) fn list(&self) -> String {
        let line = |(name, sum): (&str, Sum)| {
            let digits: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{digits}  {name}\n")
        };
        self.each().map(line).concat()
    }

    /// Whether a list tells these digests, and no others.
    pub(crate) fn check(&self, list: &[u8]) -> Result<(), SumError> {
        let list = String::from_utf8_lossy(list);
        let mut told = [false; 2];
        for line in list.lines() {
            let (digits, name) = line.split_once("  ").ok_or(SumError::Line)?;
            let sum = hex(digits).ok_or(SumError::Line)?;
            let place = self.each().iter().position(|(known, _)| *known == name);
            let place = place.ok_or_else(|| SumError::Unknown(name.to_owned()))?;
            let (name, actual) = self.each()[place];
            if sum != actual {
                return Err(SumError::Differs(name));
            }
            told[place] = true;
        }
        let missing = self.each().into_iter().zip(told).find(|(_, told)| !told);
        missing.map_or(Ok(()), |((name, _), _)| Err(SumError::Missing(name)))
    }
}

fn hex(digits: &str) -> Option<Vec<u8>> {
    if !digits.is_ascii() || !digits.len().is_multiple_of(2) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

/// Counts and digests what goes through.
pub(crate) struct Counted<T> {
    inner: T,
    hash: Sha256,
    bytes: u64,
}

impl<T> Counted<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    /// How many bytes there were, and their digest.
    pub(crate) fn finish(self) -> (u64, Sum) {
        (self.bytes, self.hash.finalize().into())
    }

    fn count(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(to)?;
        self.count(&to[..count]);
        Ok(count)
    }
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.count(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
