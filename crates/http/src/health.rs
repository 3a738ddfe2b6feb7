//! `/v1/health/`: checks, and the instances of services with all checks that concern them.

use std::sync::Arc;

use proconsul_calls::catalog::Role;
use proconsul_calls::door::Door;
use proconsul_calls::health::Checks;
use proconsul_calls::read::{Answer, Consistency};
use proconsul_types::check::Check;

use crate::catalog::{CHECK, HEALTH, asked, discovered, of_node, selected, shown};
use crate::cx::Cx;
use crate::error::HttpError;
use crate::json;
use crate::reply::Reply;
use crate::selection::Selection;

pub(crate) async fn service<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    instances(cx, Role::Service).await
}

pub(crate) async fn connect<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    instances(cx, Role::Connect).await
}

pub(crate) async fn ingress<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    instances(cx, Role::Ingress).await
}

async fn instances<D: Door>(cx: &Cx<'_, D>, role: Role) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let mut asked = asked(cx, role)?;
    asked.passing = cx.passing()?;
    let selection = cx.selection(&HEALTH)?;
    let consistency = asked.options.consistency;
    let answer = cx.door.health_service(asked).await.map_err(HttpError::Read)?;
    Ok(shown(cx, consistency, &answer, &selection, json::service::with_checks))
}

pub(crate) async fn node<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let asked = of_node(cx)?;
    let selection = cx.selection(&CHECK)?;
    let consistency = asked.options.consistency;
    let answer = cx.door.health_node(asked).await.map_err(HttpError::Read)?;
    Ok(list(cx, consistency, &selection, answer))
}

pub(crate) async fn checks<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let asked = of(cx, "service name")?;
    let selection = cx.selection(&CHECK)?;
    let consistency = asked.options.consistency;
    let answer = cx.door.health_checks(asked).await.map_err(HttpError::Read)?;
    Ok(list(cx, consistency, &selection, answer))
}

pub(crate) async fn state<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let asked = of(cx, "check state")?;
    let selection = cx.selection(&CHECK)?;
    let consistency = asked.options.consistency;
    let answer = cx.door.health_state(asked).await.map_err(HttpError::Read)?;
    Ok(list(cx, consistency, &selection, answer))
}

/// The checks that the path asks for; `what` it has to name.
fn of<'a, D>(cx: &Cx<'a, D>, what: &'static str) -> Result<Checks<'a>, HttpError> {
    cx.default_namespace()?;
    let options = cx.read_options()?;
    if cx.rest.is_empty() {
        return Err(HttpError::Missing(what));
    }
    Ok(Checks { of: cx.rest, node_meta: cx.node_meta(), near: cx.near(), options })
}

fn list<D>(
    cx: &Cx<'_, D>,
    asked: Consistency,
    selection: &Selection,
    Answer { index, contact, value }: Answer<Vec<Arc<Check>>>,
) -> Reply {
    let list = selected(selection, value, |out, check| json::check::object(out, check));
    discovered(cx, asked, index, contact, list)
}
