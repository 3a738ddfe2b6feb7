//! How a check is carried out, in Go's names (`CheckType`).

use std::collections::BTreeMap;

use proconsul_base::text::duration;
use proconsul_types::registration::CheckRegistration;
use serde::{Deserialize, Deserializer, Serialize, de};

/// The record. What each field means is written in [`CheckRegistration`].
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct CheckType {
    #[serde(rename = "CheckID")]
    check_id: String,
    name: String,
    status: String,
    notes: String,
    script_args: Option<Vec<String>>,
    #[serde(rename = "HTTP")]
    http: String,
    header: Option<BTreeMap<String, Option<Vec<String>>>>,
    method: String,
    body: String,
    disable_redirects: bool,
    #[serde(rename = "TCP")]
    tcp: String,
    #[serde(rename = "UDP")]
    udp: String,
    #[serde(deserialize_with = "nanoseconds")]
    interval: i64,
    alias_node: String,
    alias_service: String,
    #[serde(rename = "DockerContainerID")]
    docker_container_id: String,
    shell: String,
    #[serde(rename = "GRPC")]
    grpc: String,
    #[serde(rename = "GRPCUseTLS")]
    grpc_use_tls: bool,
    #[serde(rename = "H2PING")]
    h2ping: String,
    #[serde(rename = "H2PingUseTLS")]
    h2ping_use_tls: Option<bool>,
    #[serde(rename = "OSService")]
    os_service: String,
    #[serde(rename = "TLSServerName")]
    tls_server_name: String,
    #[serde(rename = "TLSSkipVerify")]
    tls_skip_verify: bool,
    #[serde(deserialize_with = "nanoseconds")]
    timeout: i64,
    #[serde(rename = "TTL", deserialize_with = "nanoseconds")]
    ttl: i64,
    success_before_passing: i64,
    failures_before_warning: i64,
    failures_before_critical: i64,
    #[serde(deserialize_with = "nanoseconds")]
    deregister_critical_service_after: i64,
    output_max_size: i64,
}

/// A number, or text in Go's form as later versions write it.
fn nanoseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Length {
        Nanoseconds(i64),
        Text(String),
    }
    match Length::deserialize(deserializer)? {
        Length::Nanoseconds(nanoseconds) => Ok(nanoseconds),
        Length::Text(text) if text.is_empty() => Ok(0),
        Length::Text(text) => duration::parse_signed(&text).map_err(de::Error::custom),
    }
}

impl From<&CheckRegistration> for CheckType {
    fn from(how: &CheckRegistration) -> Self {
        let how = how.clone();
        Self {
            check_id: how.id,
            name: how.name,
            status: how.status,
            notes: how.notes,
            script_args: Some(how.script_args),
            http: how.http,
            header: Some(how.header.into_iter().map(|(name, values)| (name, Some(values))).collect()),
            method: how.method,
            body: how.body,
            disable_redirects: how.disable_redirects,
            tcp: how.tcp,
            udp: how.udp,
            interval: how.interval,
            alias_node: how.alias_node,
            alias_service: how.alias_service,
            docker_container_id: how.docker_container_id,
            shell: how.shell,
            grpc: how.grpc,
            grpc_use_tls: how.grpc_use_tls,
            h2ping: how.h2ping,
            h2ping_use_tls: how.h2ping_use_tls,
            os_service: how.os_service,
            tls_server_name: how.tls_server_name,
            tls_skip_verify: how.tls_skip_verify,
            timeout: how.timeout,
            ttl: how.ttl,
            success_before_passing: how.success_before_passing,
            failures_before_warning: how.failures_before_warning,
            failures_before_critical: how.failures_before_critical,
            deregister_critical_service_after: how.deregister_critical_service_after,
            output_max_size: how.output_max_size,
        }
    }
}

impl CheckType {
    /// The same as what a user registers, for this service.
    pub(super) fn registration(self, service_id: &str) -> CheckRegistration {
        let header = self.header.unwrap_or_default();
        CheckRegistration {
            id: self.check_id,
            name: self.name,
            notes: self.notes,
            service_id: service_id.to_owned(),
            status: self.status,
            token: String::new(),
            script_args: self.script_args.unwrap_or_default(),
            http: self.http,
            header: header.into_iter().map(|(name, values)| (name, values.unwrap_or_default())).collect(),
            method: self.method,
            body: self.body,
            disable_redirects: self.disable_redirects,
            tcp: self.tcp,
            udp: self.udp,
            grpc: self.grpc,
            grpc_use_tls: self.grpc_use_tls,
            h2ping: self.h2ping,
            h2ping_use_tls: self.h2ping_use_tls,
            os_service: self.os_service,
            docker_container_id: self.docker_container_id,
            shell: self.shell,
            alias_node: self.alias_node,
            alias_service: self.alias_service,
            tls_server_name: self.tls_server_name,
            tls_skip_verify: self.tls_skip_verify,
            interval: self.interval,
            timeout: self.timeout,
            ttl: self.ttl,
            success_before_passing: self.success_before_passing,
            failures_before_warning: self.failures_before_warning,
            failures_before_critical: self.failures_before_critical,
            deregister_critical_service_after: self.deregister_critical_service_after,
            output_max_size: self.output_max_size,
        }
    }
}
