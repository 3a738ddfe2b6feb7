//! `Health`: checks, and the instances of services with all checks that concern them.

use std::sync::Arc;

use proconsul_calls::catalog::OfNode;
use proconsul_calls::door::Door;
use proconsul_calls::health::Checks;
use proconsul_calls::read::Answer;
use proconsul_records::catalog::{self as records, ChecksInState, NodeSpecific, ServiceSpecific};
use proconsul_records::check::HealthCheck;
use proconsul_records::instance::CheckServiceNode;
use proconsul_records::options::{QueryMeta, reply};
use proconsul_records::shape::{CHECK, HEALTH};
use proconsul_records::{Read, Reply};
use proconsul_types::check::Check;

use crate::call;
use crate::catalog::instances;
use crate::refused::Refused;
use crate::select::{Selection, near, node_meta};

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "ChecksInState" => call!(door, request, in_state),
        "NodeChecks" => call!(door, request, of_node),
        "ServiceChecks" => call!(door, request, of_service),
        "ServiceNodes" => call!(door, request, service_nodes),
        _ => None,
    }
}

async fn in_state<D: Door>(door: &D, ask: Read<ChecksInState>) -> Result<Reply<records::HealthChecks>, Refused> {
    let Read { own, embedded } = ask;
    let selection = Selection::of(&embedded, &CHECK)?;
    let (near, options) = (near(&own.source), embedded.to_read(&own.datacenter));
    let asked = Checks { of: &own.state, node_meta: node_meta(own.node_meta_filters), near, options };
    Ok(list(&selection, door.health_state(asked).await?))
}

async fn of_node<D: Door>(door: &D, ask: Read<NodeSpecific>) -> Result<Reply<records::HealthChecks>, Refused> {
    let Read { own, embedded } = ask;
    let selection = Selection::of(&embedded, &CHECK)?;
    let asked = OfNode { node: &own.node, options: embedded.to_read(&own.datacenter) };
    Ok(list(&selection, door.health_node(asked).await?))
}

async fn of_service<D: Door>(door: &D, ask: Read<ServiceSpecific>) -> Result<Reply<records::HealthChecks>, Refused> {
    let Read { own, embedded } = ask;
    let selection = Selection::of(&embedded, &CHECK)?;
    let (near, options) = (near(&own.source), embedded.to_read(&own.datacenter));
    let asked = Checks { of: &own.service_name, node_meta: node_meta(own.node_meta_filters), near, options };
    Ok(list(&selection, door.health_checks(asked).await?))
}

fn list(selection: &Selection, answer: Answer<Vec<Arc<Check>>>) -> Reply<records::HealthChecks> {
    reply(answer, |checks| {
        let health_checks = selection.list::<_, HealthCheck>(checks.iter().map(|check| &**check));
        records::HealthChecks { health_checks }
    })
}

async fn service_nodes<D: Door>(
    door: &D,
    ask: Read<ServiceSpecific>,
) -> Result<Reply<records::CheckServiceNodes>, Refused> {
    if ask.own.service_name.is_empty() {
        return Err(Refused("Must provide service name".to_owned()));
    }
    let selection = Selection::of(&ask.embedded, &HEALTH)?;
    let Answer { index, contact, value } = door.health_service(instances(&ask)).await?;
    let nodes = selection.list::<_, CheckServiceNode>(value.iter());
    Ok(Reply { own: records::CheckServiceNodes { nodes }, embedded: QueryMeta::new(index, contact) })
}
