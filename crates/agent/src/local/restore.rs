//! What was kept on disk is held again. A check is critical until somebody says otherwise, so that nothing that may be broken is
//! offered; only what a check was told while its time to live lasts counts on.

use std::sync::Arc;

use proconsul_calls::agent::Unfit;
use proconsul_types::check::CRITICAL;

use super::checks::{HeldCheck, PlannedCheck};
use super::kept::CheckState;
use super::{State, registration};

impl State {
    /// What holding this check again would mean.
    pub fn plan_restored(&self, kept: PlannedCheck) -> Result<PlannedCheck, Unfit> {
        let mut planned = kept;
        if let Some(how) = planned.registration.as_deref() {
            registration::fits(how, planned.source, self.settings.scripts)?;
        }
        let check = &mut planned.check;
        if !check.service_id.is_empty() {
            let held = self.service(&check.service_id).ok_or_else(|| Unfit::NoService(check.service_id.to_string()))?;
            check.service_name = held.service.name.clone();
            check.service_tags = held.service.tags.clone();
        }
        check.status = CRITICAL.into();
        check.output = "".into();
        Ok(planned)
    }
}

impl From<&HeldCheck> for PlannedCheck {
    fn from(held: &HeldCheck) -> Self {
        let HeldCheck { check, registration, token, source, .. } = held.clone();
        Self { check: Arc::unwrap_or_clone(check), registration, token, source }
    }
}

impl PlannedCheck {
    /// Whether it waits to be told how it is.
    pub fn is_told(&self) -> bool {
        self.registration.as_deref().is_some_and(|how| how.ttl > 0)
    }

    /// It is as it was told.
    pub fn tell(&mut self, state: CheckState) {
        self.check.status = state.status.into();
        self.check.output = state.output.into();
    }
}
