//! `Internal`: the catalog in large pieces, and what agents pass on for their users. Of the gossip keys only servers may be asked, and
//! gossip is not encrypted.

use proconsul_calls::catalog::OfNode;
use proconsul_calls::door::Door;
use proconsul_calls::read::Answer;
use proconsul_records::catalog::{self as records, DcSpecific, NodeSpecific, ServiceDump, ServiceSpecific};
use proconsul_records::gateway::ServiceInfo;
use proconsul_records::instance::{CheckServiceNode, NodeInfo};
use proconsul_records::options::reply;
use proconsul_records::shape::{DUMP, HEALTH};
use proconsul_records::{Read, Reply};
use proconsul_types::service::ServiceInstance;

use crate::call;
use crate::event;
use crate::refused::Refused;
use crate::select::Selection;

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "NodeInfo" => call!(door, request, node),
        "NodeDump" => call!(door, request, nodes),
        "ServiceDump" => call!(door, request, instances),
        "GatewayServiceDump" => call!(door, request, behind_gateway),
        "EventFire" => call!(door, request, event::fire),
        _ => None,
    }
}

async fn node<D: Door>(door: &D, ask: Read<NodeSpecific>) -> Result<Reply<records::NodeDump>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.ui_node(OfNode { node: &ask.own.node, options }).await?;
    Ok(reply(answer, |node| records::NodeDump { dump: node.map(|node| vec![(&node).into()]) }))
}

async fn nodes<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<Reply<records::NodeDump>, Refused> {
    let selection = Selection::of(&ask.embedded, &DUMP)?;
    let answer = door.ui_nodes(ask.embedded.to_read(&ask.own.datacenter)).await?;
    Ok(reply(answer, |nodes| records::NodeDump { dump: selection.list::<_, NodeInfo>(&nodes) }))
}

async fn instances<D: Door>(door: &D, ask: Read<ServiceDump>) -> Result<Reply<records::CheckServiceNodes>, Refused> {
    let Read { own, embedded } = &ask;
    let selection = Selection::of(embedded, &HEALTH)?;
    let Answer { index, contact, value } = door.ui_instances(embedded.to_read(&own.datacenter)).await?;
    let is_kind =
        |instance: &&ServiceInstance| !own.use_service_kind || instance.service.kind.word() == own.service_kind;
    let nodes = selection.list::<_, CheckServiceNode>(value.iter().filter(is_kind));
    Ok(reply(Answer { index, contact, value: nodes }, |nodes| records::CheckServiceNodes { nodes }))
}

async fn behind_gateway<D: Door>(
    door: &D,
    ask: Read<ServiceSpecific>,
) -> Result<Reply<records::BehindGateway>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.ui_gateway(&ask.own.service_name, options).await?;
    Ok(reply(answer, |behind| records::BehindGateway {
        dump: Some(behind.iter().flat_map(ServiceInfo::all).collect()),
    }))
}
