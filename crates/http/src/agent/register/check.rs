//! A check, by itself and as part of a service. The two forms differ in what names the check, and in who says whose it is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use proconsul_types::registration::CheckRegistration;

use crate::decode::{DecodeError, FromJson, Json, Nanos, record};

/// What both forms have. The fields of later versions stand last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Common {
    id: Id,
    name: String,
    notes: String,
    status: String,
    script_args: Vec<String>,
    http: String,
    header: Option<BTreeMap<String, Vec<String>>>,
    method: String,
    body: String,
    tcp: String,
    grpc: String,
    grpc_use_tls: bool,
    docker_container_id: String,
    shell: String,
    alias_node: String,
    alias_service: String,
    tls_skip_verify: bool,
    interval: Nanos,
    timeout: Nanos,
    ttl: Nanos,
    success_before_passing: i64,
    failures_before_critical: i64,
    deregister_after: Nanos,
    output_max_size: i64,
    disable_redirects: bool,
    udp: String,
    h2ping: String,
    h2ping_use_tls: Option<bool>,
    os_service: String,
    tls_server_name: String,
    failures_before_warning: i64,
}

/// A check of a service that is registered with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OfService {
    common: Common,
    /// Read and passed over: it belongs to the service around it.
    service_id: String,
    /// Filled in by Consul itself.
    proxy_http: String,
    proxy_grpc: String,
}

/// A check that is registered by itself.
#[derive(Clone, Debug, Default)]
pub(in crate::agent) struct CheckBody {
    common: Common,
    service_id: String,
    token: String,
}

/// Declares a form: its own fields, then those that both have.
macro_rules! form {
    ($type:ty, $go:literal, { $($($name:literal)|+ => $place:ident $(. $inner:ident)?),* $(,)? }) => {
        record!($type, $go, itself strict {
            $($($name)|+ => $place $(. $inner)?,)*
            "Name" => common.name,
            "Notes" => common.notes,
            "Status" => common.status,
            "ScriptArgs" | "Args" | "script_args" => common.script_args,
            "HTTP" => common.http,
            "Header" => common.header,
            "Method" => common.method,
            "Body" => common.body,
            "TCP" => common.tcp,
            "GRPC" => common.grpc,
            "GRPCUseTLS" => common.grpc_use_tls,
            "DockerContainerID" | "docker_container_id" => common.docker_container_id,
            "Shell" => common.shell,
            "AliasNode" => common.alias_node,
            "AliasService" => common.alias_service,
            "TLSSkipVerify" | "tls_skip_verify" => common.tls_skip_verify,
            "Interval" => common.interval,
            "Timeout" => common.timeout,
            "TTL" => common.ttl,
            "SuccessBeforePassing" => common.success_before_passing,
            "FailuresBeforeCritical" => common.failures_before_critical,
            "DeregisterCriticalServiceAfter" | "deregister_critical_service_after" => common.deregister_after,
            "OutputMaxSize" => common.output_max_size,
            "DisableRedirects" => common.disable_redirects,
            "UDP" => common.udp,
            "H2PING" => common.h2ping,
            "H2PingUseTLS" | "h2ping_use_tls" => common.h2ping_use_tls,
            "OSService" | "os_service" => common.os_service,
            "TLSServerName" | "tls_server_name" => common.tls_server_name,
            "FailuresBeforeWarning" => common.failures_before_warning,
        });
    };
}

form!(
    OfService,
    "struct { Interval interface {}; Timeout interface {}; TTL interface {}; DeregisterCriticalServiceAfter interface {}; Args []string \"json:\\\"args\\\"\"; ScriptArgsSnake []string \"json:\\\"script_args\\\"\"; DeregisterCriticalServiceAfterSnake interface {} \"json:\\\"deregister_critical_service_after\\\"\"; DockerContainerIDSnake string \"json:\\\"docker_container_id\\\"\"; TLSSkipVerifySnake bool \"json:\\\"tls_skip_verify\\\"\"; ServiceID string \"json:\\\"ServiceID\\\"\"; ServiceIDSnake string \"json:\\\"service_id\\\"\"; *structs.Alias }",
    {
        "CheckID" => common.id,
        "ServiceID" | "service_id" => service_id,
        "ProxyHTTP" => proxy_http,
        "ProxyGRPC" => proxy_grpc,
    }
);

form!(
    CheckBody,
    "struct { Interval interface {}; Timeout interface {}; TTL interface {}; DeregisterCriticalServiceAfter interface {}; Args []string \"json:\\\"args\\\"\"; ScriptArgsSnake []string \"json:\\\"script_args\\\"\"; DeregisterCriticalServiceAfterSnake interface {} \"json:\\\"deregister_critical_service_after\\\"\"; DockerContainerIDSnake string \"json:\\\"docker_container_id\\\"\"; TLSSkipVerifySnake bool \"json:\\\"tls_skip_verify\\\"\"; ServiceIDSnake string \"json:\\\"service_id\\\"\"; *structs.Alias }",
    {
        "ID" => common.id,
        "ServiceID" | "service_id" => service_id,
        "Token" => token,
    }
);

impl From<OfService> for CheckRegistration {
    fn from(body: OfService) -> Self {
        body.common.into()
    }
}

impl From<CheckBody> for CheckRegistration {
    fn from(body: CheckBody) -> Self {
        Self { service_id: body.service_id, token: body.token, ..body.common.into() }
    }
}

impl From<Common> for CheckRegistration {
    fn from(check: Common) -> Self {
        Self {
            id: check.id.0,
            name: check.name,
            notes: check.notes,
            service_id: String::new(),
            status: check.status,
            token: String::new(),
            script_args: check.script_args,
            http: check.http,
            header: check.header.unwrap_or_default(),
            method: check.method,
            body: check.body,
            disable_redirects: check.disable_redirects,
            tcp: check.tcp,
            udp: check.udp,
            grpc: check.grpc,
            grpc_use_tls: check.grpc_use_tls,
            h2ping: check.h2ping,
            h2ping_use_tls: check.h2ping_use_tls,
            os_service: check.os_service,
            docker_container_id: check.docker_container_id,
            shell: check.shell,
            alias_node: check.alias_node,
            alias_service: check.alias_service,
            tls_server_name: check.tls_server_name,
            tls_skip_verify: check.tls_skip_verify,
            interval: check.interval.0,
            timeout: check.timeout.0,
            ttl: check.ttl.0,
            success_before_passing: check.success_before_passing,
            failures_before_warning: check.failures_before_warning,
            failures_before_critical: check.failures_before_critical,
            deregister_critical_service_after: check.deregister_after.0,
            output_max_size: check.output_max_size,
        }
    }
}

/// The checks of a service; a list with a name of its own in Go.
#[derive(Clone, Debug, Default)]
pub(super) struct Several(pub(super) Vec<OfService>);

impl FromJson for Several {
    const READS_ITSELF: bool = true;

    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("structs.CheckTypes")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::List(_) => Vec::from_json(json).map(Self),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Id(String);

impl FromJson for Id {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("types.CheckID")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::Text(text) => Ok(Self(text.clone().into_owned())),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}
