//! A check in bytes; the node it is on is told beside it.
//!
//! ```text
//! id text, name text, status text, notes text, output text, service id text, service name text, kind text,
//! service tags texts, definition (0 u8 | 1 u8 and its JSON as text)
//! ```

use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::check::{Check, CheckDefinition};
use proconsul_types::node::Text;

use super::text;
use crate::wire::{Body, put_option, put_text, put_texts};

pub(crate) fn append(to: &mut Vec<u8>, check: &Check) {
    let Check { id, name, status, notes, output, service_id, service_name, kind, .. } = check;
    for text in [id, name, status, notes, output, service_id, service_name, kind] {
        put_text(to, text);
    }
    put_texts(to, &check.service_tags);
    put_option(to, check.definition.as_ref(), |to, definition| put_definition(to, definition));
}

/// As its JSON text: it is a document that nobody here looks into.
fn put_definition(to: &mut Vec<u8>, definition: &CheckDefinition) {
    let json = serde_json::to_string(definition);
    assert!(json.is_ok(), "a definition's fields are texts, numbers and lists: they have a JSON form");
    put_text(to, &json.unwrap_or_default());
}

pub(crate) fn read(body: &mut Body<'_>, node: Text) -> Option<Check> {
    Some(Check {
        node,
        id: text(body)?,
        name: text(body)?,
        status: text(body)?,
        notes: text(body)?,
        output: text(body)?,
        service_id: text(body)?,
        service_name: text(body)?,
        kind: text(body)?,
        service_tags: body.texts()?,
        definition: body.option(|body| serde_json::from_str(body.text()?).ok().map(Arc::new))?,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    })
}
