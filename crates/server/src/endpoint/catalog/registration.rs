//! What a registration must be before it goes into the log, in the order in which Consul looks at it.

use proconsul_calls::catalog::{self as calls, CatalogError, definition, meta};
use proconsul_state::command::catalog::Register;
use proconsul_types::check::{Check, CheckDefinition};
use proconsul_types::node::{Node, Text};
use proconsul_types::service::Service;

/// The command for a registration, with all that the user left to be filled in.
pub(super) fn checked(register: calls::Register, datacenter: &str) -> Result<Register, CatalogError> {
    let calls::Register { node, service, checks, skip_node_update, .. } = register;
    if node.name.is_empty() {
        return Err(CatalogError::MissingNode);
    }
    if node.address.is_empty() && !skip_node_update {
        return Err(CatalogError::MissingAddress);
    }
    let node = Node { datacenter: datacenter.into(), ..node };
    let service = service.map(|service| checked_service(service, &node.name)).transpose()?;
    let checks = checks.into_iter().map(|check| checked_check(check, &node.name)).collect::<Result<_, _>>()?;
    Ok(Register { node, service, checks, skip_node_update })
}

/// A service of this node.
pub(crate) fn checked_service(mut service: Service, node: &Text) -> Result<Service, CatalogError> {
    match (&*service.id, &*service.name) {
        ("", "") => return Err(CatalogError::MissingService),
        (_, "") => return Err(CatalogError::MissingServiceName),
        ("", _) => service.id = service.name.clone(),
        _ => {}
    }
    if matches!(&*service.address, "0.0.0.0" | "::" | "[::]") {
        return Err(CatalogError::ServiceAddress);
    }
    let mistakes = definition::mistakes(&service);
    if !mistakes.is_empty() {
        return Err(CatalogError::Service(mistakes));
    }
    meta::check(&service.meta).map_err(|mistake| CatalogError::ServiceMeta {
        node: node.to_string(),
        id: service.id.to_string(),
        mistake,
    })?;
    // One below zero counts as not given.
    for weight in [&mut service.weights.passing, &mut service.weights.warning] {
        if *weight < 0 {
            *weight = 1;
        }
    }
    service.node = node.clone();
    Ok(service)
}

/// A check of this node, or of a service on it.
pub(crate) fn checked_check(mut check: Check, node: &Text) -> Result<Check, CatalogError> {
    if check.id.is_empty() {
        check.id = check.name.clone();
    }
    if check.node.is_empty() {
        check.node = node.clone();
    }
    if check.node != *node {
        return Err(CatalogError::CheckOfOtherNode { of: check.node.to_string(), node: node.to_string() });
    }
    if check.id.is_empty() {
        return Err(CatalogError::MissingCheckId(node.to_string()));
    }
    if check.kind.is_empty() {
        check.kind = check.definition.as_deref().map_or("", kind).into();
    }
    Ok(check)
}

/// The type of a check that is carried out so; empty when nothing is to be carried out.
fn kind(definition: &CheckDefinition) -> &'static str {
    let repeats = definition.interval > 0;
    let has_script = repeats && !definition.script_args.is_empty();
    let kinds = [
        ("grpc", repeats && !definition.grpc.is_empty()),
        ("http", repeats && !definition.http.is_empty()),
        ("ttl", definition.ttl > 0),
        ("tcp", repeats && !definition.tcp.is_empty()),
        ("alias", !definition.alias_node.is_empty() || !definition.alias_service.is_empty()),
        ("docker", has_script && !definition.docker_container_id.is_empty()),
        ("script", has_script),
    ];
    kinds.into_iter().find(|(_, is)| *is).map_or("", |(kind, _)| kind)
}
