//! `Catalog`: nodes and services, without a word about health.

use std::sync::Arc;

use proconsul_calls::catalog::{Deregister, Instances, Nodes, OfNode, Register, Role, Services};
use proconsul_calls::door::Door;
use proconsul_calls::read::Answer;
use proconsul_records::catalog::{self as records, DcSpecific, NodeSpecific, ServiceSpecific};
use proconsul_records::gateway::ServiceName;
use proconsul_records::instance::{NodeServiceList, NodeServices, ServiceNode};
use proconsul_records::options::reply;
use proconsul_records::service::NodeService;
use proconsul_records::shape::{INSTANCE, NODE, SERVICE};
use proconsul_records::{Empty, Read, Reply, node};
use proconsul_types::service::{Service, ServiceInstance};

use crate::call;
use crate::refused::Refused;
use crate::select::{Selection, near, node_meta};

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "Register" => call!(door, request, register),
        "Deregister" => call!(door, request, deregister),
        "ListDatacenters" => call!(door, request, datacenters),
        "ListNodes" => call!(door, request, nodes),
        "ListServices" => call!(door, request, services),
        "ServiceList" => call!(door, request, service_list),
        "ServiceNodes" => call!(door, request, service_nodes),
        "NodeServices" => call!(door, request, node_services),
        "NodeServiceList" => call!(door, request, node_service_list),
        "GatewayServices" => call!(door, request, gateway_services),
        _ => None,
    }
}

async fn register<D: Door>(door: &D, request: records::RegisterRequest) -> Result<Empty, Refused> {
    door.catalog_register(Register::try_from(request)?).await?;
    Ok(Empty {})
}

async fn deregister<D: Door>(door: &D, request: records::DeregisterRequest) -> Result<Empty, Refused> {
    door.catalog_deregister(Deregister::from(request)).await?;
    Ok(Empty {})
}

async fn datacenters<D: Door>(door: &D, _: Read<Empty>) -> Result<Vec<String>, Refused> {
    Ok(door.catalog_datacenters().await?)
}

async fn nodes<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<Reply<records::Nodes>, Refused> {
    let Read { own, embedded } = ask;
    let selection = Selection::of(&embedded, &NODE)?;
    let (near, options) = (near(&own.source), embedded.to_read(&own.datacenter));
    let answer = door.catalog_nodes(Nodes { node_meta: node_meta(own.node_meta_filters), near, options }).await?;
    let list = |nodes: Vec<Arc<_>>| selection.list::<_, node::Node>(nodes.iter().map(|node| &**node));
    Ok(reply(answer, |nodes| records::Nodes { nodes: list(nodes) }))
}

async fn services<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<Reply<records::Services>, Refused> {
    let Read { own, embedded } = ask;
    let options = embedded.to_read(&own.datacenter);
    let answer = door.catalog_services(Services { node_meta: node_meta(own.node_meta_filters), options }).await?;
    Ok(reply(answer, |services| records::Services { services }))
}

async fn service_list<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<Reply<records::ServiceList>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.catalog_services(Services { options, ..Services::default() }).await?;
    let names = |name: &Arc<str>| ServiceName { name: name.to_string() };
    Ok(reply(answer, |services| records::ServiceList { services: Some(services.keys().map(names).collect()) }))
}

async fn service_nodes<D: Door>(door: &D, ask: Read<ServiceSpecific>) -> Result<Reply<records::ServiceNodes>, Refused> {
    let selection = Selection::of(&ask.embedded, &INSTANCE)?;
    if !ask.own.service_address.is_empty() {
        return at_address(door, &ask, &selection).await;
    }
    let Answer { index, contact, value } = door.catalog_service(instances(&ask)).await?;
    let service_nodes = selection.list::<_, ServiceNode>(value.iter());
    Ok(reply(Answer { index, contact, value: service_nodes }, |service_nodes| records::ServiceNodes { service_nodes }))
}

/// The instances that have an address, of whatever service.
async fn at_address<D: Door>(
    door: &D,
    Read { own, embedded }: &Read<ServiceSpecific>,
    selection: &Selection,
) -> Result<Reply<records::ServiceNodes>, Refused> {
    let answer = door.ui_instances(embedded.to_read(&own.datacenter)).await?;
    let has_address = |ServiceInstance { service, .. }: &&ServiceInstance| {
        let tagged = service.tagged_addresses.iter().flat_map(|addresses| addresses.values());
        *service.address == *own.service_address || tagged.into_iter().any(|at| at.address == own.service_address)
    };
    let list = |all: Vec<_>| selection.list::<_, ServiceNode>(all.iter().filter(has_address));
    Ok(reply(answer, |all| records::ServiceNodes { service_nodes: list(all) }))
}

/// The instances that are asked for. Shared with health.
pub(crate) fn instances(Read { own, embedded }: &Read<ServiceSpecific>) -> Instances<'_> {
    let tags = match own.tag_filter {
        // Agents before 1.3 name one tag, later ones all of them.
        true if own.service_tags.is_none() => vec![own.service_tag.clone()],
        true => own.service_tags.clone().unwrap_or_default(),
        false => Vec::new(),
    };
    Instances {
        name: &own.service_name,
        role: match (own.connect, own.ingress) {
            (true, _) => Role::Connect,
            (false, true) => Role::Ingress,
            (false, false) => Role::Service,
        },
        tags,
        node_meta: node_meta(own.node_meta_filters.clone()),
        passing: false,
        near: near(&own.source),
        merge_central_config: false,
        options: embedded.to_read(&own.datacenter),
    }
}

async fn node_services<D: Door>(door: &D, ask: Read<NodeSpecific>) -> Result<Reply<records::OfNode>, Refused> {
    let (selection, answer) = of_node(door, &ask).await?;
    Ok(reply(answer, |node| {
        let node_services = node.map(|node| NodeServices {
            services: selection
                .from(services_of(&node.services))
                .into_iter()
                .map(|one| (one.id.clone(), one))
                .collect(),
            ..NodeServices::from(&node)
        });
        records::OfNode { node_services }
    }))
}

async fn node_service_list<D: Door>(door: &D, ask: Read<NodeSpecific>) -> Result<Reply<records::ListOfNode>, Refused> {
    let (selection, answer) = of_node(door, &ask).await?;
    Ok(reply(answer, |node| {
        let list = node.map(|node| NodeServiceList {
            node: Some((&*node.node).into()),
            services: selection.list::<_, NodeService>(services_of(&node.services)),
        });
        records::ListOfNode { node_services: list.unwrap_or_default() }
    }))
}

fn services_of(services: &[Arc<Service>]) -> Vec<NodeService> {
    services.iter().map(|service| (&**service).into()).collect()
}

type NodeAnswer = Answer<Option<proconsul_calls::catalog::NodeServices>>;

async fn of_node<D: Door>(
    door: &D,
    Read { own, embedded }: &Read<NodeSpecific>,
) -> Result<(Selection, NodeAnswer), Refused> {
    if own.node.is_empty() {
        return Err(Refused("Must provide node".to_owned()));
    }
    let selection = Selection::of(embedded, &SERVICE)?;
    let answer = door.catalog_node(OfNode { node: &own.node, options: embedded.to_read(&own.datacenter) }).await?;
    Ok((selection, answer))
}

async fn gateway_services<D: Door>(
    door: &D,
    ask: Read<ServiceSpecific>,
) -> Result<Reply<records::GatewayServices>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.gateway_services(&ask.own.service_name, options).await?;
    Ok(reply(answer, |behind| records::GatewayServices { services: Some(behind.iter().map(Into::into).collect()) }))
}
