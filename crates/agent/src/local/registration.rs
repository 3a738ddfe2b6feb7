//! From what a user says to what the catalog is to say: judged as Consul judges it, and filled in.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_calls::agent::{AgentError, CheckMistake, NodeServiceMistake, RegistrationError, Unfit, WeightMistake};
use proconsul_calls::catalog::{definition, meta};
use proconsul_types::check::{CRITICAL, Check, PASSING, WARNING};
use proconsul_types::node::Text;
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};
use proconsul_types::service::{Proxy, Service, ServiceAddress, ServiceKind, Weights};

use super::{Scripts, Source};

/// The largest weight that DNS can tell.
const WEIGHT_MAX: i64 = 65_535;

/// The names of addresses that must be of one family, and that one.
const FAMILIES: [(&str, &str); 4] =
    [("lan_ipv4", "ipv4"), ("wan_ipv4", "ipv4"), ("lan_ipv6", "ipv6"), ("wan_ipv6", "ipv6")];

/// Whether a service is right in itself.
pub fn judge_service(given: &ServiceRegistration) -> Result<(), RegistrationError> {
    if given.name.is_empty() {
        return Err(RegistrationError::MissingServiceName);
    }
    if matches!(&*given.address, "0.0.0.0" | "::" | "[::]") {
        return Err(RegistrationError::ServiceAddress);
    }
    given.weights.map_or(Ok(()), judge_weights).map_err(RegistrationError::Weights)?;
    meta::check(&given.meta.clone().map(Arc::new)).map_err(RegistrationError::ServiceMeta)?;
    let mistakes = definition_mistakes(given);
    if !mistakes.is_empty() {
        return Err(RegistrationError::Service(mistakes));
    }
    judge_checks(&given.checks, RegistrationError::Check)?;
    given.sidecar.as_deref().map_or(Ok(()), |sidecar| judge_checks(&sidecar.checks, RegistrationError::SidecarCheck))
}

/// Whether a check that stands alone is right in itself.
pub(super) fn judge_check(given: &CheckRegistration) -> Result<(), RegistrationError> {
    if given.name.is_empty() {
        return Err(RegistrationError::MissingCheckName);
    }
    if !is_status_or_empty(&given.status) {
        return Err(RegistrationError::CheckStatus);
    }
    judge_kind(given).map_err(RegistrationError::Check)
}

fn judge_checks(
    checks: &[CheckRegistration],
    mistake: fn(CheckMistake) -> RegistrationError,
) -> Result<(), RegistrationError> {
    checks.iter().try_for_each(judge_kind).map_err(mistake)?;
    if checks.iter().all(|check| is_status_or_empty(&check.status)) {
        Ok(())
    } else {
        Err(RegistrationError::ServiceCheckStatus)
    }
}

fn is_status_or_empty(status: &str) -> bool {
    matches!(status, "" | PASSING | WARNING | CRITICAL)
}

fn judge_weights(weights: Weights) -> Result<(), WeightMistake> {
    match weights {
        Weights { passing: ..1, .. } => Err(WeightMistake::Passing),
        Weights { warning: ..0, .. } => Err(WeightMistake::Warning),
        Weights { passing, warning } if passing.max(warning) > WEIGHT_MAX => Err(WeightMistake::Large),
        _ => Ok(()),
    }
}

fn definition_mistakes(given: &ServiceRegistration) -> Vec<NodeServiceMistake> {
    let record = record(given, &"".into());
    let mut mistakes: Vec<_> = definition::mistakes(&record).into_iter().map(NodeServiceMistake::from).collect();
    let Some(sidecar) = given.sidecar.as_deref() else { return mistakes };
    let is_gateway = !matches!(given.kind, ServiceKind::Typical | ServiceKind::ConnectProxy);
    let gateway = is_gateway.then(|| given.kind.word());
    mistakes.extend(gateway.map(NodeServiceMistake::SidecarOfGateway));
    if !sidecar.id.is_empty() {
        mistakes.push(NodeServiceMistake::SidecarId);
    }
    if sidecar.sidecar.is_some() {
        mistakes.push(NodeServiceMistake::SidecarOfSidecar);
    }
    mistakes
}

/// Whether a check can be carried out at all.
pub fn judge_kind(given: &CheckRegistration) -> Result<(), CheckMistake> {
    let asked = [&given.http, &given.tcp, &given.udp, &given.grpc, &given.h2ping, &given.os_service];
    let is_asked = !given.script_args.is_empty() || asked.iter().any(|address| !address.is_empty());
    let is_alias = !given.alias_node.is_empty() || !given.alias_service.is_empty();
    match given {
        _ if given.interval > 0 && given.ttl > 0 => Err(CheckMistake::IntervalAndTtl),
        _ if is_asked && given.interval <= 0 => Err(CheckMistake::NoInterval),
        _ if is_asked && is_alias => Err(CheckMistake::AliasInterval),
        _ if is_alias && given.ttl > 0 => Err(CheckMistake::AliasTtl),
        _ if !is_asked && !is_alias && given.ttl <= 0 => Err(CheckMistake::NoTtl),
        _ if given.output_max_size < 0 => Err(CheckMistake::OutputMaxSize),
        _ => Ok(()),
    }
}

