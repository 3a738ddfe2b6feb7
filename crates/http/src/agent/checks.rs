//! The checks that this agent holds, their coming and going, and what it is told about them.

use hyper::StatusCode;
use proconsul_calls::agent::{Applied, LocalCalls};
use proconsul_calls::door::Door;
use proconsul_filter::FilterError;
use proconsul_types::check::{CRITICAL, PASSING, WARNING};
use proconsul_types::registration::CheckRegistration;

use super::error::AgentRefusal;
use super::register::CheckBody;
use super::services::{by_id, own, unreadable};
use crate::body::BodyLimit;
use crate::catalog;
use crate::cx::Cx;
use crate::decode::record;
use crate::error::HttpError;
use crate::json;
use crate::reply::{self, Reply};
use crate::selection::Selection;

/// `GET /v1/agent/checks`: by id.
pub(crate) async fn checks<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let checks = cx.door.agent().checks();
    let selection = match Selection::of(&cx.query, &catalog::CHECK) {
        Ok(selection) => selection,
        Err(error) => match unfit(&error) {
            // Consul looks whether a filter fits only when there is something to look at.
            Some(_) if checks.is_empty() => return Ok(cx.json(b"{}".to_vec())),
            Some(told) => return Err(AgentRefusal::UnfitFilter(told).into()),
            None => return Err(AgentRefusal::Filter(error).into()),
        },
    };
    let wanted = checks.iter().filter(|check| selection.has_written(|out| json::check::object(out, check)));
    Ok(cx.json(by_id(wanted, |check| &check.id, |out, check| json::check::object(out, check))))
}

/// What is told of a filter that can be read, but does not fit; `None` for one that cannot be read.
fn unfit(error: &FilterError) -> Option<String> {
    match error {
        FilterError::Syntax(_) | FilterError::TooLong | FilterError::TooDeep | FilterError::TooManyPatterns => None,
        unfit => Some(unfit.reason()),
    }
}

/// `PUT /v1/agent/check/register`.
pub(crate) async fn register_check<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let body: CheckBody = cx.decoded(BodyLimit::ANY, unreadable).await?;
    let mut check = CheckRegistration::from(body);
    own(&mut check.token, cx.token());
    cx.door.agent().register_check(check).await?;
    Ok(reply::empty(StatusCode::OK))
}

/// `PUT /v1/agent/check/deregister/ID`.
pub(crate) async fn deregister_check<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    cx.door.agent().deregister_check(cx.rest).await?;
    Ok(reply::empty(StatusCode::OK))
}

/// `PUT /v1/agent/check/pass/ID`.
pub(crate) async fn pass<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    noted(cx, PASSING).await
}

/// `PUT /v1/agent/check/warn/ID`.
pub(crate) async fn warn<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    noted(cx, WARNING).await
}

/// `PUT /v1/agent/check/fail/ID`.
pub(crate) async fn fail<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    noted(cx, CRITICAL).await
}

async fn noted<D: Door>(cx: &Cx<'_, D>, status: &str) -> Result<Reply, HttpError> {
    let output = cx.query.get("note").unwrap_or_default().to_owned();
    told(cx, Applied { status: status.to_owned(), output }).await
}

/// What a check is told.
#[derive(Clone, Debug, Default)]
struct Update {
    status: String,
    output: String,
}

record!(Update, "agent.checkUpdate", strict { "Status" => status, "Output" => output });

/// `PUT /v1/agent/check/update/ID`.
pub(crate) async fn update<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let Update { status, output } = cx.decoded(BodyLimit::ANY, unreadable).await?;
    if !matches!(&*status, PASSING | WARNING | CRITICAL) {
        return Err(AgentRefusal::CheckStatus(status).into());
    }
    told(cx, Applied { status, output }).await
}

async fn told<D: Door>(cx: &Cx<'_, D>, told: Applied) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    cx.door.agent().update_ttl(cx.rest, told).await?;
    Ok(reply::empty(StatusCode::OK))
}
