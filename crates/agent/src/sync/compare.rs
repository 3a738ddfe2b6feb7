//! What the catalog says beside what the agent holds.

use std::collections::HashMap;
use std::sync::Arc;

use proconsul_types::check::{Check, SERF_HEALTH};
use proconsul_types::node::{Meta, Node, Text};
use proconsul_types::service::Service;

use super::Seen;
use crate::local::{HeldCheck, State};

/// The service that the leader keeps for servers.
const CONSUL: &str = "consul";

/// Notes what the catalog says otherwise. What has changed after `as_of`, a [`State::revision`] from before the look, stays due.
pub fn compare(state: &mut State, seen: &Seen, as_of: u64) {
    state.node_is_synced = seen.node.as_deref().is_some_and(|seen| is_same_node(&state.settings.node, seen));
    services(state, seen, as_of);
    checks(state, seen, as_of);
}

fn services(state: &mut State, seen: &Seen, as_of: u64) {
    let known: HashMap<&str, &Arc<Service>> = seen.services.iter().map(|service| (&*service.id, service)).collect();
    let mut has_other_tags = false;
    for held in state.services.values_mut().filter(|held| held.revision <= as_of) {
        let known = known.get(&*held.service.id);
        if let Some(known) = known.filter(|known| held.service.enable_tag_override && known.tags != held.service.tags) {
            Arc::make_mut(&mut held.service).tags = known.tags.clone();
            has_other_tags = true;
        }
        held.is_synced = known.is_some_and(|known| is_same_service(&held.service, known));
    }
    if has_other_tags {
        state.services_changed();
    }
    for id in known.keys().filter(|id| **id != CONSUL && !state.services.contains_key(**id)) {
        state.gone.services.entry((*id).into()).or_default();
    }
}

fn checks(state: &mut State, seen: &Seen, as_of: u64) {
    let known: HashMap<&str, &Arc<Check>> = seen.checks.iter().map(|check| (&*check.id, check)).collect();
    let State { checks, services, gone, .. } = state;
    for held in checks.values_mut().filter(|held| held.revision <= as_of) {
        let service = services.get(&held.check.service_id).map(|held| &*held.service);
        held.is_synced = known.get(&*held.check.id).is_some_and(|known| is_same_check(held, service, known));
    }
    for (id, known) in known.iter().filter(|(id, _)| **id != SERF_HEALTH && !checks.contains_key(**id)) {
        // It goes with the service that the catalog knows it by, if that goes.
        gone.checks.entry((*id).into()).or_default().service_id = known.service_id.clone();
    }
}

fn is_same_node(ours: &Node, seen: &Node) -> bool {
    ours.id == seen.id
        && ours.address == seen.address
        && ours.tagged_addresses == seen.tagged_addresses
        && ours.meta == seen.meta
}

fn is_same_service(ours: &Service, seen: &Service) -> bool {
    fn filled<T: Default + PartialEq>(given: &Option<Arc<T>>) -> Option<&T> {
        given.as_deref().filter(|given| **given != T::default())
    }
    let place = |service: &Service| (service.port, service.weights, service.kind);
    ours.id == seen.id
        && ours.name == seen.name
        && ours.tags == seen.tags
        && ours.address == seen.address
        && place(ours) == place(seen)
        && filled(&ours.tagged_addresses) == filled(&seen.tagged_addresses)
        && is_same_meta(&ours.meta, &seen.meta)
        && ours.enable_tag_override == seen.enable_tag_override
        && ours.proxy == seen.proxy
        && ours.connect_native == seen.connect_native
}

fn is_same_meta(ours: &Meta, seen: &Meta) -> bool {
    ours.as_deref().into_iter().flatten().eq(seen.as_deref().into_iter().flatten())
}

/// The catalog fills name and tags of the service in itself, from what it knows of it.
fn is_same_check(held: &HeldCheck, service: Option<&Service>, seen: &Check) -> bool {
    let ours = &*held.check;
    let empty = Text::default();
    let (name, tags) = service.map_or((&empty, &[][..]), |service| (&service.name, &service.tags[..]));
    let how = |check: &Check| check.definition.as_deref().cloned().unwrap_or_default();
    ours.name == seen.name
        && ours.status == seen.status
        && ours.notes == seen.notes
        && (held.output_due.is_some() || ours.output == seen.output)
        && ours.service_id == seen.service_id
        && *name == seen.service_name
        && *tags == *seen.service_tags
        && how(ours) == how(seen)
}
