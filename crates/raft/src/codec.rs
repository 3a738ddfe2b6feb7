//! Reading and writing little-endian bytes, strictly: nothing is guessed, nothing may be left over. Knows no message.

use bytes::Bytes;
use proconsul_base::id::RaftId;

/// Why bytes are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The bytes end before the value does.
    #[error("the bytes end in the middle of {0}")]
    Short(&'static str),
    /// Something follows the value.
    #[error("{0} bytes follow the value")]
    Left(usize),
    /// Written by a version that this one does not know.
    #[error("version {0} is unknown; a newer version of the program wrote it")]
    Version(u8),
    /// A value that must not occur there.
    #[error("{0} has a value that must not occur")]
    Value(&'static str),
}

/// Takes values from the front of shared bytes; payloads are slices of them, not copies.
pub(crate) struct Reader<'a> {
    bytes: &'a Bytes,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a Bytes) -> Self {
        Self { bytes, at: 0 }
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Malformed> {
        let part = self.bytes.get(self.at..self.at + N).ok_or(Malformed::Short(what))?;
        self.at += N;
        part.try_into().map_err(|_| Malformed::Short(what))
    }

    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, Malformed> {
        self.array::<1>(what).map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, Malformed> {
        self.array(what).map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        self.array(what).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, Malformed> {
        self.array(what).map(u64::from_le_bytes)
    }

    pub(crate) fn uuid(&mut self, what: &'static str) -> Result<[u8; 16], Malformed> {
        self.array(what)
    }

    pub(crate) fn raft_id(&mut self, what: &'static str) -> Result<RaftId, Malformed> {
        RaftId::new(self.u64(what)?).ok_or(Malformed::Value(what))
    }

    pub(crate) fn bool(&mut self, what: &'static str) -> Result<bool, Malformed> {
        match self.u8(what)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed::Value(what)),
        }
    }

    /// Bytes whose length stands before them in 32 bits.
    pub(crate) fn bytes(&mut self, what: &'static str) -> Result<Bytes, Malformed> {
        let length = self.u32(what)? as usize;
        if length > self.bytes.len() - self.at {
            return Err(Malformed::Short(what));
        }
        let part = self.bytes.slice(self.at..self.at + length);
        self.at += length;
        Ok(part)
    }

    /// Text whose length stands before it in 16 bits.
    pub(crate) fn text(&mut self, what: &'static str) -> Result<String, Malformed> {
        let length = self.u16(what)? as usize;
        let part = self.bytes.get(self.at..self.at + length).ok_or(Malformed::Short(what))?;
        self.at += length;
        std::str::from_utf8(part).map(str::to_owned).map_err(|_| Malformed::Value(what))
    }

    /// The version byte that everything stored or sent begins with.
    pub(crate) fn version(&mut self, known: u8) -> Result<(), Malformed> {
        match self.u8("the version")? {
            version if version == known => Ok(()),
            version => Err(Malformed::Version(version)),
        }
    }

    pub(crate) fn end(self) -> Result<(), Malformed> {
        match self.bytes.len() - self.at {
            0 => Ok(()),
            left => Err(Malformed::Left(left)),
        }
    }
}

/// Appends values to a buffer.
pub(crate) trait Put {
    fn put(&mut self, bytes: &[u8]);

    fn put_u8(&mut self, value: u8) {
        self.put(&[value]);
    }

    fn put_bool(&mut self, value: bool) {
        self.put(&[u8::from(value)]);
    }

    fn put_u16(&mut self, value: u16) {
        self.put(&value.to_le_bytes());
    }

    fn put_u32(&mut self, value: u32) {
        self.put(&value.to_le_bytes());
    }

    fn put_u64(&mut self, value: u64) {
        self.put(&value.to_le_bytes());
    }

    /// A length in 32 bits, then the bytes.
    fn put_bytes(&mut self, bytes: &[u8]) {
        assert!(u32::try_from(bytes.len()).is_ok(), "payloads are shorter than 4 GiB");
        self.put_u32(bytes.len() as u32);
        self.put(bytes);
    }

    /// A length in 16 bits, then the text.
    fn put_text(&mut self, text: &str) {
        assert!(u16::try_from(text.len()).is_ok(), "names are shorter than 64 KiB");
        self.put_u16(text.len() as u16);
        self.put(text.as_bytes());
    }
}

impl Put for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}
