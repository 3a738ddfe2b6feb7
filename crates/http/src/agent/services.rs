//! The services that this agent holds, and their coming and going.

use hyper::StatusCode;
use proconsul_calls::agent::{AgentError, LocalCalls, RegistrationError};
use proconsul_calls::door::Door;
use proconsul_types::registration::ServiceRegistration;

use super::error::AgentRefusal;
use super::register::ServiceBody;
use crate::body::BodyLimit;
use crate::catalog;
use crate::cx::Cx;
use crate::decode::DecodeError;
use crate::error::HttpError;
use crate::json;
use crate::query;
use crate::reply::{self, Reply};
use crate::selection::Selection;

/// `GET /v1/agent/services`: by id.
pub(crate) async fn services<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let selection = Selection::of(&cx.query, &catalog::SERVICE).map_err(AgentRefusal::Filter)?;
    let services = cx.door.agent().services();
    let wanted =
        services.iter().filter(|service| selection.has_written(|out| json::agent::service(out, service, None)));
    Ok(cx.json(by_id(wanted, |service| &service.id, |out, service| json::agent::service(out, service, None))))
}

/// `PUT /v1/agent/service/register`.
pub(crate) async fn register_service<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let body: ServiceBody = cx.decoded(BodyLimit::ANY, unreadable).await?;
    let mut service = ServiceRegistration::try_from(body)?;
    own(&mut service.token, cx.token());
    let replace_existing_checks = cx.query.get("replace-existing-checks").is_some_and(is_said);
    let registered = cx.door.agent().register_service(service, replace_existing_checks).await;
    registered.map_err(|error| match error {
        // Consul finds these later than all others, and tells them in another way.
        AgentError::Registration(mistake @ (RegistrationError::SidecarCheck(_) | RegistrationError::Sidecar(_))) => {
            AgentRefusal::Sidecar(mistake).into()
        }
        error => HttpError::Agent(error),
    })?;
    Ok(reply::empty(StatusCode::OK))
}

/// `PUT /v1/agent/service/deregister/ID`.
pub(crate) async fn deregister_service<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    cx.door.agent().deregister_service(cx.rest).await?;
    Ok(reply::empty(StatusCode::OK))
}

/// A body that is not what was expected.
pub(super) fn unreadable(error: DecodeError) -> HttpError {
    AgentRefusal::Decode(error).into()
}

/// What a request registers it registers with its own token.
pub(super) fn own(token: &mut String, of_request: &str) {
    if !of_request.is_empty() {
        of_request.clone_into(token);
    }
}

/// A flag is set by its name alone, or by a word for yes.
fn is_said(value: &str) -> bool {
    value.is_empty() || query::truth(value) == Some(true)
}

/// Records by their ids, which come in order.
pub(super) fn by_id<T>(
    records: impl Iterator<Item = T>,
    id: impl Fn(&T) -> &str,
    write: impl Fn(&mut Vec<u8>, &T),
) -> Vec<u8> {
    let mut out = vec![b'{'];
    for (place, record) in records.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        json::string(&mut out, id(&record));
        out.push(b':');
        write(&mut out, &record);
    }
    out.push(b'}');
    out
}
