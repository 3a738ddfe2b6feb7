//! What the agent holds when it starts: what its files of configuration define, and what it has kept. Files win.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use proconsul_agent::local::kept::{self, CHECK_STATES, CHECKS, Damage, SERVICES};
use proconsul_agent::local::{Definitions, PlannedCheck, Removal, State};
use proconsul_types::node::Text;

use super::store::{Step, Store};
use crate::error::StartError;

/// Fills the state, and takes away the files of what is not held because of them.
pub(super) fn load(state: &mut State, definitions: &Definitions, store: Option<&Store>) -> Result<(), StartError> {
    let defined = state.define_services(&definitions.services)?;
    if let Some(store) = store {
        services(state, store)?;
    }
    tell(state, store, &defined.checks);
    let defined = state.define_checks(&definitions.checks)?;
    tell(state, store, &defined);
    if let Some(store) = store {
        checks(state, store)?;
    }
    Ok(())
}

fn services(state: &mut State, store: &Store) -> Result<(), StartError> {
    for (path, file) in read_all(store, SERVICES)? {
        let holding = match kept::read_service(&file, state.node_name()) {
            Ok(holding) => holding,
            Err(damage) => {
                refuse(&path, &damage);
                continue;
            }
        };
        let id = holding.service.id.clone();
        if state.service(&id).is_some() {
            tracing::debug!(target: "agent", service = %id, "service exists, not restoring from file");
            forget(store, &Removal { services: vec![id], ..Removal::default() });
        } else {
            tracing::debug!(target: "agent", service = %id, "restored service definition from file");
            state.hold(holding);
        }
    }
    Ok(())
}

fn checks(state: &mut State, store: &Store) -> Result<(), StartError> {
    for (path, file) in read_all(store, CHECKS)? {
        let planned = match kept::read_check(&file, state.node_name()) {
            Ok(planned) => planned,
            Err(damage) => {
                refuse(&path, &damage);
                continue;
            }
        };
        let id = planned.check.id.clone();
        if state.check(&id).is_some() {
            tracing::debug!(target: "agent", check = %id, "check exists, not restoring from file");
            // What it was told counts for the one that is there.
            take(store, &[Step::forget(CHECKS, &id)]);
            continue;
        }
        match state.plan_restored(planned) {
            Ok(mut planned) => {
                restore_state(store, &mut planned);
                tracing::debug!(target: "agent", check = %id, "restored health check from file");
                state.hold_check(planned);
            }
            Err(error) => {
                tracing::warn!(target: "agent", check = %id, %error, "Failed to restore check");
                forget(store, &Removal { checks: vec![id], ..Removal::default() });
            }
        }
    }
    Ok(())
}

/// Checks from files are as they were told before.
fn tell(state: &mut State, store: Option<&Store>, ids: &[Text]) {
    let Some(store) = store else { return };
    for id in ids {
        let Some(mut planned) = state.check(id).map(PlannedCheck::from) else { continue };
        if restore_state(store, &mut planned) {
            state.hold_check(planned);
        }
    }
}

/// What it was told last counts while its time to live lasts.
fn restore_state(store: &Store, planned: &mut PlannedCheck) -> bool {
    let id = planned.check.id.clone();
    let Some(file) = planned.is_told().then(|| store.read(CHECK_STATES, &id)).flatten() else { return false };
    match kept::read_state(&file) {
        Ok(told) if told.expires > unix_now() => {
            planned.tell(told);
            return true;
        }
        Ok(_) => tracing::debug!(target: "agent", check = %id, "check state expired, not restoring"),
        Err(damage) => tracing::error!(target: "agent", check = %id, error = %damage, "failed decoding check state"),
    }
    take(store, &[Step::forget(CHECK_STATES, &id)]);
    false
}

/// Damaged files are left for people to look at; those from nowhere that is known go, as with Consul.
fn refuse(path: &Path, damage: &Damage) {
    tracing::error!(target: "agent", file = %path.display(), error = %damage, "Failed decoding file");
    if matches!(damage, Damage::Source(_))
        && let Err(error) = std::fs::remove_file(path)
    {
        tracing::warn!(target: "agent", file = %path.display(), %error, "failed purging file");
    }
}

fn read_all(store: &Store, folder: &'static str) -> Result<Vec<(PathBuf, Vec<u8>)>, StartError> {
    store.read_all(folder).map_err(|source| StartError::Kept { folder, source })
}

fn forget(store: &Store, removal: &Removal) {
    take(store, &Step::forget_all(removal));
}

/// A file that stays is in the way again at the next start, and nothing worse.
fn take(store: &Store, steps: &[Step]) {
    if let Err(error) = store.take_now(steps) {
        tracing::warn!(target: "agent", %error, "failed purging file");
    }
}

/// Seconds since 1970.
pub(super) fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
