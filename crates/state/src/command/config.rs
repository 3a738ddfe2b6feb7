//! The commands on config entries.
//!
//! ```text
//! set         the entry as its JSON document, to the end
//! set-cas     index u64, the entry as its JSON document, to the end
//! delete      kind text, name text
//! delete-cas  index u64, kind text, name text
//! ```

use proconsul_base::index::Index;
use proconsul_types::config_entry::{ConfigEntry, Kind};

use super::header;
use crate::wire::{Body, put_text};

pub(super) const VERSION: u8 = 1;
pub(super) const SET: u16 = 0x0050;
pub(super) const SET_CAS: u16 = 0x0051;
pub(super) const DELETE: u16 = 0x0052;
pub(super) const DELETE_CAS: u16 = 0x0053;

/// One change of the config entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigCommand {
    /// Makes an entry, in its normal form, or puts it in the place of the one there is.
    Set(Box<ConfigEntry>),
    /// The same if the one there is was last changed at this index; index 0: if there is none.
    SetCas(Box<ConfigEntry>, Index),
    /// Removes an entry.
    Delete(EntryName),
    /// Removes an entry if it was last changed at this index.
    DeleteCas(EntryName, Index),
}

/// Which config entry; its name is found whatever the case of its letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryName {
    /// The kind.
    pub kind: Kind,
    /// The name.
    pub name: String,
}

impl ConfigCommand {
    pub(super) fn decode(kind: u16, body: &[u8]) -> Option<Self> {
        let mut body = Body(body);
        match kind {
            SET => document(body.0).map(|entry| Self::Set(Box::new(entry))),
            SET_CAS => {
                let index = Index(body.u64()?);
                document(body.0).map(|entry| Self::SetCas(Box::new(entry), index))
            }
            DELETE => EntryName::decode(body).map(Self::Delete),
            DELETE_CAS => {
                let index = Index(body.u64()?);
                EntryName::decode(body).map(|name| Self::DeleteCas(name, index))
            }
            _ => None,
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Set(entry) => {
                let mut bytes = header(SET, VERSION, 256);
                append(&mut bytes, entry);
                bytes
            }
            Self::SetCas(entry, index) => {
                let mut bytes = header(SET_CAS, VERSION, 256);
                bytes.extend_from_slice(&index.0.to_le_bytes());
                append(&mut bytes, entry);
                bytes
            }
            Self::Delete(name) => name.append(header(DELETE, VERSION, 64)),
            Self::DeleteCas(name, index) => {
                let mut bytes = header(DELETE_CAS, VERSION, 64);
                bytes.extend_from_slice(&index.0.to_le_bytes());
                name.append(bytes)
            }
        }
    }
}

impl EntryName {
    fn decode(mut body: Body<'_>) -> Option<Self> {
        let kind = body.text()?.parse().ok()?;
        let name = body.text()?.to_owned();
        body.end()?;
        Some(Self { kind, name })
    }

    fn append(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        put_text(&mut bytes, self.kind.as_str());
        put_text(&mut bytes, &self.name);
        bytes
    }
}

/// Appends an entry's document as [`document`] takes it; snapshots have the same form.
pub(crate) fn append(to: &mut Vec<u8>, entry: &ConfigEntry) {
    let written = serde_json::to_writer(to, entry);
    assert!(written.is_ok(), "a config entry of texts, numbers, truths and JSON values has a JSON form");
}

/// An entry from its document.
pub(crate) fn document(bytes: &[u8]) -> Option<ConfigEntry> {
    ConfigEntry::from_text(std::str::from_utf8(bytes).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;

    #[test]
    fn config_commands_have_their_golden_bytes_and_read_back() {
        let json = r#"{"ConnectTimeout":"1.5s","Kind":"service-resolver","Name":"web"}"#;
        let entry = || Box::new(ConfigEntry::from_text(json).unwrap());
        let name = || EntryName { kind: Kind::ServiceResolver, name: "web".to_owned() };
        let named = b"\x10\0\0\0service-resolver\x03\0\0\0web";
        let at = b"\x07\0\0\0\0\0\0\0";
        let golden = [
            (ConfigCommand::Set(entry()), [b"\x50\0\x01", json.as_bytes()].concat()),
            (ConfigCommand::SetCas(entry(), Index(7)), [b"\x51\0\x01", &at[..], json.as_bytes()].concat()),
            (ConfigCommand::Delete(name()), [b"\x52\0\x01", &named[..]].concat()),
            (ConfigCommand::DeleteCas(name(), Index(7)), [b"\x53\0\x01", &at[..], named].concat()),
        ];
        for (command, golden) in golden {
            let command = Command::Config(command);
            assert_eq!(command.encode(), golden);
            assert_eq!(Command::decode(Index(1), &golden), Ok(Some(command)));
            assert!(Command::decode(Index(1), &golden[..golden.len() - 1]).is_err());
        }
    }
}
