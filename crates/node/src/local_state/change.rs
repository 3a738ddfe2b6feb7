//! What changes what the agent holds: planned, made, and told to the catalog, one change after the other.

use proconsul_agent::local::{PlannedCheck, Removal, Source, State, Told};
use proconsul_calls::agent::{AgentError, Applied};
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};

use super::{LocalState, OUTPUT_BYTES};

impl LocalState {
    pub(super) async fn register_service(&self, given: &ServiceRegistration, replace: bool) -> Result<(), AgentError> {
        let turn = self.turn.lock().await;
        let plan = self.held.look(|state| state.plan_service(given, Source::Remote, replace))?;
        self.held.change(|state| plan.into_iter().for_each(|holding| state.hold(holding)));
        drop(turn);
        self.until_tried().await;
        Ok(())
    }

    pub(super) async fn deregister_service(&self, id: &str) -> Result<(), AgentError> {
        let turn = self.turn.lock().await;
        let Some(removal) = self.held.look(|state| state.plan_removal(id)) else {
            tracing::warn!(target: "agent", service = id, "Failed to deregister service: it does not exist");
            return Ok(());
        };
        self.let_go(&removal);
        drop(turn);
        self.until_tried().await;
        Ok(())
    }

    pub(super) async fn register_check(&self, given: &CheckRegistration) -> Result<(), AgentError> {
        let turn = self.turn.lock().await;
        let plan = self.held.look(|state| state.plan_check(given, Source::Remote))?;
        self.hold_check(plan);
        drop(turn);
        self.until_tried().await;
        Ok(())
    }

    pub(super) async fn keep_check(&self, plan: impl FnOnce(&State) -> Option<PlannedCheck>) -> Result<(), AgentError> {
        let turn = self.turn.lock().await;
        if let Some(plan) = self.held.look(plan) {
            self.hold_check(plan);
        }
        drop(turn);
        self.until_tried().await;
        Ok(())
    }

    pub(super) async fn deregister_check(&self, id: &str) -> Result<(), AgentError> {
        let turn = self.turn.lock().await;
        self.let_go(&Removal { services: Vec::new(), checks: vec![id.into()] });
        drop(turn);
        self.until_tried().await;
        Ok(())
    }

    pub(super) async fn tell(&self, id: &str, told: &Applied) -> Result<(), AgentError> {
        let turn = self.turn.lock().await;
        self.told(id, told)?;
        drop(turn);
        self.until_tried().await;
        Ok(())
    }

    fn told(&self, id: &str, told: &Applied) -> Result<Told, AgentError> {
        let (now, rng) = (self.now(), &mut *self.rng.lock());
        self.held.change(|state| state.tell(id, &told.status, &told.output, OUTPUT_BYTES, now, rng))
    }

    fn hold_check(&self, plan: PlannedCheck) {
        self.held.change(|state| state.hold_check(plan));
    }

    fn let_go(&self, removal: &Removal) {
        self.held.change(|state| state.let_go(removal));
    }
}
