//! A service with its checks as the agent's API takes it. What is not filled in is left out.

use proconsul_base::text::duration;
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};
use proconsul_types::service::{Proxy, Upstream};
use serde_json::{Value, json};

/// The body of a registration.
pub(super) fn body(service: &ServiceRegistration) -> Value {
    let addresses = service.tagged_addresses.iter().flatten();
    let addresses =
        addresses.map(|(purpose, place)| (purpose.clone(), json!({ "Address": place.address, "Port": place.port })));
    let weights = service.weights.map(|weights| json!({ "Passing": weights.passing, "Warning": weights.warning }));
    let connect = json!({
        "Native": service.connect_native,
        "SidecarService": service.sidecar.as_deref().map(body),
    });
    filled(json!({
        "Kind": service.kind.word(),
        "ID": service.id,
        "Name": service.name,
        "Tags": service.tags,
        "Port": service.port,
        "Address": service.address,
        "TaggedAddresses": addresses.collect::<serde_json::Map<_, _>>(),
        "EnableTagOverride": service.enable_tag_override,
        "Meta": service.meta,
        // Zero is a weight.
        "Weights": weights,
        "Checks": service.checks.iter().map(check).collect::<Vec<_>>(),
        "Proxy": service.proxy.as_ref().map(proxy),
        "Connect": sidecar_kept(connect),
    }))
}

/// A sidecar of which nothing is said is still one.
fn sidecar_kept(connect: Value) -> Value {
    if connect["SidecarService"].is_null() { filled(connect) } else { connect }
}

fn check(check: &CheckRegistration) -> Value {
    let length = |nanos: i64| if nanos == 0 { String::new() } else { duration::format_signed(nanos) };
    filled(json!({
        "CheckID": check.id,
        "Name": check.name,
        "Notes": check.notes,
        "Status": check.status,
        "Args": check.script_args,
        "HTTP": check.http,
        "Header": check.header,
        "Method": check.method,
        "Body": check.body,
        "DisableRedirects": check.disable_redirects,
        "TCP": check.tcp,
        "UDP": check.udp,
        "GRPC": check.grpc,
        "GRPCUseTLS": check.grpc_use_tls,
        "H2PING": check.h2ping,
        "H2PingUseTLS": check.h2ping_use_tls,
        "OSService": check.os_service,
        "DockerContainerID": check.docker_container_id,
        "Shell": check.shell,
        "AliasNode": check.alias_node,
        "AliasService": check.alias_service,
        "TLSServerName": check.tls_server_name,
        "TLSSkipVerify": check.tls_skip_verify,
        "Interval": length(check.interval),
        "Timeout": length(check.timeout),
        "TTL": length(check.ttl),
        "SuccessBeforePassing": check.success_before_passing,
        "FailuresBeforeWarning": check.failures_before_warning,
        "FailuresBeforeCritical": check.failures_before_critical,
        "DeregisterCriticalServiceAfter": length(check.deregister_critical_service_after),
        "OutputMaxSize": check.output_max_size,
    }))
}

fn proxy(proxy: &Proxy) -> Value {
    let paths = proxy.expose_paths.iter().map(|path| {
        filled(json!({
            "ListenerPort": path.listener_port,
            "Path": path.path,
            "LocalPathPort": path.local_path_port,
            "Protocol": path.protocol,
        }))
    });
    filled(json!({
        "DestinationServiceName": proxy.destination_service_name,
        "DestinationServiceID": proxy.destination_service_id,
        "LocalServiceAddress": proxy.local_service_address,
        "LocalServicePort": proxy.local_service_port,
        "Config": proxy.config,
        "Upstreams": proxy.upstreams.iter().map(upstream).collect::<Vec<_>>(),
        "MeshGateway": filled(json!({ "Mode": proxy.mesh_gateway_mode })),
        "Expose": filled(json!({ "Checks": proxy.expose_checks, "Paths": paths.collect::<Vec<_>>() })),
    }))
}

fn upstream(upstream: &Upstream) -> Value {
    filled(json!({
        "DestinationType": upstream.destination_type,
        "DestinationNamespace": upstream.destination_namespace,
        "DestinationName": upstream.destination_name,
        "Datacenter": upstream.datacenter,
        "LocalBindAddress": upstream.local_bind_address,
        "LocalBindPort": upstream.local_bind_port,
        "Config": upstream.config,
        "MeshGateway": filled(json!({ "Mode": upstream.mesh_gateway_mode })),
    }))
}

/// The object without members that say nothing.
fn filled(object: Value) -> Value {
    let Value::Object(members) = object else { return object };
    let says_something = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
    };
    Value::Object(members.into_iter().filter(|(_, value)| says_something(value)).collect())
}

#[cfg(test)]
mod tests {
    use proconsul_types::service::Weights;

    use super::*;

    #[test]
    fn only_what_is_filled_in_is_sent() {
        let ttl = CheckRegistration { id: "alive".to_owned(), ttl: 90_000_000_000, ..CheckRegistration::default() };
        let service = ServiceRegistration {
            name: "web".to_owned(),
            weights: Some(Weights { passing: 0, warning: 2 }),
            checks: vec![ttl],
            sidecar: Some(Box::default()),
            ..ServiceRegistration::default()
        };
        assert_eq!(
            body(&service).to_string(),
            r#"{"Checks":[{"CheckID":"alive","TTL":"1m30s"}],"Connect":{"Native":false,"SidecarService":{}},"Name":"web","Weights":{"Passing":0,"Warning":2}}"#
        );
    }
}
