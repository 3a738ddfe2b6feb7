//! The rounds themselves: with every change of the pool, and once a minute, whatever is due is written.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proconsul_state::command::Command;
use proconsul_state::command::catalog::CatalogCommand;
use proconsul_state::outcome::Outcome;
use proconsul_state::store::{Store, View};
use proconsul_telemetry::names::server as names;
use proconsul_types::check::SERF_HEALTH;
use proconsul_types::node::Text;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{CONSUL, Deed, Known, Rounds, Scope, Unseen, due, failed, gone};
use crate::leader::memory::Memory;
use crate::pool::{Member, Pool};
use crate::replica::Replica;

/// How often everything is compared though nothing has changed: Consul's `ReconcileInterval`.
const PERIOD: Duration = Duration::from_secs(60);

/// The pause before what could not be written is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Where the leader is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its datacenter.
    pub datacenter: Text,
    /// Its node's name.
    pub me: Text,
    /// How long a node that nobody has seen stays in the catalog: as long as gossip remembers one that failed.
    pub patience: Duration,
}

/// Carries the duty out until it is dropped, or until the pool is no more.
pub async fn run<R: Replica>(
    replica: Arc<R>,
    store: Arc<Store>,
    mut pool: watch::Receiver<Pool>,
    memory: Arc<Memory>,
    place: Place,
) {
    let mut rounds = Rounds::default();
    let mut periods = interval(PERIOD);
    periods.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first moment of the first period: agents have had no time to tell anything.
    periods.tick().await;
    let mut scope = Scope::Presence;
    loop {
        let members = pool.borrow_and_update().clone();
        let (mut all_written, began) = (true, Instant::now());
        for deed in round(&members, &store.view(), scope, &mut rounds, &memory, &place) {
            if let Deed::Deregister(name) = &deed {
                rounds.forget(name);
            }
            let began = Instant::now();
            all_written &= write(&*replica, deed).await;
            names::LEADER_RECONCILE_MEMBER.took(began.elapsed());
        }
        if scope == Scope::Everything {
            names::LEADER_RECONCILE.took(began.elapsed());
        }
        scope = tokio::select! {
            changed = pool.changed() => match changed {
                Ok(()) => Scope::Presence,
                Err(_stopped) => return,
            },
            _ = periods.tick() => Scope::Everything,
            () = sleep(RETRY), if !all_written => Scope::Presence,
        };
    }
}

/// Everything that is to be written now.
fn round(
    members: &[Member],
    view: &View,
    scope: Scope,
    rounds: &mut Rounds,
    memory: &Memory,
    place: &Place,
) -> Vec<Deed> {
    rounds.saw(members.iter().map(|member| &member.name));
    let due_of = |member: &Member| due(member, &known(view, &member.name), scope, &place.datacenter, &place.me);
    let mut deeds: Vec<Deed> = members.iter().flat_map(due_of).collect();
    let present: HashSet<String> = members.iter().map(|member| member.name.to_lowercase()).collect();
    let watched = view.checks().filter(|check| &*check.id == SERF_HEALTH);
    for check in watched.filter(|check| !present.contains(&check.node.to_lowercase())) {
        let known = known(view, &check.node);
        deeds.extend(match rounds.unseen(memory.now(), &check.node, place.patience) {
            Unseen::Gone => gone(&check.node, &known),
            Unseen::Failed if scope == Scope::Everything => failed(&check.node, &known),
            Unseen::Failed => None,
        });
    }
    deeds
}

fn known(view: &View, name: &str) -> Known {
    Known {
        node: view.node(name).cloned(),
        health: view.node_check(name, SERF_HEALTH).cloned(),
        consul: view.service(name, CONSUL).cloned(),
    }
}

/// False when it should be tried again.
async fn write<R: Replica>(replica: &R, deed: Deed) -> bool {
    let command = match &deed {
        Deed::Register(register) => CatalogCommand::Register(register.clone()),
        Deed::Deregister(node) => CatalogCommand::DeregisterNode { node },
    };
    match replica.propose_as_leader(Command::Catalog(command).encode()).await {
        Ok(outcome) => {
            if let Some(Outcome::Failed(failure)) = Outcome::decode(&outcome) {
                tracing::warn!(target: "agent.server", ?deed, %failure, "failed to reconcile member");
            }
            true
        }
        Err(error) => {
            tracing::debug!(target: "agent.server", %error, "failed to reconcile member, will retry");
            false
        }
    }
}
