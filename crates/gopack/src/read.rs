//! Reading values. What is nil reads as the zero value of whatever is asked for, as in Go.

mod access;

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

use crate::head::Head;
use crate::{DEPTH_MAX, ReadError, embed, verbatim};
use access::{Elements, Pairs, SameTwice, Variant};

/// The largest whole number that a float tells apart from its neighbours.
const FLOAT_WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// Reads values one after another. Where reading failed, what follows is not to be read.
#[derive(Debug)]
pub struct Reader<'de> {
    bytes: &'de [u8],
    at: usize,
    depth: usize,
}

impl<'de> Reader<'de> {
    /// Reads these bytes from their beginning.
    pub fn new(bytes: &'de [u8]) -> Self {
        Self { bytes, at: 0, depth: 0 }
    }

    /// The next value.
    pub fn read<T: Deserialize<'de>>(&mut self) -> Result<T, ReadError> {
        T::deserialize(self)
    }

    /// Passes over the next value: its bytes.
    pub fn skip(&mut self) -> Result<&'de [u8], ReadError> {
        let mut scan = crate::Scan::default();
        let end = scan.end(self.rest())?.ok_or(ReadError::End)?;
        self.take(end)
    }

    /// What has not been read.
    pub fn rest(&self) -> &'de [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn head(&mut self) -> Result<Head, ReadError> {
        let (head, length) = Head::read(self.rest())?;
        self.at += length;
        let rest = self.rest().len();
        // An element has at least one byte: what announces more than there can be is not waited for, nor is room made for it.
        let fits = match head {
            Head::Raw(length) | Head::Extension(length) | Head::Array(length) => length <= rest,
            Head::Map(pairs) => pairs <= rest / 2,
            _ => true,
        };
        if fits { Ok(head) } else { Err(ReadError::End) }
    }

    fn is_nil(&self) -> bool {
        self.rest().first() == Some(&0xc0)
    }

    fn take(&mut self, length: usize) -> Result<&'de [u8], ReadError> {
        let taken = self.rest().get(..length).ok_or(ReadError::End)?;
        self.at += length;
        Ok(taken)
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, ReadError>) -> Result<T, ReadError> {
        if self.depth == DEPTH_MAX {
            return Err(ReadError::TooDeep);
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn list<V: Visitor<'de>>(&mut self, count: usize, visitor: V) -> Result<V::Value, ReadError> {
        self.nested(|reader| {
            let mut elements = Elements { reader, left: count };
            let value = visitor.visit_seq(&mut elements)?;
            elements.finish()?;
            Ok(value)
        })
    }

    fn map<V: Visitor<'de>>(&mut self, count: usize, visitor: V) -> Result<V::Value, ReadError> {
        self.nested(|reader| {
            let mut pairs = Pairs { reader, left: count };
            let value = visitor.visit_map(&mut pairs)?;
            pairs.finish()?;
            Ok(value)
        })
    }

    /// Hands a value to whoever asked for something else, or for anything.
    fn give<V: Visitor<'de>>(&mut self, head: Head, visitor: V) -> Result<V::Value, ReadError> {
        match head {
            Head::Nil => visitor.visit_unit(),
            Head::Bool(value) => visitor.visit_bool(value),
            Head::Unsigned(number) => visitor.visit_u64(number),
            Head::Signed(number) => visitor.visit_i64(number),
            // Go keeps all numbers of a JSON document as floats, and shows them without a point when they are whole.
            Head::Float(number) if number.fract() == 0.0 && number.abs() < FLOAT_WHOLE_MAX => {
                visitor.visit_i64(number as i64)
            }
            Head::Float(number) => visitor.visit_f64(number),
            Head::Raw(length) => match String::from_utf8_lossy(self.take(length)?) {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            Head::Extension(length) => visitor.visit_borrowed_bytes(self.take(length)?),
            Head::Array(count) => self.list(count, visitor),
            Head::Map(count) => self.map(count, visitor),
        }
    }

    fn text(&mut self, length: usize) -> Result<&'de str, ReadError> {
        std::str::from_utf8(self.take(length)?).map_err(|_| ReadError::NotText)
    }
}

macro_rules! numbers {
    ($($method:ident),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            match self.head()? {
                Head::Nil => visitor.visit_u64(0),
                head => self.give(head, visitor),
            }
        })*
    };
}

macro_rules! floats {
    ($($method:ident),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            match self.head()? {
                Head::Nil => visitor.visit_f64(0.0),
                Head::Float(number) => visitor.visit_f64(number),
                head => self.give(head, visitor),
            }
        })*
    };
}

macro_rules! texts {
    ($($method:ident),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            match self.head()? {
                Head::Nil => visitor.visit_borrowed_str(""),
                Head::Raw(length) => visitor.visit_borrowed_str(self.text(length)?),
                head => self.give(head, visitor),
            }
        })*
    };
}

macro_rules! bytes {
    ($($method:ident),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            match self.head()? {
                Head::Nil => visitor.visit_borrowed_bytes(&[]),
                Head::Raw(length) => visitor.visit_borrowed_bytes(self.take(length)?),
                head => self.give(head, visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = ReadError;

    numbers!(deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64);
    numbers!(deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64);
    floats!(deserialize_f32, deserialize_f64);
    texts!(deserialize_char, deserialize_str, deserialize_string, deserialize_identifier);
    bytes!(deserialize_bytes, deserialize_byte_buf);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let head = self.head()?;
        self.give(head, visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.head()? {
            Head::Nil | Head::Unsigned(0) => visitor.visit_bool(false),
            Head::Unsigned(1) => visitor.visit_bool(true),
            head => self.give(head, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.is_nil() {
            self.at += 1;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if name == verbatim::NAME {
            return visitor.visit_borrowed_bytes(self.skip()?);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.head()? {
            Head::Nil => self.list(0, visitor),
            head => self.give(head, visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if name == embed::NAME {
            return visitor.visit_seq(SameTwice { start: self.at, reader: self });
        }
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.head()? {
            Head::Nil => self.map(0, visitor),
            head => self.give(head, visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_enum(Variant { reader: self })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}
