//! A check.

use std::collections::BTreeMap;

use proconsul_hcl::{Entry, Object};
use proconsul_types::registration::CheckRegistration;

use super::reader::{Name, Reader};

const NAMES: &[Name] = &[
    Name::Once("id"),
    Name::Once("name"),
    Name::Once("notes"),
    Name::Once("service_id"),
    Name::Once("token"),
    Name::Once("status"),
    Name::Once("args"),
    Name::Once("http"),
    Name::Once("header"),
    Name::Once("method"),
    Name::Once("body"),
    Name::Once("disable_redirects"),
    Name::Once("tcp"),
    Name::Once("udp"),
    Name::Once("grpc"),
    Name::Once("grpc_use_tls"),
    Name::Once("h2ping"),
    Name::Once("h2ping_use_tls"),
    Name::Once("os_service"),
    Name::Once("docker_container_id"),
    Name::Once("shell"),
    Name::Once("alias_node"),
    Name::Once("alias_service"),
    Name::Once("tls_server_name"),
    Name::Once("tls_skip_verify"),
    Name::Once("interval"),
    Name::Once("timeout"),
    Name::Once("ttl"),
    Name::Once("success_before_passing"),
    Name::Once("failures_before_warning"),
    Name::Once("failures_before_critical"),
    Name::Once("deregister_critical_service_after"),
    Name::Once("output_max_size"),
];

pub(super) fn read(reader: &mut Reader<'_>, path: &str, block: &Object) -> CheckRegistration {
    let mut check = CheckRegistration::default();
    for (name, entry) in reader.entries(path, block, NAMES) {
        let path = format!("{path}.{name}");
        match name {
            "args" => check.script_args = reader.texts(&path, &entry.node),
            "header" => check.header = header(reader, &path, entry),
            "h2ping_use_tls" => check.h2ping_use_tls = Some(reader.boolean(&path, entry)),
            _ => {
                if let Some(text) = text(&mut check, name) {
                    *text = reader.text(&path, entry);
                } else if let Some(switch) = switch(&mut check, name) {
                    *switch = reader.boolean(&path, entry);
                } else if let Some(length) = length(&mut check, name) {
                    *length = reader.duration(&path, entry);
                } else if let Some(number) = number(&mut check, name) {
                    *number = reader.integer(&path, entry);
                }
            }
        }
    }
    check
}

fn text<'c>(check: &'c mut CheckRegistration, name: &str) -> Option<&'c mut String> {
    Some(match name {
        "id" => &mut check.id,
        "name" => &mut check.name,
        "notes" => &mut check.notes,
        "service_id" => &mut check.service_id,
        "token" => &mut check.token,
        "status" => &mut check.status,
        "http" => &mut check.http,
        "method" => &mut check.method,
        "body" => &mut check.body,
        "tcp" => &mut check.tcp,
        "udp" => &mut check.udp,
        "grpc" => &mut check.grpc,
        "h2ping" => &mut check.h2ping,
        "os_service" => &mut check.os_service,
        "docker_container_id" => &mut check.docker_container_id,
        "shell" => &mut check.shell,
        "alias_node" => &mut check.alias_node,
        "alias_service" => &mut check.alias_service,
        "tls_server_name" => &mut check.tls_server_name,
        _ => return None,
    })
}

fn switch<'c>(check: &'c mut CheckRegistration, name: &str) -> Option<&'c mut bool> {
    Some(match name {
        "disable_redirects" => &mut check.disable_redirects,
        "grpc_use_tls" => &mut check.grpc_use_tls,
        "tls_skip_verify" => &mut check.tls_skip_verify,
        _ => return None,
    })
}

fn length<'c>(check: &'c mut CheckRegistration, name: &str) -> Option<&'c mut i64> {
    Some(match name {
        "interval" => &mut check.interval,
        "timeout" => &mut check.timeout,
        "ttl" => &mut check.ttl,
        "deregister_critical_service_after" => &mut check.deregister_critical_service_after,
        _ => return None,
    })
}

fn number<'c>(check: &'c mut CheckRegistration, name: &str) -> Option<&'c mut i64> {
    Some(match name {
        "success_before_passing" => &mut check.success_before_passing,
        "failures_before_warning" => &mut check.failures_before_warning,
        "failures_before_critical" => &mut check.failures_before_critical,
        "output_max_size" => &mut check.output_max_size,
        _ => return None,
    })
}

fn header(reader: &mut Reader<'_>, path: &str, entry: &Entry) -> BTreeMap<String, Vec<String>> {
    let Some((_, block)) = reader.block(path, entry) else { return BTreeMap::new() };
    block.entries.iter().map(|entry| (entry.key.clone(), reader.texts(path, &entry.node))).collect()
}
