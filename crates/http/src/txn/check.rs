//! A check in a transaction, as Go's client writes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::check::{Check, CheckDefinition};
use proconsul_types::node::Text;
use proconsul_types::txn::Op;

use super::body::{OfCheck, verb};
use crate::decode::{Named, Nanos, ReadableNanos, record};

#[derive(Debug, Default)]
pub(super) struct CheckOperation {
    verb: Named<OfCheck>,
    check: CheckBody,
}

record!(CheckOperation, "api.CheckTxnOp", strict { "Verb" => verb, "Check" => check });

/// The type is taken and not looked at: Consul's transactions drop it.
#[derive(Debug, Default)]
struct CheckBody {
    node: Text,
    id: Text,
    name: Text,
    status: Text,
    notes: Text,
    output: Text,
    service_id: Text,
    service_name: Text,
    service_tags: Arc<[Text]>,
    kind: Text,
    namespace: Text,
    definition: DefinitionBody,
    create_index: u64,
    modify_index: u64,
}

record!(CheckBody, "api.HealthCheck", strict {
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
    "Namespace" => namespace,
    "Definition" => definition,
    "CreateIndex" => create_index,
    "ModifyIndex" => modify_index,
});

#[derive(Debug, Default)]
struct DefinitionBody {
    http: String,
    header: Option<BTreeMap<String, Option<Vec<String>>>>,
    method: String,
    body: String,
    tls_skip_verify: bool,
    tcp: String,
    interval: ReadableNanos,
    timeout: ReadableNanos,
    deregister_after: ReadableNanos,
    newer_interval: Option<Nanos>,
    newer_timeout: Option<Nanos>,
    newer_deregister_after: Option<Nanos>,
}

record!(
    DefinitionBody,
    "struct { IntervalDuration interface {}; TimeoutDuration interface {}; DeregisterCriticalServiceAfterDuration interface {}; *api.Alias }",
    itself lenient {
        "HTTP" => http,
        "Header" => header,
        "Method" => method,
        "Body" => body,
        "TLSSkipVerify" => tls_skip_verify,
        "TCP" => tcp,
        "Interval" => interval,
        "Timeout" => timeout,
        "DeregisterCriticalServiceAfter" => deregister_after,
        "IntervalDuration" => newer_interval,
        "TimeoutDuration" => newer_timeout,
        "DeregisterCriticalServiceAfterDuration" => newer_deregister_after,
    }
);

impl From<DefinitionBody> for CheckDefinition {
    fn from(body: DefinitionBody) -> Self {
        let newer = |newer: Option<Nanos>, ReadableNanos(older)| newer.map_or(older, |Nanos(nanos)| nanos);
        Self {
            http: body.http,
            header: body.header.filter(|header| !header.is_empty()),
            method: body.method,
            body: body.body,
            tls_skip_verify: body.tls_skip_verify,
            tcp: body.tcp,
            interval: newer(body.newer_interval, body.interval),
            timeout: newer(body.newer_timeout, body.timeout),
            deregister_critical_service_after: newer(body.newer_deregister_after, body.deregister_after),
            ..Self::default()
        }
    }
}

impl From<CheckOperation> for Op {
    fn from(CheckOperation { verb: word, check }: CheckOperation) -> Self {
        let definition = CheckDefinition::from(check.definition);
        let check = Check {
            node: check.node,
            id: check.id,
            name: check.name,
            status: check.status,
            notes: check.notes,
            output: check.output,
            service_id: check.service_id,
            service_name: check.service_name,
            service_tags: check.service_tags,
            kind: Text::default(),
            definition: (definition != CheckDefinition::default()).then(|| Arc::new(definition)),
            create_index: Index(check.create_index),
            modify_index: Index(check.modify_index),
        };
        Self::Check(verb(word), check)
    }
}
