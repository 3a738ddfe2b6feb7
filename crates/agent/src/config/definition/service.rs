//! A service with its checks, its proxy part and its sidecar.

use std::collections::BTreeMap;

use proconsul_hcl::{Entry, Object};
use proconsul_types::registration::ServiceRegistration;
use proconsul_types::service::{ServiceAddress, ServiceKind, Weights};

use super::reader::{Name, Reader};
use super::{check, proxy};

const NAMES: &[Name] = &[
    Name::Once("kind"),
    Name::Once("id"),
    Name::Once("name"),
    Name::Once("tags"),
    Name::Once("address"),
    Name::Once("tagged_addresses"),
    Name::Once("meta"),
    Name::Once("port"),
    Name::Once("check"),
    Name::List("checks"),
    Name::Once("token"),
    Name::Once("weights"),
    Name::Once("enable_tag_override"),
    Name::Once("proxy"),
    Name::Once("connect"),
];

const ADDRESS_NAMES: &[Name] = &[Name::Once("address"), Name::Once("port")];
const WEIGHT_NAMES: &[Name] = &[Name::Once("passing"), Name::Once("warning")];
const CONNECT_NAMES: &[Name] = &[Name::Once("native"), Name::Once("sidecar_service")];

pub(super) fn read(reader: &mut Reader<'_>, path: &str, block: &Object) -> ServiceRegistration {
    let mut service = ServiceRegistration::default();
    let mut single_check = None;
    for (name, entry) in reader.entries(path, block, NAMES) {
        let path = format!("{path}.{name}");
        match name {
            // Consul takes any other word for an ordinary service.
            "kind" => service.kind = ServiceKind::of_word(&reader.text(&path, entry)).unwrap_or_default(),
            "id" => service.id = reader.text(&path, entry),
            "name" => service.name = reader.text(&path, entry),
            "tags" => service.tags = reader.texts(&path, &entry.node),
            "address" => service.address = reader.text(&path, entry),
            "tagged_addresses" => service.tagged_addresses = Some(addresses(reader, &path, entry)),
            "meta" => service.meta = Some(reader.map(&path, entry)),
            "port" => service.port = reader.integer(&path, entry),
            "check" => {
                single_check = reader.block(&path, entry).map(|(_, block)| check::read(reader, &path, block));
            }
            "checks" => {
                for (_, block) in reader.blocks(&path, entry) {
                    service.checks.push(check::read(reader, &path, block));
                }
            }
            "token" => service.token = reader.text(&path, entry),
            "weights" => service.weights = Some(weights(reader, &path, entry)),
            "enable_tag_override" => service.enable_tag_override = reader.boolean(&path, entry),
            "proxy" => service.proxy = reader.block(&path, entry).map(|(_, block)| proxy::read(reader, &path, block)),
            _ => connect(reader, &path, entry, &mut service),
        }
    }
    // The single one is the last, and so are the numbers in the ids that follow.
    service.checks.extend(single_check);
    service
}

fn addresses(reader: &mut Reader<'_>, path: &str, entry: &Entry) -> BTreeMap<String, ServiceAddress> {
    let mut addresses = BTreeMap::new();
    let Some((_, block)) = reader.block(path, entry) else { return addresses };
    for named in &block.entries {
        let path = format!("{path}.{}", named.key);
        let Some((_, block)) = reader.block(&path, named) else { continue };
        let mut address = ServiceAddress::default();
        for (name, entry) in reader.entries(&path, block, ADDRESS_NAMES) {
            let path = format!("{path}.{name}");
            match name {
                "address" => address.address = reader.text(&path, entry),
                _ => address.port = reader.integer(&path, entry),
            }
        }
        addresses.insert(named.key.clone(), address);
    }
    addresses
}

fn weights(reader: &mut Reader<'_>, path: &str, entry: &Entry) -> Weights {
    let mut weights = Weights { passing: 1, warning: 1 };
    let Some((_, block)) = reader.block(path, entry) else { return weights };
    for (name, entry) in reader.entries(path, block, WEIGHT_NAMES) {
        let number = reader.integer(&format!("{path}.{name}"), entry);
        match name {
            "passing" => weights.passing = number,
            _ => weights.warning = number,
        }
    }
    weights
}

fn connect(reader: &mut Reader<'_>, path: &str, entry: &Entry, service: &mut ServiceRegistration) {
    let Some((_, block)) = reader.block(path, entry) else { return };
    for (name, entry) in reader.entries(path, block, CONNECT_NAMES) {
        let path = format!("{path}.{name}");
        match name {
            "native" => service.connect_native = reader.boolean(&path, entry),
            _ => {
                let sidecar = reader.block(&path, entry).map(|(_, block)| read(reader, &path, block));
                service.sidecar = sidecar.map(Box::new);
            }
        }
    }
}