/// Whether this agent carries such a check out.
pub(super) fn fits(given: &CheckRegistration, source: Source, scripts: Scripts) -> Result<(), Unfit> {
    judge_kind(given).map_err(Unfit::Check)?;
    match source {
        _ if given.script_args.is_empty() => Ok(()),
        Source::File | Source::Agent if !(scripts.from_files || scripts.from_anywhere) => Err(Unfit::Scripts),
        Source::Remote if !scripts.from_anywhere => Err(Unfit::RemoteScripts),
        Source::File | Source::Agent | Source::Remote => Ok(()),
    }
}

/// The type of a check that is carried out so, as users see it.
pub fn kind_of(given: &CheckRegistration) -> &'static str {
    let kinds = [
        ("grpc", !given.grpc.is_empty()),
        ("http", !given.http.is_empty()),
        ("ttl", given.ttl > 0),
        ("tcp", !given.tcp.is_empty()),
        ("udp", !given.udp.is_empty()),
        ("alias", !given.alias_node.is_empty() || !given.alias_service.is_empty()),
        ("docker", !given.script_args.is_empty() && !given.docker_container_id.is_empty()),
        ("script", !given.script_args.is_empty()),
        ("h2ping", !given.h2ping.is_empty()),
        ("os_service", !given.os_service.is_empty()),
    ];
    kinds.into_iter().find(|(_, is)| *is).map_or("", |(kind, _)| kind)
}

/// The record of a check with this id and name.
pub(super) fn check(given: &CheckRegistration, node: &Text, id: &str, name: &str) -> Check {
    Check {
        node: node.clone(),
        id: id.into(),
        name: name.into(),
        status: if given.status.is_empty() { CRITICAL } else { &given.status }.into(),
        notes: given.notes.as_str().into(),
        service_id: given.service_id.as_str().into(),
        kind: kind_of(given).into(),
        ..Check::default()
    }
}

/// The record of a service, with all that the user left to be filled in.
pub(super) fn service(given: &ServiceRegistration, node: &Text) -> Result<Service, AgentError> {
    if given.name.is_empty() {
        return Err(Unfit::ServiceName.into());
    }
    let mut service = record(given, node);
    let mut addresses = given.tagged_addresses.clone().unwrap_or_default();
    judge_addresses(&addresses)?;
    fill_addresses(given, &mut addresses);
    service.tagged_addresses = Some(Arc::new(addresses));
    Ok(service)
}

fn record(given: &ServiceRegistration, node: &Text) -> Service {
    Service {
        kind: given.kind,
        id: if given.id.is_empty() { &given.name } else { &given.id }.as_str().into(),
        name: given.name.as_str().into(),
        node: node.clone(),
        tags: given.tags.iter().map(|tag| tag.as_str().into()).collect(),
        address: given.address.as_str().into(),
        tagged_addresses: None,
        meta: given.meta.clone().map(Arc::new),
        port: given.port,
        weights: given.weights.unwrap_or(Weights { passing: 1, warning: 1 }),
        enable_tag_override: given.enable_tag_override,
        proxy: Arc::new(proxy(given.proxy.as_ref())),
        connect_native: given.connect_native,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

fn proxy(given: Option<&Proxy>) -> Proxy {
    let mut proxy = given.cloned().unwrap_or_default();
    for upstream in proxy.upstreams.iter_mut().filter(|upstream| upstream.destination_type.is_empty()) {
        upstream.destination_type = "service".to_owned();
    }
    proxy
}

fn judge_addresses(addresses: &BTreeMap<String, ServiceAddress>) -> Result<(), Unfit> {
    for (name, family) in FAMILIES {
        let Some(given) = addresses.get(name) else { continue };
        let fits = given.address.parse().is_ok_and(|address: IpAddr| address.is_ipv4() == (family == "ipv4"));
        // Consul looks at `lan_ipv6` twice instead of `wan_ipv6`.
        if !fits && name != "wan_ipv6" {
            return Err(Unfit::TaggedAddress { name, family });
        }
    }
    Ok(())
}

/// An address of its own stands for both networks, unless the user says otherwise.
fn fill_addresses(given: &ServiceRegistration, addresses: &mut BTreeMap<String, ServiceAddress>) {
    let Ok(address) = given.address.parse::<IpAddr>() else { return };
    let family = if address.is_ipv4() { "ipv4" } else { "ipv6" };
    for (name, _) in FAMILIES.into_iter().filter(|(_, of)| *of == family) {
        let own = ServiceAddress { address: given.address.clone(), port: given.port };
        addresses.entry(name.to_owned()).or_insert(own);
    }
}
