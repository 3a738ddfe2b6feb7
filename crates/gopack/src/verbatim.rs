//! A value whose bytes are kept as they are, for those who know later what it is.

use std::fmt;

use bytes::Bytes;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name under which it asks writer and reader to leave its bytes alone.
pub(crate) const NAME: &str = "$verbatim";

/// The bytes of exactly one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verbatim(pub Bytes);

impl Default for Verbatim {
    /// Nil.
    fn default() -> Self {
        Self(Bytes::from_static(&[0xc0]))
    }
}

/// Bytes, for a writer that has been told not to put a head before them.
struct Headless<'a>(&'a [u8]);

impl Serialize for Headless<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(self.0)
    }
}

impl Serialize for Verbatim {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_newtype_struct(NAME, &Headless(&self.0))
    }
}

impl<'de> Deserialize<'de> for Verbatim {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_newtype_struct(NAME, OneValue)
    }
}

struct OneValue;

impl Visitor<'_> for OneValue {
    type Value = Verbatim;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of a value")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Verbatim, E> {
        Ok(Verbatim(Bytes::copy_from_slice(bytes)))
    }
}
