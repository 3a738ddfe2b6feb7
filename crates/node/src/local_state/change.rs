//! What changes what the agent holds: planned, written down, made, and told to the catalog, one change after the other.

use proconsul_agent::local::kept::{self, CHECK_STATES, CHECKS, CheckState, Damage, SERVICES};
use proconsul_agent::local::{Definitions, Holding, NotTaken, PlannedCheck, Removal, Source, State, Told};
use proconsul_calls::agent::{AgentError, Applied};
use proconsul_types::node::Text;
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};

use super::LocalState;
use super::load::unix_now;
use super::store::{Step, not_kept};

impl LocalState {
    pub(super) async fn register_service(&self, given: &ServiceRegistration, replace: bool) -> Result<(), AgentError> {
        let turn = self.turn.lock().await;
        let plan = self.held.look(|state| state.plan_service(given, Source::Remote, replace))?;
        let steps: Vec<_> = plan.iter().map(steps).collect::<Result<_, _>>()?;
        self.write_down(steps.concat()).await?;
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
        self.let_go(&removal).await?;
        drop(turn);
        self.until_tried().await;
        Ok(())
    }

    pub(super) async fn register_check(&self, given: &CheckRegistration) -> Result<(), AgentError> {
        let turn = self.turn.lock().await;
        let plan = self.held.look(|state| state.plan_check(given, Source::Remote))?;
        self.hold_check(plan).await?;
        drop(turn);
        self.until_tried().await;
        Ok(())
    }

    /// Holds a check of the agent's own, if there is one to hold.
    pub(super) async fn keep_check(&self, plan: impl FnOnce(&State) -> Option<PlannedCheck>) -> Result<(), AgentError> {
        let turn = self.turn.lock().await;
        if let Some(plan) = self.held.look(plan) {
            self.hold_check(plan).await?;
        }
        drop(turn);
        self.until_tried().await;
        Ok(())
    }

    pub(super) async fn deregister_check(&self, id: &str) -> Result<(), AgentError> {
        let turn = self.turn.lock().await;
        self.let_go(&Removal { services: Vec::new(), checks: vec![id.into()] }).await?;
        drop(turn);
        self.until_tried().await;
        Ok(())
    }

    pub(super) async fn tell(&self, id: &str, applied: &Applied) -> Result<(), AgentError> {
        let turn = self.turn.lock().await;
        let told = self.told(id, applied)?;
        let check_id = Text::from(id);
        let expires = unix_now().saturating_add(told.ttl.as_secs());
        let state = CheckState { check_id, output: told.output, status: applied.status.clone(), expires };
        let file = kept::state_file(&state).map_err(|damage| not_kept("check state", id, &damage))?;
        self.write_down(vec![Step::keep(CHECK_STATES, &state.check_id, file)]).await?;
        drop(turn);
        self.until_tried().await;
        Ok(())
    }

    /// Takes what the files define now for what they defined before, or changes nothing.
    pub(crate) async fn replace_definitions(&self, definitions: &Definitions) -> Result<(), NotTaken> {
        let _turn = self.turn.lock().await;
        let unkept = self.held.change(|state| state.replace_definitions(definitions))?;
        if let Err(error) = self.write_down(Step::forget_all(&unkept)).await {
            // They are in the way at the next start, and go then.
            tracing::warn!(target: "agent", %error, "failed purging files");
        }
        Ok(())
    }

    fn told(&self, id: &str, told: &Applied) -> Result<Told, AgentError> {
        let (now, rng) = (self.now(), &mut *self.rng.lock());
        self.held.change(|state| state.tell(id, &told.status, &told.output, self.output_max, now, rng))
    }

    async fn hold_check(&self, plan: PlannedCheck) -> Result<(), AgentError> {
        self.write_down(vec![check_step(&plan)?]).await?;
        self.held.change(|state| state.hold_check(plan));
        Ok(())
    }

    async fn let_go(&self, removal: &Removal) -> Result<(), AgentError> {
        self.write_down(Step::forget_all(removal)).await?;
        self.held.change(|state| state.let_go(removal));
        Ok(())
    }

    /// In development mode nothing is kept.
    async fn write_down(&self, steps: Vec<Step>) -> Result<(), AgentError> {
        match &self.store {
            Some(store) if !steps.is_empty() => store.take(steps).await,
            _ => Ok(()),
        }
    }
}

/// The service last: when the agent ends before, there is no service yet, and its checks go at the next start.
fn steps(holding: &Holding) -> Result<Vec<Step>, AgentError> {
    let id = &holding.service.id;
    let service = kept::service_file(holding).map_err(failed("service", id))?;
    let mut steps: Vec<_> = holding.checks.iter().map(check_step).collect::<Result<_, _>>()?;
    steps.push(Step::keep(SERVICES, id, service));
    steps.extend(Step::forget_all(&Removal { services: Vec::new(), checks: holding.dropped.clone() }));
    Ok(steps)
}

fn check_step(planned: &PlannedCheck) -> Result<Step, AgentError> {
    let id = &planned.check.id;
    kept::check_file(planned).map(|file| Step::keep(CHECKS, id, file)).map_err(failed("check", id))
}

fn failed<'a>(what: &'static str, id: &'a str) -> impl Fn(Damage) -> AgentError + 'a {
    move |damage| not_kept(what, id, &damage)
}
