//! `Intention`: who may call whom in the mesh.

use std::sync::Arc;

use proconsul_calls::door::Door;
use proconsul_calls::error::CallError;
use proconsul_calls::intention::{Check, IntentionError, Match, Name, Which, WriteIntention};
use proconsul_records::catalog::DcSpecific;
use proconsul_records::intention::{
    self as records, IntentionAllowed, IntentionMatches, IntentionQuery, IntentionRequest, Intentions,
};
use proconsul_records::options::{name, reply};
use proconsul_records::shape::INTENTION;
use proconsul_records::{Read, Reply};
use proconsul_types::intention::{Intention, IntentionRecord};

use crate::call;
use crate::refused::Refused;
use crate::select::Selection;

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "Apply" => call!(door, request, apply),
        "Get" => call!(door, request, get),
        "List" => call!(door, request, list),
        "Match" => call!(door, request, matching),
        "Check" => call!(door, request, check),
        _ => None,
    }
}

/// Answers with the id of the intention.
async fn apply<D: Door>(door: &D, request: IntentionRequest) -> Result<String, Refused> {
    let intention = Intention::from(request.intention.unwrap_or_default());
    let (id, datacenter) = (intention.id.clone(), name(&request.datacenter));
    match &*request.op {
        "create" => return Ok(door.intention_create(WriteIntention { datacenter, intention }).await?),
        "update" => door.intention_update(WriteIntention { datacenter, intention }).await?,
        "delete" => door.intention_delete(datacenter, Which::Id(&id)).await?,
        op => return Err(Refused(format!("Invalid Intention operation: {op}"))),
    }
    Ok(id)
}

async fn get<D: Door>(door: &D, ask: Read<IntentionQuery>) -> Result<Reply<Intentions>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.intention_get(Which::Id(&ask.own.intention_id), options).await.map_err(|error| match error {
        // Whose fault that is, the agent says.
        CallError::Intention(IntentionError::ReadId(why)) => {
            Refused(format!("failed intention lookup: index error: {why}"))
        }
        other => other.into(),
    })?;
    Ok(reply(answer, |intention| Intentions { intentions: Some(vec![(&*intention).into()]) }))
}

async fn list<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<Reply<Intentions>, Refused> {
    let selection = Selection::of(&ask.embedded, &INTENTION)?;
    let answer = door.intention_list(ask.embedded.to_read(&ask.own.datacenter)).await?;
    Ok(reply(answer, |all| Intentions { intentions: Some(selection.from(intentions(&all))) }))
}

fn intentions(list: &[Arc<IntentionRecord>]) -> Vec<records::Intention> {
    list.iter().map(|intention| (&**intention).into()).collect()
}

async fn matching<D: Door>(door: &D, ask: Read<IntentionQuery>) -> Result<Reply<IntentionMatches>, Refused> {
    let Some(asked) = &ask.own.matching else { return Err(Refused("Match is required".to_owned())) };
    let names = asked.entries.iter().flatten();
    let names = names.map(|entry| Name { namespace: &entry.namespace, service: &entry.name }).collect();
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.intention_match(Match { by_source: asked.kind == "source", names, options }).await?;
    let one = |found: &Vec<_>| (!found.is_empty()).then(|| intentions(found));
    Ok(reply(answer, |found| IntentionMatches { matches: Some(found.iter().map(one).collect()) }))
}

async fn check<D: Door>(door: &D, ask: Read<IntentionQuery>) -> Result<IntentionAllowed, Refused> {
    let Some(asked) = &ask.own.check else {
        return Err(Refused("Check must be specified on args".to_owned()));
    };
    let check = Check {
        source: Name { namespace: &asked.source_ns, service: &asked.source_name },
        source_type: &asked.source_type,
        destination: Name { namespace: &asked.destination_ns, service: &asked.destination_name },
        options: ask.embedded.to_read(&ask.own.datacenter),
    };
    Ok(IntentionAllowed { allowed: door.intention_check(check).await? })
}
