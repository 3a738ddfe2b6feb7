//! Instances of services in JSON: nested, as health shows them, and flat, as the catalog does.

use std::collections::BTreeMap;

use proconsul_types::node::Text;
use proconsul_types::service::{
    ExposePath, Proxy, Service, ServiceAddress, ServiceInstance, ServiceKind, Upstream, Weights,
};

use super::parts::{Fields, array, boolean, indexes, integer, map, meta, name, node_id, texts, texts_or_null};
use super::{any, check, node, string};

/// Appends an instance by itself.
pub(crate) fn object(out: &mut Vec<u8>, service: &Service) {
    with_tags(out, service, texts);
}

/// The same as transactions, queries and the web page show it: without tags there is `null`.
pub(crate) fn object_of_txn(out: &mut Vec<u8>, service: &Service) {
    with_tags(out, service, texts_or_null);
}

fn with_tags(out: &mut Vec<u8>, service: &Service, texts: fn(&mut Vec<u8>, &[Text])) {
    out.push(b'{');
    if service.kind != ServiceKind::Typical {
        out.extend_from_slice(b"\"Kind\":");
        string(out, kind(service.kind));
        out.push(b',');
    }
    out.extend_from_slice(b"\"ID\":");
    string(out, &service.id);
    name!(out, "Service");
    string(out, &service.name);
    name!(out, "Tags");
    texts(out, &service.tags);
    name!(out, "Address");
    string(out, &service.address);
    if let Some(addresses) = filled(service) {
        name!(out, "TaggedAddresses");
        map(out, addresses, address);
    }
    name!(out, "Meta");
    meta(out, &service.meta);
    name!(out, "Port");
    integer(out, service.port);
    name!(out, "Weights");
    weights(out, service.weights);
    name!(out, "EnableTagOverride");
    boolean(out, service.enable_tag_override);
    name!(out, "Proxy");
    proxy(out, &service.proxy);
    name!(out, "Connect");
    connect(out, service);
    indexes(out, service.create_index, service.modify_index);
}

/// Appends an instance with its node and its checks.
pub(crate) fn with_checks(out: &mut Vec<u8>, instance: &ServiceInstance) {
    out.extend_from_slice(b"{\"Node\":");
    node::object(out, &instance.node);
    name!(out, "Service");
    object(out, &instance.service);
    name!(out, "Checks");
    array(out, &instance.checks, |out, check| check::object(out, check));
    out.push(b'}');
}

/// The same as queries show it: what there is none of is `null`.
pub(crate) fn with_checks_or_null(out: &mut Vec<u8>, instance: &ServiceInstance) {
    out.extend_from_slice(b"{\"Node\":");
    node::object(out, &instance.node);
    name!(out, "Service");
    object_of_txn(out, &instance.service);
    name!(out, "Checks");
    match &instance.checks[..] {
        [] => out.extend_from_slice(b"null"),
        checks => array(out, checks, |out, check| check::object_of_txn(out, check)),
    }
    out.push(b'}');
}

/// Appends an instance and its node as one record.
pub(crate) fn flat(out: &mut Vec<u8>, ServiceInstance { node, service, .. }: &ServiceInstance) {
    out.extend_from_slice(b"{\"ID\":");
    node_id(out, node.id.as_ref());
    name!(out, "Node");
    string(out, &service.node);
    name!(out, "Address");
    string(out, &node.address);
    name!(out, "Datacenter");
    string(out, &node.datacenter);
    name!(out, "TaggedAddresses");
    meta(out, &node.tagged_addresses);
    name!(out, "NodeMeta");
    meta(out, &node.meta);
    name!(out, "ServiceKind");
    string(out, kind(service.kind));
    name!(out, "ServiceID");
    string(out, &service.id);
    name!(out, "ServiceName");
    string(out, &service.name);
    name!(out, "ServiceTags");
    texts(out, &service.tags);
    name!(out, "ServiceAddress");
    string(out, &service.address);
    if let Some(addresses) = filled(service) {
        name!(out, "ServiceTaggedAddresses");
        map(out, addresses, address);
    }
    name!(out, "ServiceWeights");
    weights(out, service.weights);
    name!(out, "ServiceMeta");
    match &service.meta {
        Some(_) => meta(out, &service.meta),
        // Here, and only here, nothing is shown as an empty map.
        None => out.extend_from_slice(b"{}"),
    }
    name!(out, "ServicePort");
    integer(out, service.port);
    name!(out, "ServiceEnableTagOverride");
    boolean(out, service.enable_tag_override);
    name!(out, "ServiceProxy");
    proxy(out, &service.proxy);
    name!(out, "ServiceConnect");
    connect(out, service);
    indexes(out, service.create_index, service.modify_index);
}

