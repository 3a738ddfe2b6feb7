//! The four forms in which config entries travel.

use std::fmt;
use std::marker::PhantomData;

use proconsul_gopack::{Embed, Raw, ReadError, Reader, Verbatim, WriteError, append, to_vec};
use proconsul_types::config_entry::{ConfigRecord, Kind};
use serde::de::{Error as _, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{pack, unpack};
use crate::options::QueryMeta;

/// A write; also how an entry stands in a snapshot file (`ConfigEntryRequest`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigEntryRequest {
    /// The datacenter.
    pub datacenter: String,
    /// The entry; to be deleted, kind and name are enough.
    pub record: ConfigRecord,
    /// `upsert`, `upsert-cas`, or whatever comes with a deletion.
    pub op: String,
    /// The secret of who asks.
    pub token: String,
}

/// One entry, or none (`ConfigEntryResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigEntryReply {
    /// The entry.
    pub record: Option<ConfigRecord>,
    /// How fresh that is.
    pub meta: QueryMeta,
}

/// The entries of one kind (`IndexedConfigEntries`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigEntries {
    /// The kind; `None` when none was asked for, and then there are no entries.
    pub kind: Option<Kind>,
    /// The entries.
    pub records: Vec<ConfigRecord>,
    /// How fresh that is.
    pub meta: QueryMeta,
}

/// Entries of any kind (`IndexedGenericConfigEntries`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GenericConfigEntries {
    /// The entries.
    pub records: Vec<ConfigRecord>,
    /// How fresh that is.
    pub meta: QueryMeta,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RequestFields {
    datacenter: String,
    entry: Verbatim,
    op: String,
    token: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ListFields {
    entries: Vec<Verbatim>,
    kind: String,
}

/// A form that is several values in one wrapping.
trait Wrapped: Sized {
    fn write(&self) -> Result<Vec<u8>, WriteError>;

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError>;
}

impl Wrapped for ConfigEntryRequest {
    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut bytes = to_vec(&self.record.entry.kind())?;
        let entry = Verbatim(pack(&self.record)?.into());
        let (datacenter, op, token) = (self.datacenter.clone(), self.op.clone(), self.token.clone());
        append(&mut bytes, &RequestFields { datacenter, entry, op, token })?;
        Ok(bytes)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let kind = kind(&reader.read::<String>()?)?;
        let RequestFields { datacenter, entry, op, token } = reader.read()?;
        Ok(Self { datacenter, record: unpack(kind, &entry.0)?, op, token })
    }
}

impl Wrapped for ConfigEntryReply {
    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut bytes = Vec::new();
        match &self.record {
            Some(record) => {
                append(&mut bytes, &record.entry.kind())?;
                bytes.extend(pack(record)?);
            }
            None => append(&mut bytes, "")?,
        }
        append(&mut bytes, &self.meta)?;
        Ok(bytes)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let word: String = reader.read()?;
        let record = (!word.is_empty()).then(|| unpack(kind(&word)?, reader.skip()?)).transpose()?;
        Ok(Self { record, meta: reader.read()? })
    }
}

impl Wrapped for ConfigEntries {
    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut bytes = to_vec(&self.records.len())?;
        let kind = self.kind.map_or("", Kind::as_str);
        append(&mut bytes, kind)?;
        let entries = self.records.iter().map(|record| pack(record).map(|bytes| Verbatim(bytes.into())));
        let own = ListFields { entries: entries.collect::<Result<_, _>>()?, kind: kind.to_owned() };
        append(&mut bytes, &Embed { own, embedded: &self.meta })?;
        Ok(bytes)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        reader.skip()?;
        let word: String = reader.read()?;
        let Embed { own, embedded: meta } = reader.read::<Embed<ListFields, QueryMeta>>()?;
        if word.is_empty() && own.entries.is_empty() {
            return Ok(Self { kind: None, records: Vec::new(), meta });
        }
        let kind = kind(&word)?;
        let records = own.entries.iter().map(|entry| unpack(kind, &entry.0)).collect::<Result<_, _>>()?;
        let kind = Some(kind);
        Ok(Self { kind, records, meta })
    }
}

impl Wrapped for GenericConfigEntries {
    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut bytes = to_vec(&self.records.len())?;
        for record in &self.records {
            append(&mut bytes, &record.entry.kind())?;
            bytes.extend(pack(record)?);
        }
        append(&mut bytes, &self.meta)?;
        Ok(bytes)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let count: usize = reader.read()?;
        let mut records = Vec::new();
        for _ in 0..count {
            let kind = kind(&reader.read::<String>()?)?;
            records.push(unpack(kind, reader.skip()?)?);
        }
        Ok(Self { records, meta: reader.read()? })
    }
}

fn kind(word: &str) -> Result<Kind, ReadError> {
    word.parse().map_err(ReadError::custom)
}

struct Wrapping<T>(PhantomData<T>);

impl<T: Wrapped> Visitor<'_> for Wrapping<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("config entries in their wrapping")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<T, E> {
        T::read(&mut Reader::new(bytes)).map_err(E::custom)
    }
}

macro_rules! wrapped {
    ($($form:ident),*) => {
        $(
            impl Serialize for $form {
                fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                    Raw::from(self.write().map_err(S::Error::custom)?).serialize(to)
                }
            }

            impl<'de> Deserialize<'de> for $form {
                fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                    from.deserialize_bytes(Wrapping(PhantomData))
                }
            }
        )*
    };
}

wrapped!(ConfigEntryRequest, ConfigEntryReply, ConfigEntries, GenericConfigEntries);
