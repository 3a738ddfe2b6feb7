//! What autopilot goes by: one record, or none before the first leader has written it.

use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::autopilot::Configuration;

use crate::check::Broken;

/// The configuration of autopilot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Autopilot(Option<Arc<Configuration>>);

impl Autopilot {
    pub(crate) fn restored(configuration: Configuration) -> Self {
        Self(Some(Arc::new(configuration)))
    }

    pub(crate) fn get(&self) -> Option<&Arc<Configuration>> {
        self.0.as_ref()
    }

    /// When it was last changed; 0 when it was never written.
    pub(crate) fn changed(&self) -> Index {
        self.get().map_or(Index::ZERO, |configuration| configuration.modify_index)
    }

    /// One that is just as before gets a new index all the same, as in Consul.
    pub(crate) fn put(&mut self, index: Index, configuration: &Configuration) {
        let create_index = self.get().map_or(index, |before| before.create_index);
        self.0 = Some(Arc::new(Configuration { create_index, modify_index: index, ..configuration.clone() }));
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        let holds = self.get().is_none_or(|kept| kept.create_index <= kept.modify_index && kept.create_index.0 > 0);
        Broken::unless(holds, "autopilot", "", "the configuration is made before it is changed")
    }
}
