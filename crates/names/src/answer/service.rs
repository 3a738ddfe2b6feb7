//! The instances of a service, or what a prepared query found: addresses or SRV records, in random order, cut to size.

use std::collections::HashSet;

use proconsul_base::rand::Rng;
use proconsul_types::service::ServiceInstance;

use super::instance::{self, Records};
use super::{Asking, zone};
use crate::address;
use crate::health;
use crate::lookup::Found;
use crate::message::{Code, Data, Message, Record, kind};
use crate::question::ServiceQuestion;
use crate::trim;

/// Answers a question for a service.
pub(super) fn answer(
    asking: &Asking<'_>,
    service: &ServiceQuestion,
    found: &Found<'_>,
    rng: &mut Rng,
    message: &mut Message,
) {
    let instances = match found {
        Found::Instances(instances) => instances,
        Found::Failed => {
            message.code = Code::ServerFailure;
            return;
        }
        _ => return asking.no_such_name(message),
    };
    let told = instances.iter().filter(|one| health::is_told(one, asking.settings.only_passing)).collect();
    let ttl = asking.settings.service_ttl.of(&service.name);
    let datacenter = service.datacenter.as_deref().unwrap_or(&asking.settings.datacenter);
    tell(asking, Drawn { left: told, rng: Some(rng) }, datacenter, ttl, message);
}

/// Answers a question for a prepared query, whose order is kept.
pub(super) fn answer_query(asking: &Asking<'_>, found: &Found<'_>, message: &mut Message) {
    match found {
        Found::Queried { service, ttl, datacenter, instances } => {
            let ttl = ttl.unwrap_or_else(|| asking.settings.service_ttl.of(service));
            let left = instances.iter().rev().collect();
            tell(asking, Drawn { left, rng: None }, datacenter, ttl, message);
        }
        Found::Failed => message.code = Code::ServerFailure,
        _ => asking.no_such_name(message),
    }
}

/// Instances in the order in which they are told: drawn at random, or from the back. Only as many are drawn as are needed.
struct Drawn<'i, 'r> {
    left: Vec<&'i ServiceInstance>,
    rng: Option<&'r mut Rng>,
}

impl<'i> Iterator for Drawn<'i, '_> {
    type Item = &'i ServiceInstance;

    fn next(&mut self) -> Option<&'i ServiceInstance> {
        if let Some(rng) = &mut self.rng
            && !self.left.is_empty()
        {
            let place = rng.place(self.left.len());
            return Some(self.left.swap_remove(place));
        }
        self.left.pop()
    }
}

fn tell(asking: &Asking<'_>, drawn: Drawn<'_, '_>, datacenter: &str, ttl: u32, message: &mut Message) {
    if drawn.left.is_empty() {
        return asking.no_such_name(message);
    }
    let most = trim::answers_of_use(asking);
    if asking.is_for(&[kind::SRV]) {
        tell_services(asking, drawn, datacenter, ttl, most, message);
    } else {
        tell_addresses(asking, drawn, datacenter, ttl, most, message);
    }
    let is_trimmed = trim::trim(asking, message);
    message.truncated = is_trimmed && asking.settings.enable_truncate;
    if message.answers.is_empty() && !message.truncated {
        message.authorities.push(zone::start(asking));
    }
}

/// Each place once; the same service on two ports of a node is two places.
fn tell_services(
    asking: &Asking<'_>,
    drawn: Drawn<'_, '_>,
    datacenter: &str,
    ttl: u32,
    most: usize,
    message: &mut Message,
) {
    let mut told = HashSet::new();
    for one in drawn {
        let own = address::of_service(&one.service, kind::SRV).unwrap_or_default();
        if !told.insert((&*one.node.name, own, one.service.port)) {
            continue;
        }
        let Records { answers, additionals } = instance::records(asking, one, datacenter, ttl);
        message.answers.extend(answers);
        message.additionals.extend(additionals);
        if message.answers.len() > most {
            return;
        }
    }
}

/// Each address once. A name is told only when there is no address at all, since it must stand alone (RFC 1034 §3.6.2).
fn tell_addresses(
    asking: &Asking<'_>,
    drawn: Drawn<'_, '_>,
    datacenter: &str,
    ttl: u32,
    most: usize,
    message: &mut Message,
) {
    let mut told = HashSet::new();
    let mut alias: Vec<Record> = Vec::new();
    for one in drawn {
        let Records { answers, .. } = instance::records(asking, one, datacenter, ttl);
        match answers.first().map(|record| &record.data) {
            Some(Data::Cname(_)) if alias.is_empty() => alias = answers,
            None | Some(Data::Cname(_)) => {}
            Some(address) => {
                if !told.insert(address.clone()) {
                    continue;
                }
                message.answers.extend(answers);
                if told.len() == asking.settings.a_record_limit {
                    break;
                }
            }
        }
        if message.answers.len() > most {
            break;
        }
    }
    if message.answers.is_empty() {
        message.answers = alias;
    }
}
