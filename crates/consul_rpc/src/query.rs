//! `PreparedQuery`: kept, explained, executed. Queries of other datacenters' servers are not executed: there is one datacenter.

use proconsul_calls::door::Door;
use proconsul_calls::query::{Execute, GetQuery, WriteQuery};
use proconsul_calls::read::ReadOptions;
use proconsul_records::catalog::DcSpecific;
use proconsul_records::options::{name, reply};
use proconsul_records::query::{
    Explained, PreparedQueries, PreparedQueryExecute, PreparedQueryExecuted, PreparedQueryRequest,
    PreparedQuerySpecific,
};
use proconsul_records::{Read, Reply};

use crate::call;
use crate::refused::Refused;
use crate::select::address;

/// The node that stands for the agent that was asked.
const BY_AGENT: &str = "_agent";

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "Apply" => call!(door, request, apply),
        "Get" => call!(door, request, get),
        "List" => call!(door, request, list),
        "Explain" => call!(door, request, explain),
        "Execute" => call!(door, request, execute),
        _ => None,
    }
}

/// Answers with the id of the query.
async fn apply<D: Door>(door: &D, request: PreparedQueryRequest) -> Result<String, Refused> {
    let query = proconsul_types::query::PreparedQuery::from(request.query.unwrap_or_default());
    let (id, datacenter) = (query.id.clone(), name(&request.datacenter));
    match &*request.op {
        "create" => return Ok(door.query_create(WriteQuery { datacenter, query }).await?),
        "update" => door.query_update(WriteQuery { datacenter, query }).await?,
        "delete" => door.query_delete(datacenter, &id).await?,
        op => return Err(Refused(format!("Unknown prepared query operation: {op}"))),
    }
    Ok(id)
}

async fn get<D: Door>(door: &D, ask: Read<PreparedQuerySpecific>) -> Result<Reply<PreparedQueries>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.query_get(GetQuery { name: &ask.own.query_id, options }).await?;
    Ok(reply(answer, |query| PreparedQueries { queries: Some(vec![(*query).clone().into()]) }))
}

async fn list<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<Reply<PreparedQueries>, Refused> {
    let answer = door.query_list(ask.embedded.to_read(&ask.own.datacenter)).await?;
    let records = |query: &std::sync::Arc<proconsul_types::query::PreparedQuery>| (**query).clone().into();
    Ok(reply(answer, |queries| PreparedQueries { queries: Some(queries.iter().map(records).collect()) }))
}

async fn explain<D: Door>(door: &D, ask: Read<PreparedQueryExecute>) -> Result<Reply<Explained>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.query_explain(GetQuery { name: &ask.own.query_id_or_name, options }).await?;
    Ok(without_index(reply(answer, |query| Explained { query: query.into() })))
}

async fn execute<D: Door>(door: &D, ask: Read<PreparedQueryExecute>) -> Result<Reply<PreparedQueryExecuted>, Refused> {
    let Read { own, embedded } = &ask;
    let options = embedded.to_read(&own.datacenter);
    let near = nearest_to(door, own, &options).await?;
    let answer = door
        .query_execute(Execute {
            name: &own.query_id_or_name,
            limit: usize::try_from(own.limit).unwrap_or(0),
            connect: own.connect,
            near: &near,
            source: address(&own.source),
            options,
        })
        .await?;
    Ok(without_index(reply(answer, Into::into)))
}

/// Nobody can wait for what a query finds, so there is no index to wait on.
fn without_index<T>(mut reply: Reply<T>) -> Reply<T> {
    reply.embedded.index = 0;
    reply
}

/// Whose neighbours come first. A query that says the agent's means the agent that was asked, which is not this server.
async fn nearest_to<D: Door>(door: &D, own: &PreparedQueryExecute, options: &ReadOptions) -> Result<String, Refused> {
    let node = &own.source.node;
    if node == BY_AGENT {
        return Ok(own.agent.node.clone());
    }
    if !node.is_empty() || own.agent.node.is_empty() {
        return Ok(node.clone());
    }
    let explained = door.query_explain(GetQuery { name: &own.query_id_or_name, options: options.clone() }).await;
    match explained {
        Ok(answer) if answer.value.service.near == BY_AGENT => Ok(own.agent.node.clone()),
        // What is wrong with the query is told when it is executed.
        Ok(_) | Err(_) => Ok(String::new()),
    }
}
