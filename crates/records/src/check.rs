//! Health checks.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::check as types;
use proconsul_types::node::Text;
use serde::{Deserialize, Serialize};

/// A check (`HealthCheck`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HealthCheck {
    /// Its id.
    #[serde(rename = "CheckID")]
    pub check_id: Text,
    /// The write that made it.
    pub create_index: u64,
    /// How it is carried out.
    pub definition: HealthCheckDefinition,
    /// The last write that changed it.
    pub modify_index: u64,
    /// Its name.
    pub name: Text,
    /// Its node.
    pub node: Text,
    /// For people to read.
    pub notes: Text,
    /// What it printed.
    pub output: Text,
    /// Its service; empty for a check of the node.
    #[serde(rename = "ServiceID")]
    pub service_id: Text,
    /// That service's name.
    pub service_name: Text,
    /// That service's tags.
    pub service_tags: Option<Arc<[Text]>>,
    /// Its status.
    pub status: Text,
    /// What kind of check it is.
    #[serde(rename = "Type")]
    pub kind: Text,
}

impl From<&types::Check> for HealthCheck {
    fn from(check: &types::Check) -> Self {
        Self {
            check_id: Arc::clone(&check.id),
            create_index: check.create_index.0,
            definition: check.definition.as_deref().map(HealthCheckDefinition::from).unwrap_or_default(),
            modify_index: check.modify_index.0,
            name: Arc::clone(&check.name),
            node: Arc::clone(&check.node),
            notes: Arc::clone(&check.notes),
            output: Arc::clone(&check.output),
            service_id: Arc::clone(&check.service_id),
            service_name: Arc::clone(&check.service_name),
            service_tags: some_texts(&check.service_tags),
            status: Arc::clone(&check.status),
            kind: Arc::clone(&check.kind),
        }
    }
}

impl From<HealthCheck> for types::Check {
    fn from(check: HealthCheck) -> Self {
        let definition = types::CheckDefinition::from(check.definition);
        Self {
            node: check.node,
            id: check.check_id,
            name: check.name,
            status: check.status,
            notes: check.notes,
            output: check.output,
            service_id: check.service_id,
            service_name: check.service_name,
            service_tags: check.service_tags.unwrap_or_default(),
            kind: check.kind,
            definition: (definition != types::CheckDefinition::default()).then(|| Arc::new(definition)),
            create_index: Index(check.create_index),
            modify_index: Index(check.modify_index),
        }
    }
}

/// How a check is carried out (`HealthCheckDefinition`). Lengths of time are in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "each is described in proconsul_types::check::CheckDefinition")]
pub struct HealthCheckDefinition {
    pub alias_node: String,
    pub alias_service: String,
    pub body: String,
    pub deregister_critical_service_after: i64,
    #[serde(rename = "DockerContainerID")]
    pub docker_container_id: String,
    #[serde(rename = "GRPC")]
    pub grpc: String,
    #[serde(rename = "GRPCUseTLS")]
    pub grpc_use_tls: bool,
    #[serde(rename = "HTTP")]
    pub http: String,
    pub header: Option<BTreeMap<String, Option<Vec<String>>>>,
    pub interval: i64,
    pub method: String,
    pub output_max_size: u64,
    pub script_args: Option<Vec<String>>,
    pub shell: String,
    #[serde(rename = "TCP")]
    pub tcp: String,
    #[serde(rename = "TLSSkipVerify")]
    pub tls_skip_verify: bool,
    #[serde(rename = "TTL")]
    pub ttl: i64,
    pub timeout: i64,
}

impl From<&types::CheckDefinition> for HealthCheckDefinition {
    fn from(definition: &types::CheckDefinition) -> Self {
        let types::CheckDefinition {
            http,
            tls_skip_verify,
            header,
            method,
            body,
            tcp,
            interval,
            output_max_size,
            timeout,
            deregister_critical_service_after,
            script_args,
            docker_container_id,
            shell,
            grpc,
            grpc_use_tls,
            alias_node,
            alias_service,
            ttl,
        } = definition.clone();
        Self {
            alias_node,
            alias_service,
            body,
            deregister_critical_service_after,
            docker_container_id,
            grpc,
            grpc_use_tls,
            http,
            header,
            interval,
            method,
            output_max_size,
            script_args: (!script_args.is_empty()).then_some(script_args),
            shell,
            tcp,
            tls_skip_verify,
            ttl,
            timeout,
        }
    }
}

impl From<HealthCheckDefinition> for types::CheckDefinition {
    fn from(definition: HealthCheckDefinition) -> Self {
        let HealthCheckDefinition { alias_node, alias_service, body, deregister_critical_service_after, .. } =
            definition;
        Self {
            http: definition.http,
            tls_skip_verify: definition.tls_skip_verify,
            header: definition.header,
            method: definition.method,
            body,
            tcp: definition.tcp,
            interval: definition.interval,
            output_max_size: definition.output_max_size,
            timeout: definition.timeout,
            deregister_critical_service_after,
            script_args: definition.script_args.unwrap_or_default(),
            docker_container_id: definition.docker_container_id,
            shell: definition.shell,
            grpc: definition.grpc,
            grpc_use_tls: definition.grpc_use_tls,
            alias_node,
            alias_service,
            ttl: definition.ttl,
        }
    }
}

/// A list that is nil when it is empty, as Go's lists are until something is put into them.
pub(crate) fn some_texts(texts: &Arc<[Text]>) -> Option<Arc<[Text]>> {
    (!texts.is_empty()).then(|| Arc::clone(texts))
}
