//! What this agent holds: its node, its services and their checks; the catalog is made to say the same ([`crate::sync`]).
//!
//! A pure machine: registrations are judged and become a plan ([`Holding`]), a plan that was written down is held. Knows no
//! catalog, no file and no clock, and carries out no check: who does listens to [`State::version`] and tells the results.

mod checks;
mod hash;
pub mod kept;
mod maintenance;
mod node;
mod registration;
mod reload;
mod restore;
mod services;
mod shared;
mod sidecar;
mod ttl;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use proconsul_types::node::{Node, Text};

pub use self::checks::{Duty, HeldCheck, PlannedCheck};
pub use self::hash::content_hash;
pub use self::maintenance::check_id as maintenance_check_id;
pub use self::node::node;
pub use self::registration::{judge_kind, judge_service, kind_of};
pub use self::reload::{Definitions, NotTaken};
pub use self::services::{HeldService, Holding, Removal};
pub use self::shared::Shared;
pub use self::ttl::Told;

/// What an agent's configuration says about its services and checks.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The record of this node.
    pub node: Node,
    /// The ports for sidecars that name none; `None` when there are none to give (`ports.sidecar_min_port`, `_max_port`).
    pub sidecar_ports: Option<RangeInclusive<u16>>,
    /// How long a new output of a check may wait until it is written; zero for not at all (`check_update_interval`).
    pub check_update_interval: Duration,
    /// Whether the outputs of checks are dropped (`discard_check_output`).
    pub discard_check_output: bool,
    /// From where checks that run programs are taken.
    pub scripts: Scripts,
}

/// From where checks that run programs are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scripts {
    /// From files (`enable_local_script_checks` or `enable_script_checks`).
    pub from_files: bool,
    /// From files and over the network (`enable_script_checks`).
    pub from_anywhere: bool,
}

/// Where a registration comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// A configuration file: not kept on disk, for it is there already.
    #[default]
    File,
    /// The agent itself: maintenance. Consul's `local`, as files are.
    Agent,
    /// The HTTP API: Consul's `remote`.
    Remote,
}

/// How often things have changed; who remembers one sees whether there is news.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// Services came, changed or went.
    pub services: u64,
    /// Checks came, went, or are carried out otherwise.
    pub duties: u64,
    /// The status or output of a check changed, or anything above.
    pub any: u64,
}

/// The services and checks of an agent.
#[derive(Clone, Debug)]
pub struct State {
    pub(crate) settings: Settings,
    pub(crate) services: BTreeMap<Text, HeldService>,
    pub(crate) checks: BTreeMap<Text, HeldCheck>,
    /// What the catalog may still have; gone here.
    pub(crate) gone: Gone,
    /// Whether the catalog knows the node as it is.
    pub(crate) node_is_synced: bool,
    version: Version,
}

/// Ids of what is gone, with the token to take it out of the catalog with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gone {
    pub(crate) services: BTreeMap<Text, String>,
    pub(crate) checks: BTreeMap<Text, GoneCheck>,
}

/// A check that is gone.
#[derive(Clone, Debug, Default)]
pub(crate) struct GoneCheck {
    pub(crate) token: String,
    /// Its service; when that goes, the catalog forgets its checks.
    pub(crate) service_id: Text,
}

impl State {
    /// An agent that holds nothing.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            services: BTreeMap::new(),
            checks: BTreeMap::new(),
            gone: Gone::default(),
            node_is_synced: false,
            version: Version::default(),
        }
    }

    /// How often things have changed.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whether outputs are dropped from now on.
    pub fn discard_check_output(&mut self, discard: bool) {
        self.settings.discard_check_output = discard;
    }

    /// What describes the node from now on: the metadata of this record, all else stays.
    pub fn follow_meta(&mut self, node: &Node) {
        if self.settings.node.meta != node.meta {
            self.settings.node.meta.clone_from(&node.meta);
            self.node_is_synced = false;
            self.status_changed();
        }
    }

    /// The name of this node.
    pub fn node_name(&self) -> &Text {
        &self.settings.node.name
    }

    pub(crate) fn services_changed(&mut self) {
        self.version.services += 1;
        self.version.any += 1;
    }

    pub(crate) fn duties_changed(&mut self) {
        self.version.duties += 1;
        self.version.any += 1;
    }

    pub(crate) fn status_changed(&mut self) {
        self.version.any += 1;
    }

    /// Another number for every change, so that what was written is told from what came after it.
    pub fn revision(&self) -> u64 {
        self.version.any
    }
}

#[cfg(test)]
pub(crate) mod tests;
