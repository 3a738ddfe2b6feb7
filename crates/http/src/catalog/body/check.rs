//! A check in a body.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::check::{Check, CheckDefinition};

use crate::decode::{DecodeError, FromJson, Json, Nanos, record};

/// A check of a registration.
#[derive(Clone, Debug, Default)]
pub(crate) struct CheckBody {
    node: Arc<str>,
    id: CheckId,
    name: Arc<str>,
    status: Arc<str>,
    notes: Arc<str>,
    output: Arc<str>,
    service_id: Arc<str>,
    service_name: Arc<str>,
    service_tags: Arc<[Arc<str>]>,
    kind: Arc<str>,
    definition: DefinitionBody,
    create_index: u64,
    modify_index: u64,
}

record!(CheckBody, "structs.HealthCheck", strict {
    "Node" => node,
    "CheckID" => id,
    "Name" => name,
    "Status" => status,
    "Notes" => notes,
    "Output" => output,
    "ServiceID" => service_id,
    "ServiceName" => service_name,
    "ServiceTags" => service_tags,
    "Type" => kind,
    "Definition" => definition,
    "CreateIndex" => create_index,
    "ModifyIndex" => modify_index,
});

impl From<CheckBody> for Check {
    fn from(body: CheckBody) -> Self {
        let definition = CheckDefinition::from(body.definition);
        Self {
            node: body.node,
            id: body.id.0,
            name: body.name,
            status: body.status,
            notes: body.notes,
            output: body.output,
            service_id: body.service_id,
            service_name: body.service_name,
            service_tags: body.service_tags,
            kind: body.kind,
            definition: (definition != CheckDefinition::default()).then(|| Arc::new(definition)),
            create_index: Index(body.create_index),
            modify_index: Index(body.modify_index),
        }
    }
}

#[derive(Clone, Debug, Default)]
struct DefinitionBody {
    http: String,
    tls_skip_verify: bool,
    header: Option<BTreeMap<String, Option<Vec<String>>>>,
    method: String,
    body: String,
    tcp: String,
    interval: Nanos,
    output_max_size: u64,
    timeout: Nanos,
    deregister_after: Nanos,
    script_args: Vec<String>,
    docker_container_id: String,
    shell: String,
    grpc: String,
    grpc_use_tls: bool,
    alias_node: String,
    alias_service: String,
    ttl: Nanos,
}

record!(
    DefinitionBody,
    "struct { Interval interface {}; Timeout interface {}; DeregisterCriticalServiceAfter interface {}; TTL interface {}; *structs.Alias }",
    itself lenient {
        "HTTP" => http,
        "TLSSkipVerify" => tls_skip_verify,
        "Header" => header,
        "Method" => method,
        "Body" => body,
        "TCP" => tcp,
        "Interval" => interval,
        "OutputMaxSize" => output_max_size,
        "Timeout" => timeout,
        "DeregisterCriticalServiceAfter" => deregister_after,
        "ScriptArgs" => script_args,
        "DockerContainerID" => docker_container_id,
        "Shell" => shell,
        "GRPC" => grpc,
        "GRPCUseTLS" => grpc_use_tls,
        "AliasNode" => alias_node,
        "AliasService" => alias_service,
        "TTL" => ttl,
    }
);

impl From<DefinitionBody> for CheckDefinition {
    fn from(body: DefinitionBody) -> Self {
        Self {
            http: body.http,
            tls_skip_verify: body.tls_skip_verify,
            header: body.header.filter(|header| !header.is_empty()),
            method: body.method,
            body: body.body,
            tcp: body.tcp,
            interval: body.interval.0,
            output_max_size: body.output_max_size,
            timeout: body.timeout.0,
            deregister_critical_service_after: body.deregister_after.0,
            script_args: body.script_args,
            docker_container_id: body.docker_container_id,
            shell: body.shell,
            grpc: body.grpc,
            grpc_use_tls: body.grpc_use_tls,
            alias_node: body.alias_node,
            alias_service: body.alias_service,
            ttl: body.ttl.0,
        }
    }
}

/// Several checks; a list with a name of its own in Go.
#[derive(Clone, Debug, Default)]
pub(super) struct Checks(pub(super) Vec<CheckBody>);

impl FromJson for Checks {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("structs.HealthChecks")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::List(_) => Vec::from_json(json).map(Self),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}

#[derive(Clone, Debug, Default)]
struct CheckId(Arc<str>);

impl FromJson for CheckId {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("types.CheckID")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::Text(text) => Ok(Self(Arc::from(&**text))),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}
