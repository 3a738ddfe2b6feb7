//! Records that embed another one, as Go's structs do: the fields of both stand in one map.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name under which a pair asks writer and reader to be treated so.
pub(crate) const NAME: &str = "$embed";

/// A record and the one it embeds, such as a request and its options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Embed<T, E> {
    /// The fields that are its own.
    pub own: T,
    /// The fields that it shares with others.
    pub embedded: E,
}

impl<T: Serialize, E: Serialize> Serialize for Embed<T, E> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut both = to.serialize_struct(NAME, 2)?;
        both.serialize_field("own", &self.own)?;
        both.serialize_field("embedded", &self.embedded)?;
        both.end()
    }
}

impl<'de, T: Deserialize<'de>, E: Deserialize<'de>> Deserialize<'de> for Embed<T, E> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_tuple_struct(NAME, 2, Both(PhantomData))
    }
}

struct Both<T, E>(PhantomData<(T, E)>);

impl<'de, T: Deserialize<'de>, E: Deserialize<'de>> Visitor<'de> for Both<T, E> {
    type Value = Embed<T, E>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let own = parts.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let embedded = parts.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        Ok(Embed { own, embedded })
    }
}
