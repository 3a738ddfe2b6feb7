//! The zone itself: its start (SOA) and its servers (NS), which are the instances of the service `consul`.

use std::cmp::min;
use std::net::IpAddr;

use proconsul_base::rand::Rng;
use proconsul_types::service::ServiceInstance;

use super::Asking;
use crate::address::{self, Address};
use crate::health;
use crate::lookup::Found;
use crate::message::{Data, Message, Record, kind};
use crate::name::Name;

/// The most servers that are named.
const SERVERS_MAX: usize = 3;

/// Answers a question for the start or for the servers, wherever in the zone it points.
pub(super) fn answer(asking: &Asking<'_>, is_soa: bool, found: &Found<'_>, rng: &mut Rng, message: &mut Message) {
    let (servers, addresses) = match found {
        Found::Instances(instances) => servers(asking, instances, rng),
        _ => Default::default(),
    };
    if is_soa {
        message.answers.push(start(asking));
        message.authorities = servers;
    } else {
        message.answers = servers;
    }
    message.additionals = addresses;
}

/// The start of the zone that the question lies in. Its version is the time, since it changes without notice.
pub(super) fn start(asking: &Asking<'_>) -> Record {
    let (zone, soa) = (asking.zone(), &asking.settings.soa);
    let below = |label: &str| {
        let labels = std::iter::once(label.as_bytes()).chain(zone.labels());
        // Only a domain of more than 250 bytes leaves no room.
        Name::from_labels(labels).unwrap_or_else(|_| zone.clone())
    };
    let data = Data::Soa {
        server: below("ns"),
        contact: below("hostmaster"),
        serial: asking.unix_seconds as u32,
        times: [soa.refresh, soa.retry, soa.expire, soa.min_ttl],
    };
    Record { name: zone.clone(), ttl: soa.min_ttl, data }
}

/// Some servers at random, and their addresses.
fn servers(asking: &Asking<'_>, instances: &[ServiceInstance], rng: &mut Rng) -> (Vec<Record>, Vec<Record>) {
    let is_named = |one: &&ServiceInstance| {
        health::is_told(one, asking.settings.only_passing)
            && one.node.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let mut told: Vec<&ServiceInstance> = instances.iter().filter(is_named).collect();
    rng.shuffle(&mut told);
    let ttl = asking.settings.node_ttl;
    let (mut servers, mut addresses) = (Vec::new(), Vec::new());
    for one in &told[..min(told.len(), SERVERS_MAX)] {
        let Some(name) = asking.name_of(&one.node.name.to_lowercase(), "node", &one.node.datacenter) else { continue };
        servers.push(Record { name: asking.zone().clone(), ttl, data: Data::Ns(name.clone()) });
        match address::of_node(&one.node, kind::ANY).map(address::read) {
            Some(Address::Ip(address)) => addresses.push(glue(name, ttl, address)),
            Some(Address::Name(target)) => {
                addresses.extend(Name::from_text(target).map(|target| asking.alias(&name, ttl, &target)));
            }
            None => {}
        }
    }
    (servers, addresses)
}

fn glue(name: Name, ttl: u32, address: IpAddr) -> Record {
    Record { name, ttl, data: address.into() }
}
