//! The end of a runtime: pods go in reverse order, the highest ordinal of each set first.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use tokio::time::timeout;

use super::{Runtime, STOP_SLACK};
use crate::kind::Kind;
use crate::object::{Fields, Key, Object};
use crate::store::{Deletion, StoreError};

/// What goes with the pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Only their processes: the next start brings everything back.
    Pods,
    /// The applied objects too, but not claims, volumes and what lies on them.
    Objects,
    /// Everything, the data in stand-in folders included.
    Volumes,
}

/// Why a runtime did not stop cleanly.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pods' network stayed.
    #[error("cannot take the pods' network down")]
    Network(#[from] proconsul_pods::BridgeError),
    /// Data could not be removed.
    #[error("cannot remove the volumes in {}", path.display())]
    Volumes {
        /// Where.
        path: std::path::PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Runtime {
    /// Stops all pods, the last of each set first, and removes what `extent` says.
    pub async fn stop(&self, extent: Extent) -> Result<(), StopError> {
        // The controllers would start again what is stopped here; the workers of the pods must go on until each is gone.
        if let Some(control) = self.controllers.lock().first() {
            control.abort();
        }
        let lone: Vec<Object> = self.pods().into_iter().filter(|pod| pod.controller().is_none()).collect();
        for (_, pods) in self.in_reverse_order() {
            self.stop_together(&pods).await?;
        }
        match extent {
            Extent::Pods => self.keep_for_next_start(&lone)?,
            Extent::Objects => self.remove_objects(&[Kind::PersistentVolume, Kind::PersistentVolumeClaim])?,
            Extent::Volumes => {
                self.remove_objects(&[])?;
                let path = self.state_dir.join("volumes");
                match std::fs::remove_dir_all(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(StopError::Volumes { path, source: error });
                    }
                    _ => {}
                }
            }
        }
        self.host.close().await?;
        Ok(())
    }

    fn pods(&self) -> Vec<Object> {
        self.store.list(Kind::Pod, None)
    }

    /// The pods by ordinal, the highest first; pods of no set come last.
    fn in_reverse_order(&self) -> impl Iterator<Item = (std::cmp::Reverse<i64>, Vec<Object>)> + use<> {
        let mut turns: BTreeMap<std::cmp::Reverse<i64>, Vec<Object>> = BTreeMap::new();
        for pod in self.pods() {
            let ordinal = pod.label("apps.kubernetes.io/pod-index").and_then(|index| index.parse().ok()).unwrap_or(-1);
            turns.entry(std::cmp::Reverse(ordinal)).or_default().push(pod);
        }
        turns.into_iter()
    }

    async fn stop_together(&self, pods: &[Object]) -> Result<(), StoreError> {
        let mut longest = Duration::ZERO;
        let mut keys = Vec::new();
        for pod in pods {
            let Some(key) = Key::of(pod) else { continue };
            let grace = pod.number("/spec/terminationGracePeriodSeconds").unwrap_or(30).max(0).unsigned_abs();
            longest = longest.max(Duration::from_secs(grace));
            match self.store.delete(&key, &Deletion { uid: Some(pod.uid().to_owned()), ..Deletion::default() }) {
                Ok(_) => keys.push((key, pod.uid())),
                Err(StoreError::NotFound(_) | StoreError::OtherUid { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let mut changes = self.store.changes();
        let is_there = |(key, uid): &(Key, &str)| self.store.get(key).is_some_and(|pod| pod.uid() == *uid);
        let gone = async { while keys.iter().any(is_there) && changes.changed().await.is_ok() {} };
        if timeout(longest + STOP_SLACK, gone).await.is_err() {
            let left: Vec<String> = keys.iter().filter(|key| is_there(key)).map(|(key, _)| key.to_string()).collect();
            tracing::warn!(pods = left.join(", "), "did not end within their grace period");
        }
        Ok(())
    }

    /// A pod that no set brings back is stored again as it was written.
    fn keep_for_next_start(&self, pods: &[Object]) -> Result<(), StoreError> {
        for pod in pods {
            let mut fresh = serde_json::Value::clone(pod);
            let metadata = crate::object::metadata(&mut fresh);
            metadata.remove("resourceVersion");
            crate::object::map_at(&mut fresh, "spec").remove("nodeName");
            match self.store.create(fresh) {
                Ok(_) | Err(StoreError::AlreadyExists(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn remove_objects(&self, kept: &[Kind]) -> Result<(), StoreError> {
        self.store.write(|draft| {
            for kind in Kind::ALL.into_iter().filter(|kind| !kept.contains(kind)) {
                for object in draft.list(kind) {
                    let Some(key) = Key::of(&object) else { continue };
                    draft.modify(&key, |object| {
                        crate::object::metadata(object).remove("finalizers");
                    })?;
                    if draft.get(&key).is_some() {
                        draft.delete(&key, &Deletion { grace_seconds: Some(0), ..Deletion::default() })?;
                    }
                }
            }
            Ok(())
        })
    }
}
