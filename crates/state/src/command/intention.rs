//! The commands on intentions.
//!
//! ```text
//! create  the intention as its JSON document, to the end
//! update  the intention as its JSON document, to the end
//! upsert  the intention as its JSON document, to the end
//! delete  four texts: who calls (namespace, name), who is called (namespace, name)
//! ```

use proconsul_types::intention::{Intention, Pair};

use super::header;
use crate::wire::{Body, put_text};

pub(super) const VERSION: u8 = 1;
pub(super) const CREATE: u16 = 0x0060;
const UPDATE: u16 = 0x0061;
const UPSERT: u16 = 0x0062;
pub(super) const DELETE: u16 = 0x0063;

/// One change of the intentions. What is written has its times; precedence and digest are made where it is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntentionCommand {
    /// Makes an intention; its id is new.
    Create(Box<Intention>),
    /// Changes the intention with this id, its pair of names included.
    Update(Box<Intention>),
    /// Makes an intention, or changes the one of its pair: that keeps its id and the time it was made.
    Upsert(Box<Intention>),
    /// Removes the intention of a pair.
    Delete(Pair),
}

impl IntentionCommand {
    pub(super) fn decode(kind: u16, body: &[u8]) -> Option<Self> {
        if kind == DELETE {
            return pair(Body(body)).map(Self::Delete);
        }
        let intention = Box::new(document(body)?);
        match kind {
            CREATE => Some(Self::Create(intention)),
            UPDATE => Some(Self::Update(intention)),
            UPSERT => Some(Self::Upsert(intention)),
            _ => None,
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let (kind, intention) = match self {
            Self::Create(intention) => (CREATE, intention),
            Self::Update(intention) => (UPDATE, intention),
            Self::Upsert(intention) => (UPSERT, intention),
            Self::Delete(pair) => {
                let mut bytes = header(DELETE, VERSION, 64);
                let Pair { source_ns, source_name, destination_ns, destination_name } = pair;
                let texts = [source_ns, source_name, destination_ns, destination_name];
                texts.into_iter().for_each(|text| put_text(&mut bytes, text));
                return bytes;
            }
        };
        let mut bytes = header(kind, VERSION, 512);
        append(&mut bytes, intention);
        bytes
    }
}

fn pair(mut body: Body<'_>) -> Option<Pair> {
    let mut text = || body.text().map(str::to_owned);
    let (source_ns, source_name) = (text()?, text()?);
    let (destination_ns, destination_name) = (text()?, text()?);
    body.end()?;
    Some(Pair { source_ns, source_name, destination_ns, destination_name })
}

/// Appends an intention's document as [`document`] takes it; snapshots have the same form.
pub(crate) fn append(to: &mut Vec<u8>, intention: &Intention) {
    let written = serde_json::to_writer(to, intention);
    assert!(written.is_ok(), "an intention of texts, numbers and JSON values has a JSON form");
}

/// An intention from its document.
pub(crate) fn document(bytes: &[u8]) -> Option<Intention> {
    serde_json::from_slice(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proconsul_base::index::Index;

    use super::*;
    use crate::command::Command;

    #[test]
    fn intention_commands_have_their_golden_bytes_and_read_back() {
        let intention = Intention { source_name: "web".to_owned(), precedence: 9, ..Intention::default() };
        let json = concat!(
            r#"{"ID":"","Description":"","SourceNS":"","SourceName":"web","DestinationNS":"","DestinationName":"","#,
            r#""SourceType":"","Action":"","DefaultAddr":"","DefaultPort":0,"Meta":{},"Precedence":9,"#,
            r#""CreatedAt":"","UpdatedAt":"","Hash":""}"#,
        );
        let pair = Pair {
            source_ns: "a".to_owned(),
            source_name: "b".to_owned(),
            destination_ns: "c".to_owned(),
            destination_name: "d".to_owned(),
        };
        let golden = [
            (IntentionCommand::Create(Box::new(intention.clone())), [b"\x60\0\x01", json.as_bytes()].concat()),
            (IntentionCommand::Update(Box::new(intention.clone())), [b"\x61\0\x01", json.as_bytes()].concat()),
            (IntentionCommand::Upsert(Box::new(intention)), [b"\x62\0\x01", json.as_bytes()].concat()),
            (IntentionCommand::Delete(pair), b"\x63\0\x01\x01\0\0\0a\x01\0\0\0b\x01\0\0\0c\x01\0\0\0d".to_vec()),
        ];
        for (command, golden) in golden {
            let command = Command::Intention(command);
            assert_eq!(command.encode(), golden);
            assert_eq!(Command::decode(Index(1), &golden), Ok(Some(command)));
            assert!(Command::decode(Index(1), &golden[..golden.len() - 1]).is_err());
        }
    }
}
