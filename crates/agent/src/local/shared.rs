//! The state behind a lock, and news of its changes for whoever waits.

use std::sync::Arc;

use parking_lot::Mutex;
use proconsul_calls::agent::{AgentError, ServiceContent};
use proconsul_types::check::Check;
use proconsul_types::service::Service;
use tokio::sync::watch;

use super::{State, Version, content_hash};

/// What many look at and change.
#[derive(Debug)]
pub struct Shared {
    state: Mutex<State>,
    version: watch::Sender<Version>,
}

impl Shared {
    /// Around this state.
    pub fn new(state: State) -> Self {
        let version = watch::Sender::new(state.version());
        Self { state: Mutex::new(state), version }
    }

    /// Looks at the state.
    pub fn look<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.state.lock())
    }

    /// Changes the state, and tells those who wait if anything has changed.
    pub fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state.lock();
        let result = change(&mut state);
        let now = state.version();
        self.version.send_if_modified(|known| std::mem::replace(known, now) != now);
        result
    }

    /// News of changes, counted from now.
    pub fn watch(&self) -> watch::Receiver<Version> {
        self.version.subscribe()
    }

    /// The services, in the order of their ids.
    pub fn services(&self) -> Vec<Arc<Service>> {
        self.look(|state| state.services().map(|held| Arc::clone(&held.service)).collect())
    }

    /// The checks, in the order of their ids.
    pub fn checks(&self) -> Vec<Arc<Check>> {
        self.look(|state| state.checks().map(|held| Arc::clone(&held.check)).collect())
    }

    /// One service and its content hash.
    pub fn service(&self, id: &str) -> Result<ServiceContent, AgentError> {
        let service = self.look(|state| state.service(id).map(|held| Arc::clone(&held.service)));
        let service = service.ok_or_else(|| AgentError::UnknownService(id.to_owned()))?;
        Ok(ServiceContent { hash: content_hash(&service), service })
    }
}
