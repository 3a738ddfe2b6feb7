//! What is wrong with a proxy or a gateway, all of it at once and in Consul's order.

use std::collections::HashSet;

use proconsul_types::service::{ExposePath, Service, ServiceKind, Upstream};

use super::ServiceMistake;

/// Where a proxy listens for an upstream that does not say.
const LOOPBACK: &str = "127.0.0.1";

/// The mistakes of a service; none for an ordinary one.
pub fn mistakes(service: &Service) -> Vec<ServiceMistake> {
    match service.kind {
        ServiceKind::Typical => Vec::new(),
        ServiceKind::ConnectProxy => of_proxy(service),
        ServiceKind::MeshGateway => of_gateway(service, "mesh-gateway", true),
        ServiceKind::TerminatingGateway => of_gateway(service, "terminating-gateway", true),
        // Its ports are those of its listeners, which its config entry tells.
        ServiceKind::IngressGateway => of_gateway(service, "ingress-gateway", false),
    }
}

fn of_proxy(service: &Service) -> Vec<ServiceMistake> {
    let mut mistakes = Vec::new();
    if service.proxy.destination_service_name.trim().is_empty() {
        mistakes.push(ServiceMistake::NoDestination);
    }
    if service.port == 0 {
        mistakes.push(ServiceMistake::NoProxyPort);
    }
    if service.connect_native {
        mistakes.push(ServiceMistake::NativeProxy);
    }
    of_upstreams(&service.proxy.upstreams, &mut mistakes);
    of_paths(&service.proxy.expose_paths, &mut mistakes);
    mistakes
}

fn of_upstreams(upstreams: &[Upstream], mistakes: &mut Vec<ServiceMistake>) {
    let (mut places, mut known) = (HashSet::new(), HashSet::new());
    for upstream in upstreams {
        if let Err(mistake) = of_upstream(upstream) {
            mistakes.push(mistake);
            continue;
        }
        let Upstream { destination_type, destination_name, destination_namespace, datacenter, .. } = upstream;
        let place = place(upstream);
        if !places.insert(place.clone()) {
            mistakes.push(ServiceMistake::UpstreamPlace(place));
        } else if !known.insert((destination_type, destination_name, destination_namespace, datacenter)) {
            mistakes.push(ServiceMistake::UpstreamTwice {
                kind: destination_type.clone(),
                name: destination_name.clone(),
                namespace: destination_namespace.clone(),
                datacenter: datacenter.clone(),
            });
        }
    }
}

fn of_upstream(upstream: &Upstream) -> Result<(), ServiceMistake> {
    if !matches!(&*upstream.destination_type, "" | "service" | "prepared_query") {
        return Err(ServiceMistake::UpstreamType(upstream.destination_type.clone()));
    }
    match &*upstream.destination_name {
        "" => Err(ServiceMistake::UpstreamName),
        "*" => Err(ServiceMistake::UpstreamWildcard),
        _ if upstream.local_bind_port == 0 => Err(ServiceMistake::UpstreamPort),
        _ => Ok(()),
    }
}

fn place(upstream: &Upstream) -> String {
    let port = upstream.local_bind_port;
    match &*upstream.local_bind_address {
        "" => format!("{LOOPBACK}:{port}"),
        address if address.contains(':') => format!("[{address}]:{port}"),
        address => format!("{address}:{port}"),
    }
}

fn of_paths(paths: &[ExposePath], mistakes: &mut Vec<ServiceMistake>) {
    let (mut known, mut listeners) = (HashSet::new(), HashSet::new());
    for path in paths {
        if path.path.is_empty() {
            mistakes.push(ServiceMistake::EmptyPath);
        }
        if !known.insert(&path.path) {
            mistakes.push(ServiceMistake::PathTwice);
        }
        if !listeners.insert(path.listener_port) {
            mistakes.push(ServiceMistake::ListenerTwice);
        }
        if !(1..=65535).contains(&path.listener_port) {
            mistakes.push(ServiceMistake::ListenerPort(path.listener_port));
        }
        let protocol = path.protocol.to_lowercase();
        if !matches!(&*protocol, "" | "http" | "http2") {
            mistakes.push(ServiceMistake::PathProtocol { protocol, path: path.path.clone() });
        }
    }
}

fn of_gateway(service: &Service, kind: &'static str, needs_port: bool) -> Vec<ServiceMistake> {
    let proxy = &service.proxy;
    let fields = [
        ("DestinationServiceName", !proxy.destination_service_name.is_empty()),
        ("DestinationServiceID", !proxy.destination_service_id.is_empty()),
        ("LocalServiceAddress", !proxy.local_service_address.is_empty()),
        ("LocalServicePort", proxy.local_service_port != 0),
        ("Upstreams", !proxy.upstreams.is_empty()),
    ];
    let port = (needs_port && service.port == 0).then_some(ServiceMistake::NoGatewayPort(kind));
    let filled = fields.into_iter().filter(|(_, is_filled)| *is_filled);
    port.into_iter().chain(filled.map(|(field, _)| ServiceMistake::GatewayField { field, kind })).collect()
}
