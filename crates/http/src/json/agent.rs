//! Services and checks as the agent shows its own: other orders, and other rules for what is left out, than in the catalog.

use proconsul_types::check::Check;
use proconsul_types::service::{Service, ServiceKind, Upstream};

use super::parts::{Fields, array, boolean, integer, map, name, texts, texts_or_null};
use super::service::{address, filled, kind, mode, proxy_with, weights};
use super::{any, string};

/// What a check's definition becomes on its way through the client library's own type.
const NO_DEFINITION: &str = concat!(
    r#","Type":"","Definition":{"Interval":"0s","Timeout":"0s","DeregisterCriticalServiceAfter":"0s","#,
    r#""HTTP":"","Header":null,"Method":"","Body":"","TLSSkipVerify":false,"TCP":""},"CreateIndex":0,"ModifyIndex":0}"#,
);

/// Appends a service, with the hash of its content where that is asked for.
pub(crate) fn service(out: &mut Vec<u8>, service: &Service, hash: Option<&str>) {
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
    name!(out, "Meta");
    match &service.meta {
        Some(meta) => map(out, meta, |out, text| string(out, text)),
        None => out.extend_from_slice(b"{}"),
    }
    name!(out, "Port");
    integer(out, service.port);
    name!(out, "Address");
    string(out, &service.address);
    if let Some(addresses) = filled(service) {
        name!(out, "TaggedAddresses");
        map(out, addresses, address);
    }
    name!(out, "Weights");
    weights(out, service.weights);
    name!(out, "EnableTagOverride");
    boolean(out, service.enable_tag_override);
    if let Some(hash) = hash {
        name!(out, "ContentHash");
        string(out, hash);
    }
    if service.kind != ServiceKind::Typical {
        name!(out, "Proxy");
        proxy_with(out, &service.proxy, upstream);
    }
    if service.connect_native {
        out.extend_from_slice(b",\"Connect\":{\"Native\":true}");
    }
    out.push(b'}');
}

fn upstream(out: &mut Vec<u8>, upstream: &Upstream) {
    let mut fields = Fields::new(out);
    fields.text("DestinationType", &upstream.destination_type);
    fields.text("DestinationNamespace", &upstream.destination_namespace);
    fields.begin("DestinationName");
    string(fields.out, &upstream.destination_name);
    fields.text("Datacenter", &upstream.datacenter);
    fields.text("LocalBindAddress", &upstream.local_bind_address);
    if upstream.local_bind_port != 0 {
        fields.begin("LocalBindPort");
        integer(fields.out, upstream.local_bind_port);
    }
    if let Some(config) = upstream.config.as_ref().filter(|config| !config.is_empty()) {
        fields.begin("Config");
        map(fields.out, config, any);
    }
    fields.begin("MeshGateway");
    mode(fields.out, &upstream.mesh_gateway_mode);
    fields.end();
}

/// Appends how a service is, with the checks that make it so.
pub(crate) fn health(out: &mut Vec<u8>, status: &str, service: &Service, checks: &[&Check]) {
    out.extend_from_slice(b"{\"AggregatedStatus\":");
    string(out, status);
    name!(out, "Service");
    self::service(out, service, None);
    name!(out, "Checks");
    array(out, checks, |out, check| self::check(out, check));
    out.push(b'}');
}

/// How a service is that there is not.
pub(crate) const NO_HEALTH: &[u8] = br#"{"AggregatedStatus":"critical","Service":null,"Checks":null}"#;

fn check(out: &mut Vec<u8>, check: &Check) {
    out.extend_from_slice(b"{\"Node\":");
    string(out, &check.node);
    name!(out, "CheckID");
    string(out, &check.id);
    name!(out, "Name");
    string(out, &check.name);
    name!(out, "Status");
    string(out, &check.status);
    name!(out, "Notes");
    string(out, &check.notes);
    name!(out, "Output");
    string(out, &check.output);
    name!(out, "ServiceID");
    string(out, &check.service_id);
    name!(out, "ServiceName");
    string(out, &check.service_name);
    name!(out, "ServiceTags");
    texts_or_null(out, &check.service_tags);
    out.extend_from_slice(NO_DEFINITION.as_bytes());
}
