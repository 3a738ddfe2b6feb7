//! Event objects: what happened to an object, in Kubernetes' reasons and words. Repeats are counted, old ones forgotten.
//!
//! Recording never fails the work it tells of: an event that cannot be stored is logged and lost, as in Kubernetes.

use std::sync::Arc;
use std::time::Duration;

use proconsul_base::limit;
use serde_json::{Value, json};

use crate::clock::{self, Timestamp};
use crate::kind::Kind;
use crate::object::{self, Fields, Key, Object};
use crate::store::{Deletion, Draft, Store, StoreError};

/// How long an event is kept, as the API server's `--event-ttl`.
const KEPT_FOR: Duration = Duration::from_secs(3600);

/// What an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// `Warning` rather than `Normal`.
    pub is_warning: bool,
    /// One word, for programs.
    pub reason: &'static str,
    /// A sentence, for people.
    pub message: String,
    /// The part of the object that is meant: `spec.containers{consul}`.
    pub field_path: Option<String>,
}

impl Happening {
    /// Something expected.
    pub fn normal(reason: &'static str, message: impl Into<String>) -> Self {
        Self { is_warning: false, reason, message: message.into(), field_path: None }
    }

    /// Something that needs attention.
    pub fn warning(reason: &'static str, message: impl Into<String>) -> Self {
        Self { is_warning: true, ..Self::normal(reason, message) }
    }

    /// The same, about one container.
    #[must_use]
    pub fn of_container(self, name: &str) -> Self {
        Self { field_path: Some(format!("spec.containers{{{name}}}")), ..self }
    }
}

/// Records events under one component's name.
#[derive(Clone, Debug)]
pub struct Recorder {
    store: Arc<Store>,
    component: &'static str,
}

impl Recorder {
    /// A recorder for a component: `kubelet`, `statefulset-controller`.
    pub fn new(store: Arc<Store>, component: &'static str) -> Self {
        Self { store, component }
    }

    /// Records that this happened to the object; the same again within the hour is counted on the first.
    pub fn record(&self, about: &Value, happening: &Happening) {
        let host = about.text("/spec/nodeName");
        let written = self.store.write(|draft| {
            let known = draft.list(Kind::Event);
            match known.iter().find(|event| self.is_same(event, about, happening)) {
                Some(event) => repeat(draft, event, self.store.clock().now()),
                None => draft.create(self.event(about, happening, host)).map(drop),
            }?;
            forget_old(draft, &known, self.store.clock().now())
        });
        if let Err(error) = written {
            tracing::warn!(reason = happening.reason, object = about.name(), %error, "an event could not be stored");
        }
    }

    fn is_same(&self, event: &Value, about: &Value, happening: &Happening) -> bool {
        event.text("/involvedObject/uid") == about.uid()
            && event.text("/involvedObject/kind") == about.text("/kind")
            && event.text("/reason") == happening.reason
            && event.text("/message") == happening.message
            && event.text("/source/component") == self.component
    }

    fn event(&self, about: &Value, happening: &Happening, host: &str) -> Value {
        let now = self.store.clock().now();
        let mut involved = object::reference(about);
        if let Some(path) = &happening.field_path {
            involved["fieldPath"] = path.clone().into();
        }
        let namespace = if about.namespace().is_empty() { "default" } else { about.namespace() };
        let mut source = json!({ "component": self.component });
        if !host.is_empty() {
            source["host"] = host.into();
        }
        json!({
            "apiVersion": "v1",
            "kind": "Event",
            // Nanoseconds and the store's version: two events of one object never share a name.
            "metadata": {
                "name": format!("{}.{:x}{:x}", about.name(), now.as_nanosecond(), self.store.version()),
                "namespace": namespace,
            },
            "involvedObject": involved,
            "reason": happening.reason,
            "message": happening.message,
            "type": if happening.is_warning { "Warning" } else { "Normal" },
            "source": source,
            "firstTimestamp": clock::stamp(now),
            "lastTimestamp": clock::stamp(now),
            "count": 1,
            "reportingComponent": self.component,
            "reportingInstance": host,
        })
    }
}

fn repeat(draft: &mut Draft<'_>, event: &Object, now: Timestamp) -> Result<(), StoreError> {
    let Some(key) = Key::of(event) else { return Ok(()) };
    draft.modify(&key, |event| {
        event["count"] = (event.number("/count").unwrap_or(1) + 1).into();
        event["lastTimestamp"] = clock::stamp(now).into();
    })?;
    Ok(())
}

fn forget_old(draft: &mut Draft<'_>, known: &[Object], now: Timestamp) -> Result<(), StoreError> {
    let last_seen = |event: &Object| clock::parse(event.text("/lastTimestamp")).unwrap_or(now);
    let mut by_age: Vec<&Object> = known.iter().collect();
    by_age.sort_by_key(|event| last_seen(event));
    let too_many = by_age.len().saturating_sub(limit::KUBE_EVENT_OBJECTS - 1);
    for (place, event) in by_age.into_iter().enumerate() {
        let is_old = clock::since(last_seen(event), now) > KEPT_FOR;
        if let Some(key) = Key::of(event).filter(|_| is_old || place < too_many) {
            draft.delete(&key, &Deletion::default())?;
        }
    }
    Ok(())
}
