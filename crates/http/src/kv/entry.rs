//! Entries in JSON, written straight into the buffer that goes out.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proconsul_types::kv::KvEntry;

use crate::json::{number, string};

/// Bytes of an entry beside its key and its value, all numbers at their longest.
const FRAME_BYTES: usize = 200;

/// An array of entries.
pub(super) fn array<'a>(entries: impl Iterator<Item = &'a KvEntry> + Clone) -> Vec<u8> {
    let bytes = entries.clone().map(|entry| FRAME_BYTES + entry.key.len() + encoded_len(&entry.value)).sum();
    let mut out: Vec<u8> = Vec::with_capacity(bytes);
    out.push(b'[');
    for entry in entries {
        if out.len() > 1 {
            out.push(b',');
        }
        object(&mut out, entry);
    }
    out.push(b']');
    out
}

/// Appends an entry.
pub(crate) fn object(out: &mut Vec<u8>, entry: &KvEntry) {
    out.extend_from_slice(b"{\"LockIndex\":");
    number(out, entry.lock_index);
    out.extend_from_slice(b",\"Key\":");
    string(out, &entry.key);
    out.extend_from_slice(b",\"Flags\":");
    number(out, entry.flags);
    out.extend_from_slice(b",\"Value\":");
    value(out, &entry.value);
    if let Some(session) = &entry.session {
        out.extend_from_slice(b",\"Session\":\"");
        // Writing into a vector does not fail.
        let _ = write!(out, "{session}");
        out.push(b'"');
    }
    out.extend_from_slice(b",\"CreateIndex\":");
    number(out, entry.create_index.0);
    out.extend_from_slice(b",\"ModifyIndex\":");
    number(out, entry.modify_index.0);
    out.push(b'}');
}

/// The value in base64; an empty one is `null`.
fn value(out: &mut Vec<u8>, value: &[u8]) {
    if value.is_empty() {
        out.extend_from_slice(b"null");
        return;
    }
    out.push(b'"');
    let from = out.len();
    out.resize(from + encoded_len(value), 0);
    let written = STANDARD.encode_slice(value, &mut out[from..]);
    assert!(written.is_ok_and(|bytes| from + bytes == out.len()), "base64 takes four bytes for every three begun");
    out.push(b'"');
}

const fn encoded_len(value: &[u8]) -> usize {
    value.len().div_ceil(3) * 4
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proconsul_base::id::SessionId;
    use proconsul_base::index::Index;

    use super::*;

    #[test]
    fn an_entry_has_consuls_order_of_fields() {
        let entry = KvEntry {
            lock_index: 1,
            key: "a/<b>".into(),
            flags: 42,
            value: Bytes::from_static(b"hello"),
            session: Some(SessionId::from_bytes(*b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef")),
            create_index: Index(14),
            modify_index: Index(15),
        };
        let empty = KvEntry { value: Bytes::new(), session: None, ..entry.clone() };
        let json = concat!(
            r#"[{"LockIndex":1,"Key":"a/\u003cb\u003e","Flags":42,"Value":"aGVsbG8=","#,
            r#""Session":"01234567-89ab-cdef-0123-456789abcdef","CreateIndex":14,"ModifyIndex":15},"#,
            r#"{"LockIndex":1,"Key":"a/\u003cb\u003e","Flags":42,"Value":null,"CreateIndex":14,"ModifyIndex":15}]"#,
        );
        assert_eq!(String::from_utf8(array([&entry, &empty].into_iter())).unwrap(), json);
    }
}
