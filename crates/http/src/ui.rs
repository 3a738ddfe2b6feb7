//! `/v1/internal/ui/`: what the web page asks.

mod summary;

use hyper::StatusCode;
use proconsul_calls::agent::SelfCalls;
use proconsul_calls::catalog::OfNode;
use proconsul_calls::door::Door;
use proconsul_calls::ui::NodeDump;
use proconsul_records::shape::DUMP;
use proconsul_types::service::ServiceInstance;

use self::summary::Summary;
use crate::catalog::{HEALTH, selected};
use crate::cx::Cx;
use crate::error::HttpError;
use crate::json;
use crate::reply::{self, Reply};

pub(crate) async fn nodes<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let options = cx.read_options()?;
    let selection = cx.selection(&DUMP)?;
    let answer = cx.door.ui_nodes(options).await.map_err(HttpError::Read)?;
    let list = selected(&selection, answer.value, dump);
    Ok(reply::with_read(cx.json(list), answer.index.0, answer.contact))
}

/// A node that is not there is told without the headers of a read.
pub(crate) async fn node<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let options = cx.read_options()?;
    if cx.rest.is_empty() {
        return Err(HttpError::Missing("node name"));
    }
    let answer = cx.door.ui_node(OfNode { node: cx.rest, options }).await.map_err(HttpError::Read)?;
    let Some(node) = answer.value else { return Ok(reply::empty(StatusCode::NOT_FOUND)) };
    let mut out = Vec::new();
    dump(&mut out, &node);
    Ok(reply::with_read(cx.json(out), answer.index.0, answer.contact))
}

/// Filters choose among the instances; what is left of them is summed up.
pub(crate) async fn services<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let options = cx.read_options()?;
    let selection = cx.selection(&HEALTH)?;
    let answer = cx.door.ui_instances(options).await.map_err(HttpError::Read)?;
    let has = |instance: &&ServiceInstance| selection.has_written(|out| json::service::with_checks(out, instance));
    let wanted: Vec<&ServiceInstance> = answer.value.iter().filter(has).collect();
    let is_of_one = |one: &&ServiceInstance, other: &&ServiceInstance| one.service.name == other.service.name;
    let summaries: Vec<Summary<'_>> =
        wanted.chunk_by(is_of_one).map(|group| Summary::of(&group[0].service.name, group.iter().copied())).collect();
    Ok(reply::with_read(cx.record(&summaries)?, answer.index.0, answer.contact))
}

pub(crate) async fn gateway<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let options = cx.read_options()?;
    if cx.rest.is_empty() {
        return Err(HttpError::Missing("gateway name"));
    }
    let answer = cx.door.ui_gateway(cx.rest, options).await.map_err(HttpError::Read)?;
    let datacenter = cx.door.agent().describe().config.datacenter;
    let summed = answer.value.iter().map(|service| {
        let name = &service.behind.service.name;
        Summary::of(name, service.instances.iter()).behind(&service.behind, &datacenter, &cx.config.domain)
    });
    let summaries: Vec<Summary<'_>> = summed.collect();
    Ok(reply::with_read(cx.record(&summaries)?, answer.index.0, answer.contact))
}

fn dump(out: &mut Vec<u8>, NodeDump { node, services, checks }: &NodeDump) {
    json::node::head(out, node);
    out.extend_from_slice(b",\"Services\":");
    json::parts::array(out, services, |out, service| json::service::object_of_txn(out, service));
    out.extend_from_slice(b",\"Checks\":");
    json::parts::array(out, checks, |out, check| json::check::object_of_txn(out, check));
    out.push(b'}');
}
