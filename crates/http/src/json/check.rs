//! Checks in JSON.

use proconsul_types::check::{Check, CheckDefinition};
use proconsul_types::node::Text;

use super::parts::{Fields, array, indexes, integer, map, name, texts, texts_or_null};
use super::{number, string};

/// Appends a check.
pub(crate) fn object(out: &mut Vec<u8>, check: &Check) {
    with_tags(out, check, texts);
}

/// The same as transactions, queries and the web page show it: without tags there is `null`.
pub(crate) fn object_of_txn(out: &mut Vec<u8>, check: &Check) {
    with_tags(out, check, texts_or_null);
}

fn with_tags(out: &mut Vec<u8>, check: &Check, texts: fn(&mut Vec<u8>, &[Text])) {
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
    texts(out, &check.service_tags);
    name!(out, "Type");
    string(out, &check.kind);
    name!(out, "Definition");
    match &check.definition {
        Some(definition) => self::definition(out, definition),
        None => out.extend_from_slice(b"{}"),
    }
    indexes(out, check.create_index, check.modify_index);
}

/// Appends the fields that are filled.
fn definition(out: &mut Vec<u8>, definition: &CheckDefinition) {
    let mut fields = Fields::new(out);
    fields.length("Interval", definition.interval);
    fields.length("Timeout", definition.timeout);
    fields.length("DeregisterCriticalServiceAfter", definition.deregister_critical_service_after);
    fields.text("HTTP", &definition.http);
    fields.flag("TLSSkipVerify", definition.tls_skip_verify);
    if let Some(header) = definition.header.as_ref().filter(|header| !header.is_empty()) {
        fields.begin("Header");
        map(fields.out, header, |out, values| match values {
            Some(values) => array(out, values, |out, value| string(out, value)),
            None => out.extend_from_slice(b"null"),
        });
    }
    fields.text("Method", &definition.method);
    fields.text("Body", &definition.body);
    fields.text("TCP", &definition.tcp);
    if definition.output_max_size != 0 {
        fields.begin("OutputMaxSize");
        number(fields.out, definition.output_max_size);
    }
    if !definition.script_args.is_empty() {
        fields.begin("ScriptArgs");
        array(fields.out, &definition.script_args, |out, value| string(out, value));
    }
    fields.text("DockerContainerID", &definition.docker_container_id);
    fields.text("Shell", &definition.shell);
    fields.text("GRPC", &definition.grpc);
    fields.flag("GRPCUseTLS", definition.grpc_use_tls);
    fields.text("AliasNode", &definition.alias_node);
    fields.text("AliasService", &definition.alias_service);
    // This one length is shown as a number.
    if definition.ttl != 0 {
        fields.begin("TTL");
        integer(fields.out, definition.ttl);
    }
    fields.end();
}
