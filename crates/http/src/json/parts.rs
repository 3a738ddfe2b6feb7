//! Lists and maps of texts, of which the catalog's records are made.

use std::collections::BTreeMap;
use std::time::Duration;

use proconsul_base::id::NodeId;
use proconsul_base::index::Index;
use proconsul_base::text::duration;
use proconsul_types::node::{Meta, Text};

use super::{number, string};

/// Appends what stands in a record before a value, as it is written: `,"Name":`.
macro_rules! name {
    ($out:expr, $name:literal) => {
        $out.extend_from_slice(concat!(",\"", $name, "\":").as_bytes())
    };
}
pub(super) use name;

/// Appends a number that may be below zero.
pub(crate) fn integer(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    number(out, value.unsigned_abs());
}

pub(crate) fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Appends values in brackets.
pub(crate) fn array<T>(out: &mut Vec<u8>, values: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Vec<u8>, T)) {
    out.push(b'[');
    for (place, value) in values.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write(out, value);
    }
    out.push(b']');
}

/// Appends named values in braces.
pub(crate) fn map<V>(out: &mut Vec<u8>, map: &BTreeMap<String, V>, mut write: impl FnMut(&mut Vec<u8>, &V)) {
    out.push(b'{');
    for (place, (name, value)) in map.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        string(out, name);
        out.push(b':');
        write(out, value);
    }
    out.push(b'}');
}

pub(crate) fn texts(out: &mut Vec<u8>, texts: &[Text]) {
    array(out, texts, |out, text| string(out, text));
}

/// Appends texts as transactions show them: `null` where there are none.
pub(crate) fn texts_or_null(out: &mut Vec<u8>, list: &[Text]) {
    match list {
        [] => out.extend_from_slice(b"null"),
        _ => texts(out, list),
    }
}

/// Appends named texts; `null` where there are none.
pub(crate) fn meta(out: &mut Vec<u8>, meta: &Meta) {
    match meta {
        Some(meta) => map(out, meta, |out, text| string(out, text)),
        None => out.extend_from_slice(b"null"),
    }
}

/// Appends a node's id; an empty text for a node without one.
pub(crate) fn node_id(out: &mut Vec<u8>, id: Option<&NodeId>) {
    out.push(b'"');
    if let Some(id) = id {
        for (place, byte) in id.as_bytes().iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                out.push(b'-');
            }
            out.extend([byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    out.push(b'"');
}

/// Appends the last fields of a record, and its end.
pub(crate) fn indexes(out: &mut Vec<u8>, create_index: Index, modify_index: Index) {
    name!(out, "CreateIndex");
    number(out, create_index.0);
    name!(out, "ModifyIndex");
    number(out, modify_index.0);
    out.push(b'}');
}

/// An object of which empty fields are left out.
pub(super) struct Fields<'o> {
    pub(super) out: &'o mut Vec<u8>,
    is_first: bool,
}

impl<'o> Fields<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, is_first: true }
    }

    /// Goes on with an object that has been begun.
    pub(super) fn more(out: &'o mut Vec<u8>) -> Self {
        Self { out, is_first: false }
    }

    /// Appends what stands before a value.
    pub(super) fn begin(&mut self, name: &str) {
        self.out.push(if self.is_first { b'{' } else { b',' });
        self.is_first = false;
        string(self.out, name);
        self.out.push(b':');
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.begin(name);
            string(self.out, text);
        }
    }

    pub(super) fn flag(&mut self, name: &str, flag: bool) {
        if flag {
            self.begin(name);
            boolean(self.out, flag);
        }
    }

    /// A length of time in nanoseconds, as Go writes it.
    pub(super) fn length(&mut self, name: &str, nanos: i64) {
        if nanos != 0 {
            self.begin(name);
            let sign = if nanos < 0 { "-" } else { "" };
            string(self.out, &format!("{sign}{}", duration::format(Duration::from_nanos(nanos.unsigned_abs()))));
        }
    }

    pub(super) fn end(self) {
        self.out.extend_from_slice(if self.is_first { b"{}" } else { b"}" });
    }
}
