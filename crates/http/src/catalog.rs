//! `/v1/catalog/`: nodes and services, without a word about health.

mod body;
mod instances;

use proconsul_base::index::Index;
use proconsul_calls::catalog::{Deregister, NodeServices, Nodes, OfNode, Register, Role, Services};
use proconsul_calls::door::Door;
use proconsul_calls::read::{Answer, Consistency, Contact};

pub(crate) use self::body::{AddressBody, Kind, ProxyBody, WeightsBody, node_id};
use self::body::{DeregisterBody, RegisterBody};
pub(crate) use self::instances::{asked, shown};
use crate::body::BodyLimit;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::json::{self, parts};
use crate::reply::{self, Reply};
use crate::selection::Selection;
pub(crate) use proconsul_records::shape::{CHECK, HEALTH, INSTANCE, NODE, SERVICE};

/// The names of the known datacenters; every agent knows them, so no datacenter can be asked for.
pub(crate) async fn datacenters<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.read_options()?;
    cx.record(&cx.door.catalog_datacenters().await?)
}

pub(crate) async fn register<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let body: RegisterBody = cx.decoded(BodyLimit::ANY, HttpError::Decode).await?;
    let register = Register::try_from(body).map_err(|error| match error {
        HttpError::Call(refusal) => HttpError::Call(cx.door.as_a_servers(refusal)),
        other => other,
    })?;
    cx.door.catalog_register(register).await?;
    Ok(cx.truth(true))
}

pub(crate) async fn deregister<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let body: DeregisterBody = cx.decoded(BodyLimit::ANY, HttpError::Decode).await?;
    cx.door.catalog_deregister(Deregister::from(body)).await?;
    Ok(cx.truth(true))
}

pub(crate) async fn nodes<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let selection = cx.selection(&NODE)?;
    let asked = Nodes { node_meta: cx.node_meta(), near: cx.near(), options };
    let consistency = asked.options.consistency;
    let Answer { index, contact, value } = cx.door.catalog_nodes(asked).await.map_err(HttpError::Read)?;
    let list = selected(&selection, value, |out, node| json::node::object(out, node));
    Ok(discovered(cx, consistency, index, contact, list))
}

pub(crate) async fn services<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let asked = Services { node_meta: cx.node_meta(), options: cx.read_options()? };
    let consistency = asked.options.consistency;
    let Answer { index, contact, value } = cx.door.catalog_services(asked).await.map_err(HttpError::Read)?;
    let mut out = vec![b'{'];
    for (place, (name, tags)) in value.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        json::string(&mut out, name);
        out.push(b':');
        parts::array(&mut out, tags, |out, tag| json::string(out, tag));
    }
    out.push(b'}');
    Ok(discovered(cx, consistency, index, contact, out))
}

pub(crate) async fn service<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    instances(cx, Role::Service).await
}

pub(crate) async fn connect<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    instances(cx, Role::Connect).await
}

async fn instances<D: Door>(cx: &Cx<'_, D>, role: Role) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let asked = asked(cx, role)?;
    let selection = cx.selection(&INSTANCE)?;
    let consistency = asked.options.consistency;
    let answer = cx.door.catalog_service(asked).await.map_err(HttpError::Read)?;
    Ok(shown(cx, consistency, &answer, &selection, json::service::flat))
}

pub(crate) async fn node<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    node_with(cx, |out, node, _| json::node::with_services_by_id(out, node)).await
}

pub(crate) async fn node_services<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    node_with(cx, json::node::with_services).await
}

/// A node and the wanted ones of its services; `write` is told whether that is all of them.
async fn node_with<D: Door>(
    cx: &Cx<'_, D>,
    write: fn(&mut Vec<u8>, Option<&NodeServices>, bool),
) -> Result<Reply, HttpError> {
    let asked = of_node(cx)?;
    let selection = cx.selection(&SERVICE)?;
    let consistency = asked.options.consistency;
    let Answer { index, contact, mut value } = cx.door.catalog_node(asked).await.map_err(HttpError::Read)?;
    if let Some(node) = &mut value {
        node.services.retain(|service| selection.has_written(|out| json::service::object(out, service)));
    }
    let mut out = Vec::new();
    write(&mut out, value.as_ref(), selection.takes_all());
    Ok(discovered(cx, consistency, index, contact, out))
}

/// The node that the path names.
pub(crate) fn of_node<'a, D>(cx: &Cx<'a, D>) -> Result<OfNode<'a>, HttpError> {
    cx.default_namespace()?;
    let options = cx.read_options()?;
    if cx.rest.is_empty() { Err(HttpError::Missing("node name")) } else { Ok(OfNode { node: cx.rest, options }) }
}

/// A list of the wanted records.
pub(crate) fn selected<T>(selection: &Selection, list: Vec<T>, write: impl Fn(&mut Vec<u8>, &T)) -> Vec<u8> {
    let mut out = Vec::new();
    let wanted = list.iter().filter(|record| selection.has_written(|out| write(out, record)));
    parts::array(&mut out, wanted, &write);
    out
}

/// What a read found, with all headers of a read.
pub(crate) fn discovered<D>(
    cx: &Cx<'_, D>,
    asked: Consistency,
    index: Index,
    contact: Contact,
    found: Vec<u8>,
) -> Reply {
    reply::with_consistency(reply::with_read(cx.json(found), index.0, contact), asked, contact)
}
