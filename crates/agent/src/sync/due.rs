//! The writes that are due, and what is right after each.

use std::collections::BTreeMap;

use proconsul_calls::catalog::{Deregister, Register};
use proconsul_types::check::Check;
use proconsul_types::node::Text;
use proconsul_types::service::Service;

use super::{Deed, Settled, Write};
use crate::local::{HeldCheck, State};

/// Checks in one write, so that it stays well below what a write may bring.
const CHECKS_PER_WRITE: usize = 64;

/// The writes that are due, in this order; none when the catalog is right as far as is known.
pub fn due(state: &State) -> Vec<Deed> {
    let mut deeds = Vec::new();
    if !state.node_is_synced {
        deeds.push(Deed {
            write: register(state, false, None, Vec::new()),
            token: String::new(),
            settles: vec![Settled::Node],
        });
    }
    for (id, token) in &state.gone.services {
        deeds.push(deregister(state, id, "", token, Settled::GoneService(id.clone())));
    }
    for (id, gone) in &state.gone.checks {
        // Those of a service go with it.
        if !state.gone.services.contains_key(&gone.service_id) {
            deeds.push(deregister(state, "", id, &gone.token, Settled::GoneCheck(id.clone())));
        }
    }
    let mut checks = checks_due(state);
    for held in state.services.values().filter(|held| !held.is_synced) {
        // Its checks go with it, unless they are to be written with another token.
        let key = (held.service.id.clone(), held.token.as_str());
        let with_it = checks.get_mut(&key).map(|checks| split(checks)).unwrap_or_default();
        let mut deed = registration(state, Some(&held.service), &held.token, with_it);
        deed.settles.push(Settled::Service(held.service.id.clone(), held.revision));
        deeds.push(deed);
    }
    for ((service, token), mut checks) in checks {
        let service = state.services.get(&service).map(|held| &*held.service);
        while !checks.is_empty() {
            let some = split(&mut checks);
            deeds.push(registration(state, service, token, some));
        }
    }
    deeds
}

/// Notes that this was written, or that trying again is of no use before the next full look.
pub fn settle(state: &mut State, deed: &Deed) {
    for settled in &deed.settles {
        match settled {
            Settled::Node => state.node_is_synced = true,
            Settled::Service(id, revision) => {
                if let Some(held) = state.services.get_mut(id).filter(|held| held.revision == *revision) {
                    held.is_synced = true;
                }
            }
            Settled::Check(id, revision) => {
                if let Some(held) = state.checks.get_mut(id).filter(|held| held.revision == *revision) {
                    held.is_synced = true;
                    held.output_due = None;
                }
            }
            Settled::GoneService(id) => {
                state.gone.services.remove(id);
                state.gone.checks.retain(|_, gone| gone.service_id != *id);
            }
            Settled::GoneCheck(id) => {
                state.gone.checks.remove(id);
            }
        }
    }
}

/// The checks that are due, by what can be written at once.
fn checks_due(state: &State) -> BTreeMap<(Text, &str), Vec<&HeldCheck>> {
    let mut due: BTreeMap<_, Vec<&HeldCheck>> = BTreeMap::new();
    for held in state.checks.values().filter(|held| !held.is_synced) {
        due.entry((held.check.service_id.clone(), held.token.as_str())).or_default().push(held);
    }
    due
}

fn split<'a>(checks: &mut Vec<&'a HeldCheck>) -> Vec<&'a HeldCheck> {
    let rest = checks.split_off(checks.len().min(CHECKS_PER_WRITE));
    std::mem::replace(checks, rest)
}

fn registration(state: &State, service: Option<&Service>, token: &str, checks: Vec<&HeldCheck>) -> Deed {
    let settles = checks.iter().map(|held| Settled::Check(held.check.id.clone(), held.revision)).collect();
    let checks = checks.into_iter().map(|held| (*held.check).clone()).collect();
    // The node is right by then: it is written first.
    Deed { write: register(state, true, service, checks), token: token.to_owned(), settles }
}

fn register(state: &State, skip_node_update: bool, service: Option<&Service>, checks: Vec<Check>) -> Write {
    let (node, service) = (state.settings.node.clone(), service.cloned());
    Write::Register(Box::new(Register { datacenter: None, node, service, checks, skip_node_update }))
}

fn deregister(state: &State, service: &str, check: &str, token: &str, settled: Settled) -> Deed {
    let (node, service_id, check_id) = ((**state.node_name()).into(), service.into(), check.into());
    let write = Write::Deregister(Deregister { datacenter: None, node, service_id, check_id });
    Deed { write, token: token.to_owned(), settles: vec![settled] }
}
