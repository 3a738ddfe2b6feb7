//! `Session`: made, shown, renewed, destroyed.

use std::sync::Arc;

use proconsul_calls::door::Door;
use proconsul_calls::read::Answer;
use proconsul_calls::session::{ById, Create, Info, OfNode};
use proconsul_records::catalog::NodeSpecific;
use proconsul_records::options::{QueryMeta, name, reply};
use proconsul_records::session::{SessionRequest, SessionSpecific, Sessions};
use proconsul_records::{Read, Reply};
use proconsul_types::session::Session;

use crate::call;
use crate::refused::Refused;

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "Apply" => call!(door, request, apply),
        "Get" => call!(door, request, get),
        "List" => call!(door, request, list),
        "NodeSessions" => call!(door, request, of_node),
        "Renew" => call!(door, request, renew),
        _ => None,
    }
}

/// Answers with the id of a new session, and with nothing for one that is destroyed.
async fn apply<D: Door>(door: &D, request: SessionRequest) -> Result<String, Refused> {
    match &*request.op {
        "create" => Ok(door.session_create(Create::from(request)).await?.to_string()),
        "destroy" if request.session.id.is_empty() => Err(Refused("Must provide ID".to_owned())),
        "destroy" => {
            let destroy = ById { datacenter: name(&request.datacenter), id: &request.session.id };
            door.session_destroy(destroy).await?;
            Ok(String::new())
        }
        op => Err(Refused(format!("Invalid session operation '{op}'"))),
    }
}

async fn get<D: Door>(door: &D, ask: Read<SessionSpecific>) -> Result<Reply<Sessions>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    Ok(shown(door.session_info(Info { id: ask.own.id(), options }).await?))
}

async fn list<D: Door>(door: &D, ask: Read<SessionSpecific>) -> Result<Reply<Sessions>, Refused> {
    Ok(shown(door.session_list(ask.embedded.to_read(&ask.own.datacenter)).await?))
}

async fn of_node<D: Door>(door: &D, ask: Read<NodeSpecific>) -> Result<Reply<Sessions>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    Ok(shown(door.session_node(OfNode { node: &ask.own.node, options }).await?))
}

fn shown(answer: Answer<Vec<Arc<Session>>>) -> Reply<Sessions> {
    reply(answer, |sessions| records(&sessions))
}

fn records(sessions: &[Arc<Session>]) -> Sessions {
    let records = sessions.iter().map(|session| (&**session).into());
    Sessions { sessions: (!sessions.is_empty()).then(|| records.collect()) }
}

async fn renew<D: Door>(door: &D, ask: Read<SessionSpecific>) -> Result<Reply<Sessions>, Refused> {
    let renewed = door.session_renew(ById { datacenter: name(&ask.own.datacenter), id: ask.own.id() }).await?;
    let index = renewed.as_ref().map_or(0, |session| session.modify_index.0);
    Ok(Reply { own: records(renewed.as_slice()), embedded: QueryMeta { index, ..QueryMeta::default() } })
}
