//! A check in bytes; the node it is on is told beside it, and of its service only the id: the catalog knows the rest.
//!
//! ```text
//! id text, name text, status text, notes text, output text, service id text, kind text, definition (0 u8 | 1 u8 and …)
//! definition: http text, skip verify u8, header (0 u8 | 1 u8 and map of texts), method text, body text, tcp text,
//!             interval u64, timeout u64, deregister after u64
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::check::{Check, CheckDefinition};
use proconsul_types::node::Text;

use super::{map, put_map, text};
use crate::wire::{Body, put_count, put_flag, put_option, put_text};

pub(crate) fn append(to: &mut Vec<u8>, check: &Check) {
    let Check { id, name, status, notes, output, service_id, kind, .. } = check;
    for text in [id, name, status, notes, output, service_id, kind] {
        put_text(to, text);
    }
    put_option(to, check.definition.as_ref(), |to, definition| put_definition(to, definition));
}

fn put_definition(to: &mut Vec<u8>, definition: &CheckDefinition) {
    put_text(to, &definition.http);
    put_flag(to, definition.tls_skip_verify);
    put_option(to, definition.header.as_ref(), |to, header| {
        put_map(to, header, |to, values| {
            put_count(to, values.len());
            values.iter().for_each(|value| put_text(to, value));
        });
    });
    for text in [&definition.method, &definition.body, &definition.tcp] {
        put_text(to, text);
    }
    for nanos in [definition.interval, definition.timeout, definition.deregister_critical_service_after] {
        to.extend_from_slice(&nanos.to_le_bytes());
    }
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
        service_name: Text::default(),
        service_tags: Arc::default(),
        kind: text(body)?,
        definition: body.option(|body| definition(body).map(Arc::new))?,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    })
}

fn definition(body: &mut Body<'_>) -> Option<CheckDefinition> {
    Some(CheckDefinition {
        http: body.text()?.to_owned(),
        tls_skip_verify: body.flag()?,
        header: body.option(header)?,
        method: body.text()?.to_owned(),
        body: body.text()?.to_owned(),
        tcp: body.text()?.to_owned(),
        interval: body.u64()?,
        timeout: body.u64()?,
        deregister_critical_service_after: body.u64()?,
    })
}

fn header(body: &mut Body<'_>) -> Option<BTreeMap<String, Vec<String>>> {
    map(body, |body| {
        let count = body.u32()?;
        (0..count).map(|_| body.text().map(str::to_owned)).collect()
    })
}
