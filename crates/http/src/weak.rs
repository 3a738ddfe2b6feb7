//! Documents as Consul reads config entries: by the rules of `mitchellh/mapstructure` with its weak conversions.
//!
//! Fields are found whatever the case of their letters, and in snake case too; numbers, truths and texts become each other; one value
//! stands for a list of one, and a list of one for its value. All mistakes are told together, and so are all unknown fields.
//! Documents are serde's: their field names and aliases are the table this reads by.

mod convert;
mod fields;
mod mistakes;
mod number;
mod plain;

use std::fmt::Display;

use proconsul_types::config_entry::Span;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserialize, Deserializer, IntoDeserializer, Visitor};

use self::fields::Fields;
pub(crate) use self::mistakes::{Mistakes, WeakError};
use self::number::NotANumber;
use crate::decode::Json;

/// What a value that cannot be used stands for: nothing, after the mistake was noted.
type Error = serde_json::Error;

/// Fields that a document may have beside its own: the server's.
const BESIDE: [&str; 4] = ["Kind", "CreateIndex", "ModifyIndex", "RaftIndex"];

/// Reads a config entry, whatever of it is usable; `read` is how its kind is read.
pub(crate) fn document<'j, T>(
    json: &'j Json<'j>,
    read: impl FnOnce(Weak<'j, '_>) -> Result<T, Error>,
) -> Result<T, WeakError> {
    let mistakes = Mistakes::default();
    let read = read(Weak { json, path: String::new(), beside: &BESIDE, mistakes: &mistakes });
    mistakes.or_else_unknown()?;
    read.map_err(|_| WeakError::Document)
}

/// Reads a record whose unknown fields are passed over.
pub(crate) fn lenient<'j, T: Deserialize<'j>>(json: &'j Json<'j>) -> Result<T, WeakError> {
    let mistakes = Mistakes::default();
    let read = T::deserialize(Weak { json, path: String::new(), beside: &[], mistakes: &mistakes });
    mistakes.or_else()?;
    read.map_err(|_| WeakError::Document)
}

/// One value, and where it stands.
#[derive(Clone)]
pub(crate) struct Weak<'j, 'm> {
    json: &'j Json<'j>,
    path: String,
    beside: &'static [&'static str],
    mistakes: &'m Mistakes,
}

impl<'j> Weak<'j, '_> {
    fn at(&self, json: &'j Json<'j>, path: String) -> Self {
        Self { json, path, beside: &[], mistakes: self.mistakes }
    }

    /// The value itself, where a list of one stands for it.
    fn alone(mut self) -> Self {
        if let Json::List(list) = self.json
            && let [one] = &list[..]
        {
            self.json = one;
        }
        self
    }

    fn expected(&self, what: &str) {
        self.mistakes.note(format!("'{}' expected {what}, got '{}'", self.path, kind(self.json)));
    }

    fn unconvertible(&self, to: &str) {
        let from = match self.json {
            Json::List(_) => "[]interface {}",
            Json::Object(_) => "map[string]interface {}",
            Json::Bool(_) => "bool",
            Json::Number(_) => "float64",
            _ => "string",
        };
        let path = &self.path;
        self.mistakes.note(format!("'{path}' expected type '{to}', got unconvertible type '{from}'"));
    }

    fn unparsable(&self, what: &str, parser: &str, text: &str, error: NotANumber) {
        let path = &self.path;
        self.mistakes.note(format!("cannot parse '{path}' as {what}: strconv.{parser}: parsing {text:?}: {error}"));
    }
}

/// What Go's reflection calls a value.
pub(crate) fn kind(json: &Json<'_>) -> &'static str {
    match json {
        Json::Null => "invalid",
        Json::Bool(_) => "bool",
        Json::Number(_) => "float64",
        Json::Text(_) => "string",
        Json::List(_) => "slice",
        Json::Object(_) => "map",
    }
}

/// A value under a name or a number, waiting to be read.
impl<'j, 'm> IntoDeserializer<'j, Error> for Weak<'j, 'm> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'j>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.alone().number::<$type>())
        }
    )*};
}

macro_rules! as_any {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'j>>(self, visitor: V) -> Result<V::Value, Error> {
            self.deserialize_any(visitor)
        }
    )*};
}

impl<'j> Deserializer<'j> for Weak<'j, '_> {
    type Error = Error;

    /// A value whose form is the user's.
    fn deserialize_any<V: Visitor<'j>>(self, visitor: V) -> Result<V::Value, Error> {
        plain::unwrapped(self.json).deserialize_any(visitor)
    }

    fn deserialize_bool<V: Visitor<'j>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.alone().truth())
    }

    fn deserialize_string<V: Visitor<'j>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.alone().text())
    }

    fn deserialize_str<V: Visitor<'j>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    numbers! {
        deserialize_i64 visit_i64 i64;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_f32 visit_f32 f32;
        deserialize_f64 visit_f64 f64;
    }

    fn deserialize_option<V: Visitor<'j>>(self, visitor: V) -> Result<V::Value, Error> {
        if *self.json == Json::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'j>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        if name == Span::NAME {
            return visitor.visit_newtype_struct(self.alone().span().into_deserializer());
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'j>>(self, visitor: V) -> Result<V::Value, Error> {
        let alone = std::slice::from_ref(self.json);
        let list = match self.json {
            Json::List(list) => &list[..],
            Json::Null => &[],
            Json::Object(fields) if fields.is_empty() => &[],
            _ => alone,
        };
        let elements = list.iter().enumerate().map(|(place, json)| self.at(json, format!("{}[{place}]", self.path)));
        visitor.visit_seq(SeqDeserializer::new(elements))
    }

    /// A list of maps stands for them all.
    fn deserialize_map<V: Visitor<'j>>(self, visitor: V) -> Result<V::Value, Error> {
        let maps: Vec<Self> = match self.json {
            Json::List(list) if list.len() > 1 => {
                let at = |(place, json)| self.at(json, format!("{}[{place}]", self.path));
                list.iter().enumerate().map(at).collect()
            }
            Json::List(list) if list.is_empty() => Vec::new(),
            _ => vec![self.clone().alone()],
        };
        let mut entries = Vec::new();
        for map in maps {
            match map.json {
                Json::Object(fields) => {
                    let at = |name: &str, json| self.at(json, format!("{}[{name}]", self.path));
                    entries.extend(fields.iter().map(|(name, json)| (&**name, at(name, json))));
                }
                Json::Null => {}
                _ => map.expected("a map"),
            }
        }
        visitor.visit_map(MapDeserializer::new(entries.into_iter()))
    }

    fn deserialize_struct<V: Visitor<'j>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let record = self.alone();
        let fields = match record.json {
            Json::Object(fields) => Fields::new(fields, known, record.beside),
            Json::Null => Fields::default(),
            _ => {
                record.expected("a map");
                Fields::default()
            }
        };
        let under = |name: &dyn Display| match &*record.path {
            "" => name.to_string(),
            path => format!("{path}.{name}"),
        };
        for name in &fields.unknown {
            record.mistakes.unknown(under(name));
        }
        let found = fields.found.iter().map(|(shown, json)| (*shown, record.at(json, under(shown))));
        visitor.visit_map(MapDeserializer::new(found))
    }

    as_any! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_u8 deserialize_u16 deserialize_char
        deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit_struct<V: Visitor<'j>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple<V: Visitor<'j>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'j>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_enum<V: Visitor<'j>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self.text().into_deserializer())
    }
}

#[cfg(test)]
mod tests;
