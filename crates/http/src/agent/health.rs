//! How services of this agent are, told by the status of the answer: for load balancers that ask nothing else.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::ACCEPT;
use proconsul_calls::agent::LocalCalls;
use proconsul_calls::door::Door;
use proconsul_types::check::{CRITICAL, Check, NODE_MAINTENANCE, PASSING, SERVICE_MAINTENANCE, WARNING};

use super::error::AgentRefusal;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::json::{self, parts};
use crate::reply::{self, Reply};

/// What all checks together say; worse is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Health {
    Passing,
    Warning,
    Critical,
    Maintenance,
}

impl Health {
    /// Of these checks.
    fn of(checks: &[&Check]) -> Self {
        checks.iter().map(|check| Self::by(check)).max().unwrap_or(Self::Passing)
    }

    fn by(check: &Check) -> Self {
        if &*check.id == NODE_MAINTENANCE || check.id.starts_with(SERVICE_MAINTENANCE) {
            return Self::Maintenance;
        }
        match &*check.status {
            PASSING => Self::Passing,
            WARNING => Self::Warning,
            _ => Self::Critical,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Passing => PASSING,
            Self::Warning => WARNING,
            Self::Critical => CRITICAL,
            Self::Maintenance => "maintenance",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::Passing => StatusCode::OK,
            Self::Warning => StatusCode::TOO_MANY_REQUESTS,
            Self::Critical | Self::Maintenance => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// `GET /v1/agent/health/service/id/ID`.
pub(crate) async fn by_id<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    if cx.rest.is_empty() {
        return Err(AgentRefusal::HealthOfNoId.into());
    }
    let agent = cx.door.agent();
    let services = agent.services();
    let Some(service) = services.iter().find(|service| *service.id == *cx.rest) else {
        let reason = format!("ServiceId {} not found", cx.rest);
        // Asked for a word, Consul still answers in JSON here.
        let reply = if wants_word(cx) { cx.record(&reason)? } else { cx.json(json::agent::NO_HEALTH.to_vec()) };
        return Ok(reply::with_reason(reply, StatusCode::NOT_FOUND, &reason));
    };
    let checks = agent.checks();
    let concerned = concerned(&checks, &service.id);
    let health = Health::of(&concerned);
    let mut out = Vec::new();
    json::agent::health(&mut out, health.word(), service, &concerned);
    Ok(told(cx, health, out))
}

/// `GET /v1/agent/health/service/name/NAME`: of all instances; the worst one makes the status.
pub(crate) async fn by_name<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    if cx.rest.is_empty() {
        return Err(AgentRefusal::HealthOfNoName.into());
    }
    let agent = cx.door.agent();
    let (services, checks) = (agent.services(), agent.checks());
    let named = services.iter().filter(|service| *service.name == *cx.rest);
    let instances: Vec<_> = named.map(|service| (service, concerned(&checks, &service.id))).collect();
    let Some(worst) = instances.iter().map(|(_, checks)| Health::of(checks)).max() else {
        let reason = format!("ServiceName {} Not Found", cx.rest);
        let reply = if wants_word(cx) { reply::word(reason.clone()) } else { cx.json(b"[]".to_vec()) };
        return Ok(reply::with_reason(reply, StatusCode::NOT_FOUND, &reason));
    };
    let mut out = Vec::new();
    parts::array(&mut out, &instances, |out, (service, checks)| {
        json::agent::health(out, Health::of(checks).word(), service, checks);
    });
    Ok(told(cx, worst, out))
}

/// The checks of a service and those of the node.
fn concerned<'c>(checks: &'c [Arc<Check>], id: &str) -> Vec<&'c Check> {
    checks
        .iter()
        .map(|check| &**check)
        .filter(|check| check.service_id.is_empty() || *check.service_id == *id)
        .collect()
}

fn told<D>(cx: &Cx<'_, D>, health: Health, list: Vec<u8>) -> Reply {
    let reply = if wants_word(cx) { reply::word(health.word().to_owned()) } else { cx.json(list) };
    reply::with_reason(reply, health.status(), health.word())
}

/// Whether the answer is to be one word.
fn wants_word<D>(cx: &Cx<'_, D>) -> bool {
    let accepted = cx.headers.get(ACCEPT).and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| accepted.starts_with("text/plain")) || cx.query.get("format") == Some("text")
}
