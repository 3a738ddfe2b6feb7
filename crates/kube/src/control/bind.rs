//! Carries out what `plan::bind` says about claims and volumes.

use proconsul_plan::bind::{self, Action};
use serde_json::Value;

use crate::control::{Control, untyped};
use crate::events::Happening;
use crate::kind::Kind;
use crate::machine::Machine;
use crate::object::{Fields, Key};
use crate::store::{Store, StoreError};

pub(super) fn sync<M: Machine>(control: &Control<M>) -> Result<(), StoreError> {
    let volumes = control.typed(Kind::PersistentVolume);
    let claims = control.typed(Kind::PersistentVolumeClaim);
    for action in bind::plan(&volumes, &claims, control.store.clock().now()) {
        let done = match action {
            Action::UpdateVolume(volume) => replace(&control.store, Kind::PersistentVolume, untyped(&volume)),
            Action::UpdateClaim(claim) => replace(&control.store, Kind::PersistentVolumeClaim, untyped(&claim)),
            Action::Event { namespace, claim, kind, reason, message } => {
                let happening = Happening { is_warning: kind == "Warning", reason, message, field_path: None };
                let claim = control.store.get(&Key::new(Kind::PersistentVolumeClaim, &namespace, &claim));
                claim.iter().for_each(|claim| control.say_once("persistentvolume-controller", claim, &happening));
                Ok(())
            }
        };
        match done {
            Err(StoreError::Conflict(_) | StoreError::NotFound(_)) => return Ok(()), // changed meanwhile: the next turn looks again
            done => done?,
        }
    }
    Ok(())
}

/// Writes an object whole, status included, unless it changed since it was read.
fn replace(store: &Store, kind: Kind, mut object: Value) -> Result<(), StoreError> {
    object["apiVersion"] = kind.api_version().into();
    object["kind"] = kind.resource().kind.into();
    let key = Key::new(kind, object.namespace(), object.name());
    store.write(|draft| {
        let stored = draft.get(&key).ok_or_else(|| StoreError::NotFound(key.clone()))?;
        if stored.version() != object.version() {
            return Err(StoreError::Conflict(key.clone()));
        }
        draft.modify(&key, |stored| *stored = object)
    })?;
    Ok(())
}
