//! The proxy part of a service.

use proconsul_hcl::{Entry, Object};
use proconsul_types::service::{ExposePath, Proxy, Upstream};

use super::DefinitionMistake;
use super::reader::{Name, Reader};

const NAMES: &[Name] = &[
    Name::Once("destination_service_name"),
    Name::Once("destination_service_id"),
    Name::Once("local_service_address"),
    Name::Once("local_service_port"),
    Name::Once("config"),
    Name::List("upstreams"),
    Name::Once("mesh_gateway"),
    Name::Once("expose"),
];

const UPSTREAM_NAMES: &[Name] = &[
    Name::Once("destination_type"),
    Name::Once("destination_namespace"),
    Name::Once("destination_name"),
    Name::Once("datacenter"),
    Name::Once("local_bind_address"),
    Name::Once("local_bind_port"),
    Name::Once("config"),
    Name::Once("mesh_gateway"),
];

const EXPOSE_NAMES: &[Name] = &[Name::Once("checks"), Name::Once("port"), Name::List("paths")];
const GATEWAY_NAMES: &[Name] = &[Name::Once("mode")];

const PATH_NAMES: &[Name] =
    &[Name::Once("listener_port"), Name::Once("path"), Name::Once("local_path_port"), Name::Once("protocol")];

pub(super) fn read(reader: &mut Reader<'_>, path: &str, block: &Object) -> Proxy {
    let mut proxy = Proxy::default();
    for (name, entry) in reader.entries(path, block, NAMES) {
        let path = format!("{path}.{name}");
        match name {
            "destination_service_name" => proxy.destination_service_name = reader.text(&path, entry),
            "destination_service_id" => proxy.destination_service_id = reader.text(&path, entry),
            "local_service_address" => proxy.local_service_address = reader.text(&path, entry),
            "local_service_port" => proxy.local_service_port = reader.integer(&path, entry),
            "config" => proxy.config = Some(reader.config(&path, entry)),
            "upstreams" => {
                for (_, block) in reader.blocks(&path, entry) {
                    proxy.upstreams.push(upstream(reader, &path, block));
                }
            }
            "mesh_gateway" => proxy.mesh_gateway_mode = gateway_mode(reader, &path, entry),
            _ => expose(reader, &path, entry, &mut proxy),
        }
    }
    proxy
}

fn upstream(reader: &mut Reader<'_>, path: &str, block: &Object) -> Upstream {
    let mut upstream = Upstream::default();
    for (name, entry) in reader.entries(path, block, UPSTREAM_NAMES) {
        let path = format!("{path}.{name}");
        match name {
            "destination_type" => upstream.destination_type = reader.text(&path, entry),
            "destination_namespace" => upstream.destination_namespace = reader.text(&path, entry),
            "destination_name" => upstream.destination_name = reader.text(&path, entry),
            "datacenter" => upstream.datacenter = reader.text(&path, entry),
            "local_bind_address" => upstream.local_bind_address = reader.text(&path, entry),
            "local_bind_port" => upstream.local_bind_port = reader.integer(&path, entry),
            "config" => upstream.config = Some(reader.config(&path, entry)),
            _ => upstream.mesh_gateway_mode = gateway_mode(reader, &path, entry),
        }
    }
    upstream
}

fn gateway_mode(reader: &mut Reader<'_>, path: &str, entry: &Entry) -> String {
    let Some((_, block)) = reader.block(path, entry) else { return String::new() };
    let mut mode = String::new();
    for (name, entry) in reader.entries(path, block, GATEWAY_NAMES) {
        mode = reader.text(&format!("{path}.{name}"), entry);
        if !matches!(&*mode, "" | "none" | "local" | "remote") {
            reader.refuse(entry.node.at, path, DefinitionMistake::GatewayMode(mode.clone()));
        }
    }
    mode
}

fn expose(reader: &mut Reader<'_>, path: &str, entry: &Entry, proxy: &mut Proxy) {
    let Some((_, block)) = reader.block(path, entry) else { return };
    for (name, entry) in reader.entries(path, block, EXPOSE_NAMES) {
        let path = format!("{path}.{name}");
        match name {
            "checks" => proxy.expose_checks = reader.boolean(&path, entry),
            // Consul reads it and does nothing with it.
            "port" => drop(reader.integer(&path, entry)),
            _ => {
                for (_, block) in reader.blocks(&path, entry) {
                    proxy.expose_paths.push(expose_path(reader, &path, block));
                }
            }
        }
    }
}

fn expose_path(reader: &mut Reader<'_>, path: &str, block: &Object) -> ExposePath {
    let mut exposed = ExposePath::default();
    for (name, entry) in reader.entries(path, block, PATH_NAMES) {
        let path = format!("{path}.{name}");
        match name {
            "listener_port" => exposed.listener_port = reader.integer(&path, entry),
            "path" => exposed.path = reader.text(&path, entry),
            "local_path_port" => exposed.local_path_port = reader.integer(&path, entry),
            _ => exposed.protocol = reader.text(&path, entry),
        }
    }
    exposed
}
