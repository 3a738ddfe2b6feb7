//! Carries out the checks that the agent holds: starts, restarts and stops them as they come, change and go, and hands back what
//! came of them. How each is carried out, `checks` knows; what it means for the agent, `agent::local`.

mod alias;
mod means;

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_agent::local::{Duty, State, Version};
use proconsul_base::limit;
use proconsul_base::rand::Rng;
use proconsul_calls::catalog::CatalogCalls;
use proconsul_calls::health::HealthCalls;
use proconsul_checks::{Means, Outcome, Plan, PlanError, Report, Runner, Status, Ttl};
use proconsul_types::node::Text;
use proconsul_types::registration::CheckRegistration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

pub use self::means::MeansError;
pub(crate) use self::means::means;
use crate::local_state::LocalState;

/// Carries checks out for as long as the node runs.
pub(crate) async fn carry_out<C>(local: Arc<LocalState>, catalog: Arc<C>, means: Means, rng: Rng)
where
    C: CatalogCalls + HealthCalls + Send + Sync + 'static,
{
    let (reports, mut heard) = mpsc::channel(limit::CHECK_REPORTS);
    let news = local.held.watch();
    let mut carrying = Carrying { local, catalog, means, rng, reports, running: BTreeMap::new() };
    let mut duties = Duties { news, known: None };
    loop {
        tokio::select! {
            is_there = duties.changed() => match is_there {
                true => carrying.follow(),
                false => return,
            },
            // The other end is held here, so there is always another one to come.
            Some(report) = heard.recv() => carrying.hand_back(&report),
        }
    }
}

/// News of what is to be carried out.
struct Duties {
    news: watch::Receiver<Version>,
    /// The version that was followed last.
    known: Option<u64>,
}

impl Duties {
    /// Returns when there is something else to be carried out, at first at once; false when there never will be.
    async fn changed(&mut self) -> bool {
        let known = self.known;
        let changed = self.news.wait_for(|version| known != Some(version.duties)).await;
        match changed.map(|version| version.duties) {
            Ok(version) => {
                self.known = Some(version);
                true
            }
            Err(_) => false,
        }
    }
}

/// The checks that are being carried out.
struct Carrying<C> {
    local: Arc<LocalState>,
    catalog: Arc<C>,
    means: Means,
    rng: Rng,
    reports: mpsc::Sender<Report>,
    running: BTreeMap<Text, Carried>,
}

/// One of them, stopped when it is dropped.
struct Carried {
    registration: Arc<CheckRegistration>,
    how: How,
}

/// How it is carried out.
enum How {
    /// By asking again and again.
    Repeated { _runner: Runner },
    /// By waiting; `told` is how often somebody told it how it is.
    Ttl { timer: Ttl, told: u64 },
    /// By following other checks.
    Alias { _following: JoinSet<()> },
    /// Not at all: it was reported why.
    Broken,
}

impl<C: CatalogCalls + HealthCalls + Send + Sync + 'static> Carrying<C> {
    /// Makes what is carried out what is to be carried out.
    fn follow(&mut self) {
        let duties = self.local.held.look(State::duties);
        self.running.retain(|id, _| duties.binary_search_by(|duty| duty.id.cmp(id)).is_ok());
        for duty in duties {
            let carried = self.running.get_mut(&duty.id);
            if !carried.is_some_and(|carried| carried.goes_on(&duty, &self.local)) {
                self.start(duty);
            }
        }
    }

    fn start(&mut self, duty: Duty) {
        let Duty { id, registration, told, .. } = duty;
        // The one before it stops first: no check is carried out twice at once.
        self.running.remove(&id);
        let how = self.begin(&id, &registration, told).unwrap_or_else(|error| {
            tracing::error!(target: "agent", check = %id, %error, "failed to start a check");
            self.local.update_check(&id, Status::Critical.as_str(), &error.to_string());
            How::Broken
        });
        self.running.insert(id, Carried { registration, how });
    }

    fn begin(&mut self, id: &Text, registration: &CheckRegistration, told: u64) -> Result<How, PlanError> {
        let (name, reports) = (Arc::from(&**id), self.reports.clone());
        Ok(match Plan::of(registration, &self.means)? {
            Plan::Repeated(repeated) => {
                How::Repeated { _runner: Runner::start(name, repeated, self.rng.fork(), reports) }
            }
            Plan::Ttl(ttl) => How::Ttl { timer: Ttl::start(name, ttl, reports), told },
            Plan::Alias(alias) => {
                let mut following = JoinSet::new();
                let (local, catalog) = (Arc::clone(&self.local), Arc::clone(&self.catalog));
                if alias.node.is_empty() {
                    following.spawn(alias::follow_local(name, alias, local, reports));
                } else {
                    following.spawn(alias::follow_catalog(name, alias, catalog, reports, self.rng.fork()));
                }
                How::Alias { _following: following }
            }
        })
    }

    fn hand_back(&self, report: &Report) {
        let Report { id, outcome: Outcome { status, output } } = report;
        let Some(carried) = self.running.get(&**id) else { return };
        if let How::Ttl { told, .. } = carried.how
            && self.told(id) != Some(told)
        {
            // It was told how it is just when its time was over: the word counts.
            return;
        }
        self.local.update_check(id, status.as_str(), output);
    }

    fn told(&self, id: &str) -> Option<u64> {
        self.local.held.look(|state| state.duties().iter().find(|duty| *duty.id == *id).map(|duty| duty.told))
    }
}

impl Carried {
    /// Whether this is still the way to carry it out. What somebody told it meanwhile, its timer hears.
    fn goes_on(&mut self, duty: &Duty, local: &LocalState) -> bool {
        if *self.registration != *duty.registration {
            return false;
        }
        let How::Ttl { timer, told } = &mut self.how else { return true };
        if !Arc::ptr_eq(&self.registration, &duty.registration) {
            // It was registered once more, which begins its time anew.
            return false;
        }
        if *told != duty.told {
            *told = duty.told;
            let output = local.held.look(|state| state.check(&duty.id).map(|held| held.check.output.clone()));
            timer.renew(&output.unwrap_or_default());
        }
        true
    }
}

#[cfg(test)]
mod tests;
