//! An instance of a service in bytes; the node it is on is told beside it.
//!
//! ```text
//! kind u8, id text, name text, tags texts, address text, tagged addresses (0 u8 | 1 u8 and map of address text, port i64),
//! meta, port i64, weights i64 i64, tag override u8, native u8, proxy (0 u8 | 1 u8 and its JSON as text)
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::node::Text;
use proconsul_types::service::{Proxy, Service, ServiceAddress, ServiceKind, Weights};

use super::{map, meta, number, put_map, put_meta, put_number, text};
use crate::wire::{Body, put_flag, put_option, put_text, put_texts};

pub(crate) fn append(to: &mut Vec<u8>, service: &Service) {
    to.push(code(service.kind));
    put_text(to, &service.id);
    put_text(to, &service.name);
    put_texts(to, &service.tags);
    put_text(to, &service.address);
    put_option(to, service.tagged_addresses.as_ref(), |to, addresses| {
        put_map(to, addresses, |to, address| {
            put_text(to, &address.address);
            put_number(to, address.port);
        });
    });
    put_meta(to, &service.meta);
    for value in [service.port, service.weights.passing, service.weights.warning] {
        put_number(to, value);
    }
    put_flag(to, service.enable_tag_override);
    put_flag(to, service.connect_native);
    put_proxy(to, &service.proxy);
}

/// A proxy without content, as ordinary services have, is one byte.
fn put_proxy(to: &mut Vec<u8>, proxy: &Proxy) {
    let is_filled = *proxy != Proxy::default();
    put_flag(to, is_filled);
    if is_filled {
        let json = serde_json::to_string(proxy);
        assert!(json.is_ok(), "a proxy's fields are texts, numbers and JSON values: they have a JSON form");
        put_text(to, &json.unwrap_or_default());
    }
}

pub(crate) fn read(body: &mut Body<'_>, node: Text) -> Option<Service> {
    Some(Service {
        kind: kind(body.u8()?)?,
        id: text(body)?,
        name: text(body)?,
        node,
        tags: body.texts()?,
        address: text(body)?,
        tagged_addresses: body.option(|body| addresses(body).map(Arc::new))?,
        meta: meta(body)?,
        port: number(body)?,
        weights: Weights { passing: number(body)?, warning: number(body)? },
        enable_tag_override: body.flag()?,
        connect_native: body.flag()?,
        proxy: match body.flag()? {
            true => Arc::new(serde_json::from_str(body.text()?).ok()?),
            false => Arc::default(),
        },
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    })
}

fn addresses(body: &mut Body<'_>) -> Option<BTreeMap<String, ServiceAddress>> {
    map(body, |body| Some(ServiceAddress { address: body.text()?.to_owned(), port: number(body)? }))
}

const fn code(kind: ServiceKind) -> u8 {
    match kind {
        ServiceKind::Typical => 0,
        ServiceKind::ConnectProxy => 1,
        ServiceKind::MeshGateway => 2,
        ServiceKind::TerminatingGateway => 3,
        ServiceKind::IngressGateway => 4,
    }
}

const fn kind(code: u8) -> Option<ServiceKind> {
    Some(match code {
        0 => ServiceKind::Typical,
        1 => ServiceKind::ConnectProxy,
        2 => ServiceKind::MeshGateway,
        3 => ServiceKind::TerminatingGateway,
        4 => ServiceKind::IngressGateway,
        _ => return None,
    })
}
