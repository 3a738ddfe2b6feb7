//! The checks of an agent: planned, held, told how they are, let go.

use std::sync::Arc;
use std::time::Duration;

use proconsul_base::limit;
use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;
use proconsul_calls::agent::{AgentError, Unfit};
use proconsul_types::check::{CRITICAL, Check};
use proconsul_types::node::Text;
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};
use proconsul_types::service::Service;

use super::{GoneCheck, Source, State, registration};

/// A check that is held.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldCheck {
    /// As the catalog is to say it.
    pub check: Arc<Check>,
    /// How it is carried out; `None` for one that only says that there is maintenance.
    pub registration: Option<Arc<CheckRegistration>>,
    /// The token it is registered with; empty for the agent's.
    pub token: String,
    /// Where it came from.
    pub source: Source,
    /// Since when it is critical.
    pub critical_since: Option<Instant>,
    /// When its output is written although nothing else has changed.
    pub(crate) output_due: Option<Instant>,
    /// How often it was told how it is, by whoever it waits for.
    pub(crate) told: u64,
    pub(crate) is_synced: bool,
    pub(crate) revision: u64,
}

/// A check that fits this agent, but is not held yet.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedCheck {
    /// As the catalog is to say it.
    pub check: Check,
    /// How it is carried out.
    pub registration: Option<Arc<CheckRegistration>>,
    /// The token it is registered with; empty for the agent's.
    pub token: String,
    /// Where it came from.
    pub source: Source,
}

/// What is to be carried out for a check.
#[derive(Clone, Debug, PartialEq)]
pub struct Duty {
    /// Its id.
    pub id: Text,
    /// How.
    pub registration: Arc<CheckRegistration>,
    /// Its status now.
    pub status: Text,
    /// Another number each time somebody told it how it is: its time to live begins anew.
    pub told: u64,
}

impl State {
    /// The checks, in the order of their ids.
    pub fn checks(&self) -> impl Iterator<Item = &HeldCheck> {
        self.checks.values()
    }

    /// The check of this id.
    pub fn check(&self, id: &str) -> Option<&HeldCheck> {
        self.checks.get(id)
    }

    /// What is to be carried out, in the order of the ids.
    pub fn duties(&self) -> Vec<Duty> {
        let duty = |held: &HeldCheck| {
            let registration = held.registration.clone()?;
            Some(Duty { id: held.check.id.clone(), registration, status: held.check.status.clone(), told: held.told })
        };
        self.checks.values().filter_map(duty).collect()
    }

    /// What holding this check would mean. The status of one that is known stays.
    pub fn plan_check(&self, registration: &CheckRegistration, source: Source) -> Result<PlannedCheck, AgentError> {
        if source == Source::Remote {
            registration::judge_check(registration)?;
        }
        let service = match &*registration.service_id {
            "" => None,
            id => Some(self.services.get(id).ok_or_else(|| Unfit::NoService(id.to_owned()))?),
        };
        let id = if registration.id.is_empty() { &registration.name } else { &registration.id };
        let mut check = registration::check(registration, self.node_name(), id, &registration.name);
        if source == Source::File {
            // Consul tells no type of checks that stand alone in files.
            check.kind = "".into();
        }
        if let Some(held) = service {
            of_service(&mut check, &held.service);
        }
        self.planned(check, registration.clone(), registration.token.clone(), source)
    }

    /// The same for the check of a service that is planned itself, the how manieth of it.
    pub(super) fn plan_check_of(
        &self,
        service: &Service,
        whole: &ServiceRegistration,
        place: usize,
        registration: &CheckRegistration,
        source: Source,
    ) -> Result<PlannedCheck, AgentError> {
        let id = match (&*registration.id, whole.checks.len()) {
            ("", 1) => format!("service:{}", service.id),
            ("", _) => format!("service:{}:{}", service.id, place + 1),
            (id, _) => id.to_owned(),
        };
        let name = match &*registration.name {
            "" => format!("Service '{}' check", service.name),
            name => name.to_owned(),
        };
        let mut check = registration::check(registration, self.node_name(), &id, &name);
        of_service(&mut check, service);
        let registration = CheckRegistration { service_id: service.id.to_string(), ..registration.clone() };
        self.planned(check, registration, whole.token.clone(), source)
    }

