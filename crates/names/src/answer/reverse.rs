//! The name of an address: the node's that has it, else a service's.

use super::{Asking, zone};
use crate::lookup::Found;
use crate::message::{Data, Message, kind};
use crate::name::Name;

/// Answers whatever type is asked for; false when nobody has the address. The names lie in the agent's own datacenter.
pub(super) fn answer(asking: &Asking<'_>, found: &Found<'_>, message: &mut Message) -> bool {
    let name = match found {
        Found::OwnerNode(node) => asking.name_of(node, "node", &asking.settings.datacenter),
        Found::OwnerService(service) => asking.name_of(service, "service", &asking.settings.datacenter),
        _ => None,
    };
    let Some(name): Option<Name> = name else { return false };
    message.answers.push(asking.record(0, Data::Ptr(name)));
    if asking.is_for(&[kind::SOA]) {
        message.authorities.push(zone::start(asking));
    }
    true
}
