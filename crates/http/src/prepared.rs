//! `/v1/query`: prepared queries.

mod answer;
mod body;

use std::net::IpAddr;
use std::sync::Arc;

use hyper::{Method, StatusCode};
use proconsul_calls::door::Door;
use proconsul_calls::error::CallError;
use proconsul_calls::query::{Execute, GetQuery, WriteQuery};
use proconsul_calls::read::Answer;
use proconsul_types::query::PreparedQuery;
use serde::Serialize;

use crate::body::BodyLimit;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::query::truth;
use crate::reply::{self, Reply};

const FORWARDED_FOR: &str = "x-forwarded-for";

#[derive(Serialize)]
struct Created {
    #[serde(rename = "ID")]
    id: String,
}

pub(crate) async fn general<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    if *cx.method == Method::POST {
        let datacenter = cx.query.filled("dc").map(Into::into);
        let query = cx.decoded(BodyLimit::ANY, HttpError::Decode).await?;
        let id = cx.door.query_create(WriteQuery { datacenter, query }).await?;
        return cx.record(&Created { id });
    }
    let options = cx.read_options()?;
    let asked = options.consistency;
    let answer = cx.door.query_list(options).await.map_err(HttpError::Read)?;
    let queries: Vec<&PreparedQuery> = answer.value.iter().map(|query| &**query).collect();
    cx.discovered(asked, &Answer { index: answer.index, contact: answer.contact, value: queries })
}

pub(crate) async fn specific<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let datacenter = cx.query.filled("dc").map(Into::into);
    match *cx.method {
        Method::PUT => {
            let mut query: PreparedQuery = cx.decoded(BodyLimit::ANY, HttpError::Decode).await?;
            // The path says which; what the body says is not looked at.
            cx.rest.clone_into(&mut query.id);
            cx.door.query_update(WriteQuery { datacenter, query }).await?;
            Ok(reply::empty(StatusCode::OK))
        }
        Method::DELETE => {
            cx.door.query_delete(datacenter, cx.rest).await?;
            Ok(reply::empty(StatusCode::OK))
        }
        _ => get(cx).await,
    }
}

async fn get<D: Door>(cx: &Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let asked = options.consistency;
    let Answer { index, contact, value } =
        cx.door.query_get(GetQuery { name: cx.rest, options }).await.map_err(failed)?;
    let value: [Arc<PreparedQuery>; 1] = [value];
    cx.discovered(asked, &Answer { index, contact, value: value.each_ref().map(|query| &**query) })
}

pub(crate) async fn explain<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let asked = options.consistency;
    let answer = cx.door.query_explain(GetQuery { name: cx.rest, options }).await.map_err(failed)?;
    answer::explained(cx, asked, &answer)
}

pub(crate) async fn execute<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let asked = options.consistency;
    let execute = Execute {
        name: cx.rest,
        limit: cx.query.filled("limit").map_or(Ok(0), limit)?,
        connect: cx.query.filled("connect").map_or(Ok(false), connect)?,
        near: cx.query.get("near").unwrap_or_default(),
        source: Some(source(cx)),
        options,
    };
    let answer = cx.door.query_execute(execute).await.map_err(failed)?;
    Ok(answer::executed(cx, asked, &answer))
}

/// That there is no such query is told without the headers of a read.
fn failed(error: CallError) -> HttpError {
    if error.is_query_not_found() { HttpError::Call(error) } else { HttpError::Read(error) }
}

/// Numbers below zero mean no limit.
fn limit(text: &str) -> Result<usize, HttpError> {
    let limit: i64 = text.parse().map_err(|_| HttpError::Limit(text.to_owned()))?;
    Ok(usize::try_from(limit).unwrap_or(0))
}

fn connect(text: &str) -> Result<bool, HttpError> {
    truth(text).ok_or_else(|| HttpError::Connect(text.to_owned()))
}

/// Who asks: the first address that proxies on the way have noted, or the other end of the connection.
fn source<D>(cx: &Cx<'_, D>) -> IpAddr {
    let noted = cx.headers.get(FORWARDED_FOR).and_then(|noted| noted.to_str().ok());
    let first = noted.and_then(|noted| noted.split(',').next()).and_then(|first| first.trim().parse().ok());
    first.unwrap_or(cx.client)
}
