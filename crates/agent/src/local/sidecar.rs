//! A proxy that is registered beside its service: what the user leaves out follows from the service.

use proconsul_calls::agent::{RegistrationError, SidecarMistake};
use proconsul_calls::catalog::meta;
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};
use proconsul_types::service::ServiceKind;

use super::State;

/// Where a sidecar and its service meet unless the user says otherwise.
const LOOPBACK: &str = "127.0.0.1";

/// How often is looked whether a sidecar listens, in nanoseconds.
const LISTENING_INTERVAL: i64 = 10_000_000_000;

/// The id of a service's sidecar.
pub(super) fn id(service: &str) -> String {
    format!("{service}-sidecar-proxy")
}

/// The sidecar that this service asks for, complete.
pub(super) fn complete(
    state: &State,
    service: &ServiceRegistration,
    nested: &ServiceRegistration,
) -> Result<ServiceRegistration, RegistrationError> {
    let wrong = RegistrationError::Sidecar;
    meta::check(&nested.meta.clone().map(std::sync::Arc::new)).map_err(|mistake| wrong(mistake.into()))?;
    let service_id = if service.id.is_empty() { &service.name } else { &service.id };
    let or = |given: &str, other: &str| if given.is_empty() { other.to_owned() } else { given.to_owned() };
    let mut proxy = nested.proxy.clone().unwrap_or_default();
    proxy.destination_service_name = or(&proxy.destination_service_name, &service.name);
    proxy.destination_service_id = or(&proxy.destination_service_id, service_id);
    proxy.local_service_address = or(&proxy.local_service_address, LOOPBACK);
    if proxy.local_service_port < 1 {
        proxy.local_service_port = service.port;
    }
    let id = id(service_id);
    let port = if nested.port < 1 { port(state, &id).map_err(wrong)? } else { nested.port };
    let has_meta = nested.meta.as_ref().is_some_and(|meta| !meta.is_empty());
    Ok(ServiceRegistration {
        kind: if nested.kind == ServiceKind::Typical { ServiceKind::ConnectProxy } else { nested.kind },
        name: or(&nested.name, &format!("{}-sidecar-proxy", service.name)),
        tags: if nested.tags.is_empty() { service.tags.clone() } else { nested.tags.clone() },
        address: or(&nested.address, &service.address),
        meta: if has_meta { nested.meta.clone() } else { service.meta.clone() },
        checks: if nested.checks.is_empty() {
            checks(&proxy.local_service_address, port, service_id)
        } else {
            nested.checks.clone()
        },
        token: or(&nested.token, &service.token),
        proxy: Some(proxy),
        sidecar: None,
        id,
        port,
        ..nested.clone()
    })
}

/// The port it had, else the first that no other service has.
fn port(state: &State, id: &str) -> Result<i64, SidecarMistake> {
    let Some(range) = &state.settings.sidecar_ports else { return Err(SidecarMistake::NoPorts) };
    let given = |port: i64| u16::try_from(port).is_ok_and(|port| range.contains(&port));
    if let Some(held) = state.service(id).filter(|held| given(held.service.port)) {
        return Ok(held.service.port);
    }
    let used: Vec<i64> = state.services().map(|held| held.service.port).filter(|port| given(*port)).collect();
    let free = range.clone().map(i64::from).find(|port| !used.contains(port));
    free.ok_or(SidecarMistake::NoPortLeft { first: *range.start(), last: *range.end() })
}

/// Whether it listens, and whether its service is well.
fn checks(address: &str, port: i64, service_id: &str) -> Vec<CheckRegistration> {
    let tcp = if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") };
    let listening = CheckRegistration {
        name: "Connect Sidecar Listening".to_owned(),
        tcp,
        interval: LISTENING_INTERVAL,
        ..CheckRegistration::default()
    };
    let aliasing = CheckRegistration {
        name: format!("Connect Sidecar Aliasing {service_id}"),
        alias_service: service_id.to_owned(),
        ..CheckRegistration::default()
    };
    vec![listening, aliasing]
}