/// What users call a kind of service; nothing for an ordinary one.
pub(crate) const fn kind(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::Typical => "",
        ServiceKind::ConnectProxy => "connect-proxy",
        ServiceKind::MeshGateway => "mesh-gateway",
        ServiceKind::TerminatingGateway => "terminating-gateway",
        ServiceKind::IngressGateway => "ingress-gateway",
    }
}

pub(super) fn filled(service: &Service) -> Option<&BTreeMap<String, ServiceAddress>> {
    service.tagged_addresses.as_deref().filter(|addresses| !addresses.is_empty())
}

pub(super) fn address(out: &mut Vec<u8>, address: &ServiceAddress) {
    out.extend_from_slice(b"{\"Address\":");
    string(out, &address.address);
    name!(out, "Port");
    integer(out, address.port);
    out.push(b'}');
}

pub(super) fn weights(out: &mut Vec<u8>, weights: Weights) {
    out.extend_from_slice(b"{\"Passing\":");
    integer(out, weights.passing);
    name!(out, "Warning");
    integer(out, weights.warning);
    out.push(b'}');
}

fn connect(out: &mut Vec<u8>, service: &Service) {
    let mut fields = Fields::new(out);
    fields.flag("Native", service.connect_native);
    fields.end();
}

/// Appends the fields of a proxy that are filled.
pub(crate) fn proxy(out: &mut Vec<u8>, proxy: &Proxy) {
    proxy_with(out, proxy, upstream);
}

/// The same with upstreams in a form of their own.
pub(super) fn proxy_with(out: &mut Vec<u8>, proxy: &Proxy, upstream: fn(&mut Vec<u8>, &Upstream)) {
    let mut fields = Fields::new(out);
    fields.text("DestinationServiceName", &proxy.destination_service_name);
    fields.text("DestinationServiceID", &proxy.destination_service_id);
    fields.text("LocalServiceAddress", &proxy.local_service_address);
    if proxy.local_service_port != 0 {
        fields.begin("LocalServicePort");
        integer(fields.out, proxy.local_service_port);
    }
    if let Some(config) = proxy.config.as_ref().filter(|config| !config.is_empty()) {
        fields.begin("Config");
        map(fields.out, config, any);
    }
    if !proxy.upstreams.is_empty() {
        fields.begin("Upstreams");
        array(fields.out, &proxy.upstreams, upstream);
    }
    fields.begin("MeshGateway");
    mode(fields.out, &proxy.mesh_gateway_mode);
    fields.begin("Expose");
    expose(fields.out, proxy);
    fields.end();
}

fn upstream(out: &mut Vec<u8>, upstream: &Upstream) {
    out.extend_from_slice(b"{\"DestinationType\":");
    string(out, &upstream.destination_type);
    let mut fields = Fields::more(out);
    fields.text("DestinationNamespace", &upstream.destination_namespace);
    fields.begin("DestinationName");
    string(fields.out, &upstream.destination_name);
    fields.begin("Datacenter");
    string(fields.out, &upstream.datacenter);
    fields.text("LocalBindAddress", &upstream.local_bind_address);
    fields.begin("LocalBindPort");
    integer(fields.out, upstream.local_bind_port);
    fields.begin("Config");
    match &upstream.config {
        Some(config) => map(fields.out, config, any),
        None => fields.out.extend_from_slice(b"null"),
    }
    fields.begin("MeshGateway");
    mode(fields.out, &upstream.mesh_gateway_mode);
    fields.end();
}

pub(super) fn mode(out: &mut Vec<u8>, mode: &str) {
    let mut fields = Fields::new(out);
    fields.text("Mode", mode);
    fields.end();
}

fn expose(out: &mut Vec<u8>, proxy: &Proxy) {
    let mut fields = Fields::new(out);
    fields.flag("Checks", proxy.expose_checks);
    if !proxy.expose_paths.is_empty() {
        fields.begin("Paths");
        array(fields.out, &proxy.expose_paths, expose_path);
    }
    fields.end();
}

/// Ports and paths that are not given are left out.
fn expose_path(out: &mut Vec<u8>, path: &ExposePath) {
    let mut fields = Fields::new(out);
    if path.listener_port != 0 {
        fields.begin("ListenerPort");
        integer(fields.out, path.listener_port);
    }
    fields.text("Path", &path.path);
    if path.local_path_port != 0 {
        fields.begin("LocalPathPort");
        integer(fields.out, path.local_path_port);
    }
    fields.text("Protocol", &path.protocol);
    fields.begin("ParsedFromCheck");
    boolean(fields.out, path.parsed_from_check);
    fields.end();
}
