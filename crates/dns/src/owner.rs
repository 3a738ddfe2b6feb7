//! Who has an address: a node, else a service. The catalog has no index for it, so it is read through.

use std::net::IpAddr;

use proconsul_calls::catalog::{Instances, Nodes, Services};
use proconsul_calls::error::CallError;
use proconsul_calls::read::ReadOptions;
use proconsul_names::lookup::Found;

use crate::source::Source;

/// The first node with this address; else the service of the instance that comes first by node and id.
pub(crate) async fn of<S: Source>(
    source: &S,
    address: IpAddr,
    options: &ReadOptions,
) -> Result<Found<'static>, CallError> {
    let is_it = |text: &str| text.parse::<IpAddr>().is_ok_and(|one| one.to_canonical() == address);
    let nodes = source.catalog_nodes(Nodes { options: options.clone(), ..Nodes::default() }).await?.value;
    if let Some(node) = nodes.iter().find(|node| is_it(&node.address)) {
        return Ok(Found::OwnerNode(node.name.to_string()));
    }
    let services = source.catalog_services(Services { options: options.clone(), ..Services::default() }).await?.value;
    let mut first = None;
    for name in services.keys() {
        let instances = Instances { name, options: options.clone(), ..Instances::default() };
        for instance in source.catalog_service(instances).await?.value.iter() {
            if is_it(&instance.service.address) {
                let place = (instance.node.name.to_lowercase(), instance.service.id.clone());
                if first.as_ref().is_none_or(|(before, _)| place < *before) {
                    first = Some((place, instance.service.name.to_string()));
                }
            }
        }
    }
    Ok(first.map_or(Found::Nothing, |(_, service)| Found::OwnerService(service)))
}
