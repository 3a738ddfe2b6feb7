//! The numbers and texts that commands and snapshot records are made of: little-endian, lengths before texts.

mod session;

use std::str;
use std::sync::Arc;

use proconsul_types::node::Text;

pub(crate) use self::session::{put_session, session};

/// Reads a body from its front; every read says whether enough was left.
pub(crate) struct Body<'a>(pub(crate) &'a [u8]);

impl<'a> Body<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A byte that is 0 or 1.
    pub(crate) fn flag(&mut self) -> Option<bool> {
        self.u8().filter(|byte| *byte < 2).map(|byte| byte == 1)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn id(&mut self) -> Option<[u8; 16]> {
        self.array()
    }

    /// A text with its length, four bytes, before it.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        str::from_utf8(self.bytes()?).ok()
    }

    /// Bytes with their length, four bytes, before them.
    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()? as usize;
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        Some(head)
    }

    /// Several texts, their number, four bytes, before them.
    pub(crate) fn texts(&mut self) -> Option<Arc<[Text]>> {
        let count = self.u32()?;
        (0..count).map(|_| self.text().map(Text::from)).collect()
    }

    /// Something that need not be there, with one byte before it that says so.
    pub(crate) fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.u8()? {
            0 => Some(None),
            1 => read(self).map(Some),
            _ => None,
        }
    }

    /// Everything that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    /// `Some` when nothing is left over.
    pub(crate) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// Appends a text as [`Body::text`] reads it.
pub(crate) fn put_text(to: &mut Vec<u8>, text: &str) {
    put_bytes(to, text.as_bytes());
}

/// Appends bytes as [`Body::bytes`] reads them.
pub(crate) fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    assert!(u32::try_from(bytes.len()).is_ok(), "a text of a command or record is shorter than 4 GiB");
    to.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    to.extend_from_slice(bytes);
}

/// Appends a number as [`Body::u64`] reads it.
pub(crate) fn put_u64(to: &mut Vec<u8>, number: u64) {
    to.extend_from_slice(&number.to_le_bytes());
}

/// Appends texts as [`Body::texts`] reads them.
pub(crate) fn put_texts(to: &mut Vec<u8>, texts: &[Text]) {
    put_count(to, texts.len());
    texts.iter().for_each(|text| put_text(to, text));
}

/// Appends what [`Body::option`] reads.
pub(crate) fn put_option<T>(to: &mut Vec<u8>, value: Option<T>, put: impl FnOnce(&mut Vec<u8>, T)) {
    put_flag(to, value.is_some());
    if let Some(value) = value {
        put(to, value);
    }
}

/// Appends a byte as [`Body::flag`] reads it.
pub(crate) fn put_flag(to: &mut Vec<u8>, flag: bool) {
    to.push(u8::from(flag));
}

/// Appends how many elements follow, as [`Body::u32`] reads it.
pub(crate) fn put_count(to: &mut Vec<u8>, count: usize) {
    assert!(u32::try_from(count).is_ok(), "a list of a command or record has fewer than 2^32 elements");
    to.extend_from_slice(&(count as u32).to_le_bytes());
}
