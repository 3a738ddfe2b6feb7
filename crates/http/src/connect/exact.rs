//! `/v1/connect/intentions/exact`: intentions by who calls whom, as Consul has them since 1.9.

use hyper::Method;
use proconsul_calls::door::Door;
use proconsul_calls::intention::{Which, WriteIntention};
use proconsul_types::intention::{Intention, Pair};

use super::IntentionRefusal;
use super::body::read;
use super::matching::name;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

pub(crate) async fn exact<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let pair = pair(cx)?;
    match *cx.method {
        Method::PUT => {
            let intention = read(cx, |error| IntentionRefusal::Body(error).into()).await?;
            let Pair { source_ns, source_name, destination_ns, destination_name } = pair;
            let intention = Intention { source_ns, source_name, destination_ns, destination_name, ..intention };
            cx.door.intention_upsert(WriteIntention { datacenter: options.datacenter, intention }).await?;
            Ok(cx.truth(true))
        }
        Method::DELETE => {
            cx.door.intention_delete(options.datacenter, Which::Pair(pair)).await?;
            Ok(cx.truth(true))
        }
        _ => cx.answer(&cx.door.intention_get(Which::Pair(pair), options).await?),
    }
}

fn pair<D>(cx: &Cx<'_, D>) -> Result<Pair, HttpError> {
    let source = name("source", cx.query.get("source").ok_or(IntentionRefusal::NotSet("source"))?)?;
    let destination = name("destination", cx.query.get("destination").ok_or(IntentionRefusal::NotSet("destination"))?)?;
    Ok(Pair {
        source_ns: source.namespace.to_owned(),
        source_name: source.service.to_owned(),
        destination_ns: destination.namespace.to_owned(),
        destination_name: destination.service.to_owned(),
    })
}