    fn planned(
        &self,
        mut check: Check,
        registration: CheckRegistration,
        token: String,
        source: Source,
    ) -> Result<PlannedCheck, AgentError> {
        if check.id.is_empty() {
            return Err(Unfit::CheckId.into());
        }
        registration::fits(&registration, source, self.settings.scripts)?;
        let known = self.checks.get(&check.id);
        if known.is_none() && self.checks.len() >= limit::LOCAL_RECORDS {
            return Err(Unfit::Full(limit::LOCAL_RECORDS).into());
        }
        if let Some(known) = known {
            check.status = known.check.status.clone();
            check.output = known.check.output.clone();
        }
        Ok(PlannedCheck { check, registration: Some(Arc::new(registration)), token, source })
    }

    /// Holds what was planned.
    pub fn hold_check(&mut self, planned: PlannedCheck) {
        let PlannedCheck { mut check, registration, token, source } = planned;
        if self.settings.discard_check_output {
            check.output = "".into();
        }
        self.duties_changed();
        self.gone.checks.remove(&check.id);
        let known = self.checks.get(&check.id);
        let held = HeldCheck {
            // A first status is nobody's word yet: time counts from when it was carried out.
            critical_since: known.and_then(|known| known.critical_since),
            check: Arc::new(check),
            registration,
            token,
            source,
            output_due: None,
            told: known.map_or(0, |known| known.told),
            is_synced: false,
            revision: self.revision(),
        };
        self.checks.insert(held.check.id.clone(), held);
    }

    /// Lets a check go; whether there was one.
    pub fn drop_check(&mut self, id: &str) -> bool {
        let Some((id, held)) = self.checks.remove_entry(id) else { return false };
        self.duties_changed();
        let service_id = held.check.service_id.clone();
        self.gone.checks.insert(id, GoneCheck { token: held.token, service_id });
        true
    }

    /// What carrying a check out said. A new output alone is written later, so that chatty checks cost little; the other
    /// half of the waiting time is chance.
    pub fn update_check(&mut self, id: &str, status: &str, output: &str, now: Instant, rng: &mut Rng) {
        let output = if self.settings.discard_check_output { "" } else { output };
        let patience = self.settings.check_update_interval;
        let Some(held) = self.checks.get_mut(id) else { return };
        held.critical_since = (status == CRITICAL).then(|| held.critical_since.unwrap_or(now));
        if *held.check.status == *status && *held.check.output == *output {
            return;
        }
        let is_output_alone = *held.check.status == *status;
        let check = Arc::make_mut(&mut held.check);
        check.status = status.into();
        check.output = output.into();
        if is_output_alone && !patience.is_zero() {
            held.output_due.get_or_insert_with(|| now + patience / 2 + rng.duration_below(patience));
        } else {
            held.is_synced = false;
            held.output_due = None;
        }
        self.status_changed();
        let revision = self.revision();
        if let Some(held) = self.checks.get_mut(id) {
            held.revision = revision;
        }
    }

    /// Outputs that have waited long enough are written next; tells when the following one has.
    pub fn ripen(&mut self, now: Instant) -> Option<Instant> {
        let mut next = None;
        for held in self.checks.values_mut() {
            match held.output_due {
                Some(due) if due <= now => {
                    held.output_due = None;
                    held.is_synced = false;
                }
                Some(due) => next = Some(next.map_or(due, |next: Instant| next.min(due))),
                None => {}
            }
        }
        next
    }

    /// Services with a check that has been critical for longer than it may, each with that check.
    pub fn overdue(&self, now: Instant) -> Vec<(Text, Text)> {
        let mut overdue: Vec<(Text, Text)> = Vec::new();
        for held in self.checks.values().filter(|held| !held.check.service_id.is_empty()) {
            let patience = held.registration.as_deref().map_or(0, |how| how.deregister_critical_service_after);
            let Some(patience) = u64::try_from(patience).ok().filter(|patience| *patience > 0) else { continue };
            let patience = Duration::from_nanos(patience).max(PATIENCE_MIN);
            let is_over = held.critical_since.is_some_and(|since| now.since(since) > patience);
            if is_over && !overdue.iter().any(|(service, _)| *service == held.check.service_id) {
                overdue.push((held.check.service_id.clone(), held.check.id.clone()));
            }
        }
        overdue
    }
}

/// A check may not ask for less before its service goes: Consul's `check_deregister_interval_min`.
const PATIENCE_MIN: Duration = Duration::from_secs(60);

fn of_service(check: &mut Check, service: &Service) {
    check.service_id = service.id.clone();
    check.service_name = service.name.clone();
    check.service_tags = service.tags.clone();
}
