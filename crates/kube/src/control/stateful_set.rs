//! Carries out what `plan::stateful_set` says, action by action, and writes the events of each.

use k8s_openapi::api::apps::v1::StatefulSet;
use proconsul_plan::stateful_set::{self, Action, Event, Seen};
use serde_json::Value;

use crate::control::{Again, Control, sooner, typed, untyped};
use crate::events::Happening;
use crate::kind::Kind;
use crate::machine::Machine;
use crate::object::{Fields, Key, Object};
use crate::store::{Deletion, Part, StoreError};

const COMPONENT: &str = "statefulset-controller";

pub(super) fn sync<M: Machine>(control: &Control<M>) -> Result<Again, StoreError> {
    let mut again = None;
    for object in control.store.list(Kind::StatefulSet, None) {
        let Some(set) = typed::<StatefulSet>(&object) else { continue };
        let seen = (
            control.typed(Kind::Pod),
            control.typed(Kind::PersistentVolumeClaim),
            control.typed(Kind::ControllerRevision),
        );
        let now = control.store.clock().now();
        let seen = Seen { pods: &seen.0, claims: &seen.1, revisions: &seen.2, now };
        again = sooner(again, carry_out(control, &object, stateful_set::plan(&set, &seen))?);
    }
    Ok(again)
}

fn carry_out<M: Machine>(control: &Control<M>, set: &Object, actions: Vec<Action>) -> Result<Again, StoreError> {
    let mut again = None;
    for action in actions {
        if let Action::SyncAt(at) = action {
            again = sooner(again, Some(at));
            continue;
        }
        let failure = match act(control, set, &action) {
            Ok(()) => None,
            Err(error @ StoreError::Journal(_)) => return Err(error),
            Err(error) => Some(error.to_string()),
        };
        if let Some(event) = action.event(set.name(), failure.as_deref()) {
            let happening = happening(event);
            if happening.is_warning {
                control.say_once(COMPONENT, set, &happening);
            } else {
                control.recorder(COMPONENT).record(set, &happening);
            }
        }
        if failure.is_some() {
            break; // what follows may stand on it; the next sync sees what there is
        }
    }
    Ok(again)
}

fn happening(event: Event) -> Happening {
    Happening { is_warning: event.kind == "Warning", reason: event.reason, message: event.message, field_path: None }
}

fn act<M: Machine>(control: &Control<M>, set: &Value, action: &Action) -> Result<(), StoreError> {
    let store = &control.store;
    let key = |kind, name: &str| Key::new(kind, set.namespace(), name);
    match action {
        Action::CreateRevision(revision) => {
            store.create(of_kind(Kind::ControllerRevision, untyped(revision))).map(drop)
        }
        Action::UpdateRevision(revision) => {
            store.update(of_kind(Kind::ControllerRevision, untyped(revision)), Part::Main).map(drop)
        }
        Action::DeleteRevision { name } => {
            store.delete(&key(Kind::ControllerRevision, name), &Deletion::default()).map(drop)
        }
        Action::CreateClaim { claim, .. } => {
            store.create(of_kind(Kind::PersistentVolumeClaim, untyped(claim))).map(drop)
        }
        Action::UpdateClaim(claim) => {
            store.update(of_kind(Kind::PersistentVolumeClaim, untyped(claim)), Part::Main).map(drop)
        }
        Action::CreatePod(pod) => store.create(of_kind(Kind::Pod, untyped(pod))).map(drop),
        Action::UpdatePod(pod) => store.update(of_kind(Kind::Pod, untyped(pod)), Part::Main).map(drop),
        Action::DeletePod { name, uid } => {
            let deletion = Deletion { uid: Some(uid.clone()), ..Deletion::default() };
            store.delete(&key(Kind::Pod, name), &deletion).map(drop)
        }
        Action::SetStatus(status) => {
            let status = untyped(status);
            store.modify(&key(Kind::StatefulSet, set.name()), |set| set["status"] = status).map(drop)
        }
        Action::Blocked { .. } | Action::SyncAt(_) => Ok(()),
    }
}

/// Kubernetes types do not carry their own kind.
fn of_kind(kind: Kind, mut object: Value) -> Value {
    object["apiVersion"] = kind.api_version().into();
    object["kind"] = kind.resource().kind.into();
    object
}
