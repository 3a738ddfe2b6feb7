//! One instance of a service: where it is, and the records that say so.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proconsul_types::service::ServiceInstance;

use super::Asking;
use crate::address::{self, Address};
use crate::health;
use crate::message::{Data, Question, Record, kind};
use crate::meta;
use crate::name::Name;

/// The most records that are told about a name to a client without EDNS.
const CHASED_MAX: usize = 5;

/// Where an instance is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// On its node, at the node's main address.
    Node(IpAddr),
    /// At an address of its own.
    Own(IpAddr),
    /// Behind a name.
    Name(&'a str),
}

/// Whether any address of an instance may be a name: most have none, and are not worth a closer look.
pub(crate) fn may_have_name(instance: &ServiceInstance) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let (node, service) = (&instance.node, &instance.service);
    let is_tagged = node.tagged_addresses.is_some() || service.tagged_addresses.is_some();
    is_tagged || !is_number(&node.address) || !is_number(&service.address)
}

/// Where an instance is, for the type of record that is asked for.
pub(crate) fn place<'a>(instance: &'a ServiceInstance, question: &Question) -> Option<Place<'a>> {
    let node_address = address::of_node(&instance.node, question.kind);
    let on_node = |text: &str| match address::read(text) {
        Address::Ip(address) => Some(address),
        Address::Name(_) => None,
    };
    match address::of_service(&instance.service, question.kind) {
        None => match address::read(node_address?) {
            Address::Ip(address) if node_address == Some(&*instance.node.address) => Some(Place::Node(address)),
            Address::Ip(address) => Some(Place::Own(address)),
            Address::Name(name) => Some(Place::Name(name)),
        },
        Some(own) => match address::read(own) {
            Address::Ip(address) => Some(Place::Own(address)),
            // A service that is registered under its own DNS name: following that would lead here again.
            Address::Name(name) => match node_address.and_then(on_node) {
                Some(address) if Name::from_text(name).is_ok_and(|name| name == question.name) => {
                    Some(Place::Node(address))
                }
                _ => Some(Place::Name(name)),
            },
        },
    }
}

/// Answers and additional records about one instance.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) answers: Vec<Record>,
    pub(super) additionals: Vec<Record>,
}

/// The records of one instance, in the datacenter that was asked.
pub(super) fn records(asking: &Asking<'_>, instance: &ServiceInstance, datacenter: &str, ttl: u32) -> Records {
    let question = asking.question();
    let on_node = || asking.name_of(&instance.node.name, "node", datacenter);
    let told = match place(instance, question) {
        Some(Place::Node(address)) => at_address(asking, instance, address, on_node, on_node, ttl),
        Some(Place::Own(address)) => {
            let target = || asking.name_of(&hexadecimal(address), "addr", datacenter);
            at_address(asking, instance, address, target, on_node, ttl)
        }
        Some(Place::Name(name)) => behind_name(asking, instance, name, ttl),
        None => None,
    };
    told.unwrap_or_default()
}

/// The address, or the service at the target's name with the node's metadata beside.
fn at_address(
    asking: &Asking<'_>,
    instance: &ServiceInstance,
    address: IpAddr,
    target: impl FnOnce() -> Option<Name>,
    node: impl FnOnce() -> Option<Name>,
    ttl: u32,
) -> Option<Records> {
    let question = asking.question();
    if !address::is_wanted(address, question.kind) {
        return None;
    }
    if question.kind != kind::SRV {
        return Some(Records { answers: vec![asking.record(ttl, address)], additionals: Vec::new() });
    }
    let target = target()?;
    let mut additionals = vec![Record { name: target.clone(), ttl, data: address.into() }];
    if asking.settings.node_meta_txt
        && instance.node.meta.is_some()
        && let Some(node) = node()
    {
        additionals.extend(meta::records(&instance.node, &node, ttl));
    }
    Some(Records { answers: vec![service(asking, instance, target, ttl)], additionals })
}

fn behind_name(asking: &Asking<'_>, instance: &ServiceInstance, name: &str, ttl: u32) -> Option<Records> {
    let target = Name::from_text(name).ok()?;
    let most = if asking.request.edns.is_some() { usize::MAX } else { CHASED_MAX };
    let is_told = |record: &&Record| matches!(record.data, Data::A(_) | Data::Aaaa(_) | Data::Cname(_));
    let chased = asking.chased.of(&target).iter().filter(is_told).take(most);
    let chased: Vec<Record> = chased.map(|record| Record { ttl, ..record.clone() }).collect();
    if asking.question().kind == kind::SRV {
        return Some(Records { answers: vec![service(asking, instance, target, ttl)], additionals: chased });
    }
    let mut answers = vec![asking.alias(&asking.question().name, ttl, &target)];
    answers.extend(chased);
    Some(Records { answers, additionals: Vec::new() })
}

fn service(asking: &Asking<'_>, instance: &ServiceInstance, target: Name, ttl: u32) -> Record {
    let port = instance.service.port as u16;
    asking.record(ttl, Data::Srv { priority: 1, weight: health::weight(instance), port, target })
}

fn hexadecimal(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("{:08x}", Ipv4Addr::to_bits(address)),
        IpAddr::V6(address) => format!("{:032x}", Ipv6Addr::to_bits(address)),
    }
}
