//! Services and checks from files: held at start, replaced when the configuration is read again.

use std::collections::BTreeSet;

use proconsul_calls::agent::AgentError;
use proconsul_types::node::Text;
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};

use super::services::Removal;
use super::{Source, State};

/// What the files of an agent's configuration define.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    /// Services, with their checks.
    pub services: Vec<ServiceRegistration>,
    /// Checks of the node, or of services that are defined or registered elsewhere.
    pub checks: Vec<CheckRegistration>,
}

/// Why definitions are not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// A service does not fit.
    #[error("Failed to register service {name:?}: {why}")]
    Service {
        /// Its name.
        name: String,
        /// Why.
        why: AgentError,
    },
    /// A check does not fit.
    #[error("Failed to register check '{name}': {why}")]
    Check {
        /// Its name.
        name: String,
        /// Why.
        why: AgentError,
    },
}

impl State {
    /// Holds the services of the files, instead of those that came from files before; tells the ids of all that are defined.
    pub fn define_services(&mut self, services: &[ServiceRegistration]) -> Result<Removal, NotTaken> {
        let mut defined = Removal::default();
        for given in services {
            let plan = self.plan_service(given, Source::File, false);
            let plan = plan.map_err(|why| NotTaken::Service { name: given.name.clone(), why })?;
            for holding in plan {
                defined.services.push(holding.service.id.clone());
                defined.checks.extend(holding.checks.iter().map(|planned| planned.check.id.clone()));
                self.hold(holding);
            }
        }
        Ok(defined)
    }

    /// The same for the checks that stand alone.
    pub fn define_checks(&mut self, checks: &[CheckRegistration]) -> Result<Vec<Text>, NotTaken> {
        let mut defined = Vec::new();
        for given in checks {
            let plan = self.plan_check(given, Source::File);
            let plan = plan.map_err(|why| NotTaken::Check { name: given.name.clone(), why })?;
            defined.push(plan.check.id.clone());
            self.hold_check(plan);
        }
        Ok(defined)
    }

    /// Replaces everything that came from files, or changes nothing. What was registered otherwise stays, and so do the
    /// statuses of checks that are still there. Tells whatever need not be kept on disk any more: what is gone, and what is now
    /// defined in a file.
    pub fn replace_definitions(&mut self, definitions: &Definitions) -> Result<Removal, NotTaken> {
        let mut next = self.clone();
        let mut defined = next.define_services(&definitions.services)?;
        next.forget_other_services(&defined);
        defined.checks.extend(next.define_checks(&definitions.checks)?);
        let known: BTreeSet<&Text> = defined.checks.iter().collect();
        let stale = next.checks().filter(|held| held.source == Source::File && !known.contains(&held.check.id));
        for id in stale.map(|held| held.check.id.clone()).collect::<Vec<_>>() {
            next.drop_check(&id);
        }
        let gone_checks = self.checks().map(|held| &held.check.id).filter(|id| next.check(id).is_none());
        let gone_services = self.services().map(|held| &held.service.id).filter(|id| next.service(id).is_none());
        defined.checks.extend(gone_checks.cloned());
        defined.services.extend(gone_services.cloned());
        *self = next;
        Ok(defined)
    }

    fn forget_other_services(&mut self, defined: &Removal) {
        let known: BTreeSet<&Text> = defined.services.iter().collect();
        let stale = self.services().filter(|held| held.source == Source::File && !known.contains(&held.service.id));
        for id in stale.map(|held| held.service.id.clone()).collect::<Vec<_>>() {
            // One that went with another is gone already.
            if let Some(removal) = self.plan_removal(&id) {
                self.let_go(&removal);
            }
        }
    }
}

#[cfg(test)]
mod tests;
