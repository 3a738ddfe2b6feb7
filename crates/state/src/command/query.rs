//! The commands on prepared queries.
//!
//! ```text
//! set         the query as its JSON document, to the end
//! delete      id 16 bytes
//! ```

use proconsul_base::id::QueryId;
use proconsul_types::query::PreparedQuery;

use super::header;
use crate::wire::Body;

pub(super) const VERSION: u8 = 1;
pub(super) const SET: u16 = 0x0070;
pub(super) const DELETE: u16 = 0x0071;

/// One change of the prepared queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryCommand {
    /// Makes a query, or changes the one with its id. Its indexes are not looked at.
    Set(Box<PreparedQuery>),
    /// Removes a query, if there is one of this id.
    Delete(QueryId),
}

impl QueryCommand {
    pub(super) fn decode(kind: u16, body: &[u8]) -> Option<Self> {
        match kind {
            SET => document(body).map(|query| Self::Set(Box::new(query))),
            DELETE => {
                let mut body = Body(body);
                let id = QueryId::from_bytes(body.id()?);
                body.end()?;
                Some(Self::Delete(id))
            }
            _ => None,
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Set(query) => {
                let mut bytes = header(SET, VERSION, 512);
                append(&mut bytes, query);
                bytes
            }
            Self::Delete(id) => {
                let mut bytes = header(DELETE, VERSION, 16);
                bytes.extend_from_slice(id.as_bytes());
                bytes
            }
        }
    }
}

/// Appends a query's document as [`document`] takes it; snapshots have the same form.
pub(crate) fn append(to: &mut Vec<u8>, query: &PreparedQuery) {
    let written = serde_json::to_writer(to, query);
    assert!(written.is_ok(), "a prepared query of texts, numbers and truths has a JSON form");
}

/// A query from its document; its id must be one.
pub(crate) fn document(bytes: &[u8]) -> Option<PreparedQuery> {
    serde_json::from_slice(bytes).ok().filter(|query: &PreparedQuery| query.id.parse::<QueryId>().is_ok())
}

#[cfg(test)]
mod tests {
    use proconsul_base::index::Index;

    use super::*;
    use crate::command::Command;

    #[test]
    fn queries_have_their_golden_bytes_and_read_back() {
        let id = "01234567-89ab-cdef-0123-456789abcdef";
        let mut query = PreparedQuery { id: id.to_owned(), name: "q".to_owned(), ..PreparedQuery::default() };
        query.service.service = "web".to_owned();
        query.service.tags = Some(vec!["!a".to_owned()]);
        let json = concat!(
            r#"{"ID":"01234567-89ab-cdef-0123-456789abcdef","Name":"q","Session":"","Token":"","#,
            r#""Template":{"Type":"","Regexp":"","RemoveEmptyTags":false},"#,
            r#""Service":{"Service":"web","Failover":{"NearestN":0,"Datacenters":null},"OnlyPassing":false,"#,
            r#""IgnoreCheckIDs":null,"Near":"","Tags":["!a"],"NodeMeta":null,"ServiceMeta":null,"Connect":false},"#,
            r#""DNS":{"TTL":""},"CreateIndex":0,"ModifyIndex":0}"#,
        );
        let set = [b"\x70\0\x01", json.as_bytes()].concat();
        let delete = b"\x71\0\x01\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef".to_vec();
        let deleted = id.parse().unwrap();
        for (command, golden) in [(QueryCommand::Set(query.into()), set), (QueryCommand::Delete(deleted), delete)] {
            let command = Command::Query(command);
            assert_eq!(command.encode(), golden);
            assert_eq!(Command::decode(Index(1), &golden), Ok(Some(command)));
            assert!(Command::decode(Index(1), &golden[..golden.len() - 1]).is_err());
        }
    }

    #[test]
    fn a_query_without_an_id_is_malformed() {
        let bytes = Command::Query(QueryCommand::Set(Box::default())).encode();
        assert!(Command::decode(Index(1), &bytes).is_err());
    }
}
