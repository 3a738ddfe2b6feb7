//! What can be read of autopilot.

use std::sync::Arc;

use proconsul_types::autopilot::Configuration;

use super::{Store, View};

impl Store {
    /// What autopilot goes by; `None` before the first leader has written it.
    pub fn autopilot(&self) -> Option<Arc<Configuration>> {
        self.tables.read().autopilot.get().cloned()
    }
}

impl View {
    /// What autopilot goes by; `None` before the first leader has written it.
    pub fn autopilot(&self) -> Option<&Arc<Configuration>> {
        self.tables.autopilot.get()
    }
}
