//! Pods on this machine: one worker for each pod that has a node, from its sandbox to its last breath.
//!
//! Decides nothing about restarts, readiness or status: those are `plan`'s. Knows no StatefulSet.

mod container;
mod image;
mod launch;
mod memory;
mod next;
mod observe;
mod probe;
pub(crate) mod volume;
mod worker;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use proconsul_plan::launch::Allocatable;
use tokio::task::JoinHandle;

use crate::events::Recorder;
use crate::kind::Kind;
use crate::machine::{Machine, Sandbox};
use crate::object::{Fields, Key};
use crate::store::Store;
use worker::Worker;

/// How pods are to be run, beyond what their objects say.
#[derive(Clone, Debug)]
pub struct PodSettings {
    /// The state directory; stand-in folders of volumes lie below it.
    pub state_dir: PathBuf,
    /// `--nfs-export SERVER:PATH=DIR`: by `SERVER:PATH`.
    pub nfs_exports: BTreeMap<String, PathBuf>,
    /// `--builtin-images=on`: the images of Consul are answered by this program.
    pub builtin_images: bool,
    /// This program's version, for image ids.
    pub version: String,
    /// What containers without limits may use.
    pub allocatable: Allocatable,
}

/// What all workers share.
#[derive(Debug)]
pub(crate) struct Shared<M> {
    pub(crate) store: Arc<Store>,
    pub(crate) machine: Arc<M>,
    pub(crate) settings: PodSettings,
    pub(crate) recorder: Recorder,
}

/// Runs workers for all pods with a node until dropped. Dropping it leaves the pods' processes alone.
pub async fn run<M: Machine>(store: Arc<Store>, machine: Arc<M>, settings: PodSettings) {
    let recorder = Recorder::new(Arc::clone(&store), "kubelet");
    let shared = Arc::new(Shared { store, machine, settings, recorder });
    remove_strangers(&shared).await;
    let mut changes = shared.store.changes();
    let mut workers = Workers::default();
    loop {
        changes.borrow_and_update();
        workers.0.retain(|_, task| !task.is_finished());
        for pod in shared.store.list(Kind::Pod, None) {
            let Some(key) = Key::of(&pod).filter(|_| !pod.text("/spec/nodeName").is_empty()) else { continue };
            if !workers.0.contains_key(pod.uid()) {
                let worker = Worker::new(Arc::clone(&shared), key, pod.uid().to_owned());
                workers.0.insert(pod.uid().to_owned(), tokio::spawn(worker.run()));
            }
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// The workers by pod uid; they end with the one who started them.
#[derive(Default)]
struct Workers(BTreeMap<String, JoinHandle<()>>);

impl Drop for Workers {
    fn drop(&mut self) {
        self.0.values().for_each(JoinHandle::abort);
    }
}

/// Pods of an earlier runtime that the store no longer knows are ended.
async fn remove_strangers<M: Machine>(shared: &Shared<M>) {
    let known: Vec<String> = shared.store.list(Kind::Pod, None).iter().map(|pod| pod.uid().to_owned()).collect();
    let found = shared.machine.found().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "pods of an earlier runtime could not be looked for");
        Vec::new()
    });
    for uid in found.into_iter().filter(|uid| !known.contains(uid)) {
        if let Ok(Some(found)) = shared.machine.find(&uid).await {
            end(found.sandbox.as_ref(), worker::GRACE_FORCED).await;
            shared.machine.release_address(found.launch.address);
        }
        if let Err(error) = shared.machine.remove(&uid) {
            tracing::warn!(uid, %error, "the folder of a pod could not be removed");
        }
    }
}

/// Ends all containers of a sandbox, then the sandbox. That it is gone already is as good.
async fn end<S: Sandbox>(sandbox: Option<&S>, grace: std::time::Duration) {
    let Some(sandbox) = sandbox else { return };
    if let Err(error) = sandbox.stop(grace).await {
        tracing::debug!(%error, "a sandbox could not be told to stop its containers");
    }
    if let Err(error) = sandbox.end().await {
        tracing::debug!(%error, "a sandbox could not be told to end");
    }
}
