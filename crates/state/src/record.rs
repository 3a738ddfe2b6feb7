//! Records in bytes, as commands, snapshots and outcomes share them. Those of the catalog are without their indexes, which a
//! command does not know.
//!
//! ```text
//! meta     0 u8 | 1 u8, count u32, then name text and value text for each, in the order of the names
//! texts    count u32, then each as text
//! ```

pub(crate) mod check;
pub(crate) mod kv;
pub(crate) mod node;
pub(crate) mod service;

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_types::node::{Meta, Text};

use crate::wire::{Body, put_count, put_option, put_text};

fn put_number(to: &mut Vec<u8>, number: i64) {
    to.extend_from_slice(&number.to_le_bytes());
}

fn number(body: &mut Body<'_>) -> Option<i64> {
    body.u64().map(u64::cast_signed)
}

fn text(body: &mut Body<'_>) -> Option<Text> {
    body.text().map(Text::from)
}

/// A map with its names in order: one map has one form.
fn put_map<V>(to: &mut Vec<u8>, map: &BTreeMap<String, V>, mut put: impl FnMut(&mut Vec<u8>, &V)) {
    put_count(to, map.len());
    for (name, value) in map {
        put_text(to, name);
        put(to, value);
    }
}

fn map<'a, V>(body: &mut Body<'a>, mut read: impl FnMut(&mut Body<'a>) -> Option<V>) -> Option<BTreeMap<String, V>> {
    let mut map = BTreeMap::new();
    for _ in 0..body.u32()? {
        let name = body.text()?;
        if map.last_key_value().is_some_and(|(last, _): (&String, _)| **last >= *name) {
            return None;
        }
        map.insert(name.to_owned(), read(body)?);
    }
    Some(map)
}

fn put_meta(to: &mut Vec<u8>, meta: &Meta) {
    put_option(to, meta.as_ref(), |to, meta| put_map(to, meta, |to, value| put_text(to, value)));
}

fn meta(body: &mut Body<'_>) -> Option<Meta> {
    body.option(|body| map(body, |body| body.text().map(str::to_owned)).map(Arc::new))
}
