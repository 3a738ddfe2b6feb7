//! The little of tar that archives need: plain files, one after the other, in the header form of POSIX.1-1988 (ustar).
//!
//! ```text
//! header, 512 bytes:  name 0..100, mode 100..108, size 124..136, time 136..148, checksum 148..156, type 156, magic 257..265
//! contents, filled up with zeros to 512; at the end of all two blocks of zeros
//! ```

use std::io::{self, Read, Write};

use crate::error::Broken;

const BLOCK: usize = 512;

/// Why bytes are no tar.
#[derive(Debug, thiserror::Error)]
pub enum TarError {
    /// A header that is none, or that announces something else than a plain file.
    #[error("archive/tar: invalid tar header")]
    Header,
    /// The stream broke.
    #[error(transparent)]
    Broken(Broken),
}

/// A file's name and size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) size: u64,
}

/// Reads files one after the other. As a reader it gives the contents of the one whose header was read last.
pub(crate) struct Reader<R> {
    from: R,
    left: u64,
    padding: u64,
}

impl<R: Read> Reader<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from, left: 0, padding: 0 }
    }

    /// The next file; `None` at the end. What was not read of the one before is passed over.
    pub(crate) fn next(&mut self) -> Result<Option<Header>, TarError> {
        let rest = std::mem::take(&mut self.left) + std::mem::take(&mut self.padding);
        let passed = io::copy(&mut (&mut self.from).take(rest), &mut io::sink()).map_err(broken)?;
        if passed < rest {
            return Err(TarError::Broken(Broken::Cut));
        }
        let Some(block) = self.block()? else { return Ok(None) };
        if block == [0; BLOCK] {
            return match self.block()? {
                None | Some([0, ..]) => Ok(None),
                Some(_) => Err(TarError::Header),
            };
        }
        let header = parse(&block).ok_or(TarError::Header)?;
        self.left = header.size;
        self.padding = padding(header.size) as u64;
        Ok(Some(header))
    }

    /// The next block; `None` where the stream ends before it.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, TarError> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            match self.from.read(&mut block[filled..]).map_err(broken)? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(TarError::Broken(Broken::Cut)),
                count => filled += count,
            }
        }
        Ok(Some(block))
    }

    /// What is behind the archive.
    pub(crate) fn into_inner(self) -> R {
        self.from
    }
}

impl<R: Read> Read for Reader<R> {
    /// The contents of the file, to its end; a stream that breaks off in it is an error.
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let room = to.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if room == 0 {
            return Ok(0);
        }
        let count = self.from.read(&mut to[..room])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

fn broken(error: io::Error) -> TarError {
    TarError::Broken(error.into())
}

fn parse(block: &[u8; BLOCK]) -> Option<Header> {
    let checksum = octal(&block[148..156])?;
    let is_plain = matches!(block[156], b'0' | 0);
    if checksum != sum(block) || !is_plain {
        return None;
    }
    let name = block[..100].split(|byte| *byte == 0).next()?;
    Some(Header { name: str::from_utf8(name).ok()?.to_owned(), size: octal(&block[124..136])? })
}

/// The sum of a header's bytes, its own checksum read as spaces.
fn sum(block: &[u8; BLOCK]) -> u64 {
    let bytes = block.iter().enumerate();
    bytes.map(|(place, byte)| if (148..156).contains(&place) { 32 } else { u64::from(*byte) }).sum()
}

/// A number in octal digits between spaces and zeros.
fn octal(field: &[u8]) -> Option<u64> {
    let digits = str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

fn padding(size: u64) -> usize {
    (BLOCK - (size % BLOCK as u64) as usize) % BLOCK
}

/// Writes one file after the other.
pub struct Writer<W> {
    to: W,
    /// Seconds since 1970 at which all files are said to have been changed.
    time: u64,
}

impl<W: Write> Writer<W> {
    /// An archive whose files were all changed at this time, in seconds since 1970.
    pub fn new(to: W, time: u64) -> Self {
        Self { to, time }
    }

    /// Writes a file of this size, whose contents `fill` writes; names have up to 100 bytes.
    pub fn file(&mut self, name: &str, size: u64, fill: impl FnOnce(&mut W) -> io::Result<()>) -> io::Result<()> {
        self.to.write_all(&self.header(name, size))?;
        fill(&mut self.to)?;
        self.to.write_all(&[0; BLOCK][..padding(size)])
    }

    /// Ends the archive, with nothing behind its end: Consul reads none.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.write_all(&[0; 2 * BLOCK])?;
        Ok(self.to)
    }

    fn header(&self, name: &str, size: u64) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
        put(0, name.as_bytes());
        put(100, b"0000600\0");
        put(108, b"0000000\0");
        put(116, b"0000000\0");
        put(124, format!("{size:011o}\0").as_bytes());
        put(136, format!("{:011o}\0", self.time).as_bytes());
        put(156, b"0");
        put(257, b"ustar\x0000");
        let checksum = sum(&block);
        block[148..156].copy_from_slice(format!("{checksum:06o}\0 ").as_bytes());
        block
    }
}
