//! Nodes in JSON, and the services on one.

use proconsul_calls::catalog::NodeServices;
use proconsul_types::node::Node;

use super::parts::{array, indexes, meta, name, node_id};
use super::{service, string};

/// Appends a node.
pub(crate) fn object(out: &mut Vec<u8>, node: &Node) {
    out.extend_from_slice(b"{\"ID\":");
    node_id(out, node.id.as_ref());
    name!(out, "Node");
    string(out, &node.name);
    name!(out, "Address");
    string(out, &node.address);
    name!(out, "Datacenter");
    string(out, &node.datacenter);
    name!(out, "TaggedAddresses");
    meta(out, &node.tagged_addresses);
    name!(out, "Meta");
    meta(out, &node.meta);
    indexes(out, node.create_index, node.modify_index);
}

/// Appends the part of a node that the web page is shown; the record stays open.
pub(crate) fn head(out: &mut Vec<u8>, node: &Node) {
    out.extend_from_slice(b"{\"ID\":");
    node_id(out, node.id.as_ref());
    name!(out, "Node");
    string(out, &node.name);
    name!(out, "Address");
    string(out, &node.address);
    name!(out, "TaggedAddresses");
    meta(out, &node.tagged_addresses);
    name!(out, "Meta");
    meta(out, &node.meta);
}

/// Appends a node with the services on it by their ids; `null` for no node.
pub(crate) fn with_services_by_id(out: &mut Vec<u8>, node: Option<&NodeServices>) {
    let Some(NodeServices { node, services }) = node else { return out.extend_from_slice(b"null") };
    out.extend_from_slice(b"{\"Node\":");
    object(out, node);
    name!(out, "Services");
    out.push(b'{');
    for (place, service) in services.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        string(out, &service.id);
        out.push(b':');
        service::object(out, service);
    }
    out.extend_from_slice(b"}}");
}

/// Appends a node with the list of the services on it; nothing but `null`s for no node. A list that is empty before anyone
/// has chosen from it is `null` too.
pub(crate) fn with_services(out: &mut Vec<u8>, node: Option<&NodeServices>, is_whole: bool) {
    let Some(NodeServices { node, services }) = node else {
        return out.extend_from_slice(b"{\"Node\":null,\"Services\":null}");
    };
    out.extend_from_slice(b"{\"Node\":");
    object(out, node);
    name!(out, "Services");
    if services.is_empty() && is_whole {
        out.extend_from_slice(b"null");
    } else {
        array(out, services, |out, service| service::object(out, service));
    }
    out.push(b'}');
}
