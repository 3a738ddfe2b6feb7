//! The rounds of anti-entropy: this node's entry in the catalog is looked at as soon as there is contact, when a server comes, and
//! from then on now and then; what the agent itself changes is written at once. What is right is the agent's to say.

mod write;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use proconsul_agent::local::Version;
use proconsul_agent::sync::{self, Seen};
use proconsul_base::rand::Rng;
use proconsul_calls::catalog::{CatalogCalls, OfNode};
use proconsul_calls::error::CallError;
use proconsul_calls::health::HealthCalls;
use proconsul_gossip::{Handle as Gossip, View};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::contact::Contact;
use crate::local_state::LocalState;
use crate::pool;

/// The pause after a round that failed; it doubles up to [`LAST_RETRY`].
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// Consul's `syncRetryInterval`.
const LAST_RETRY: Duration = Duration::from_secs(15);

/// Keeps the catalog right about this node, for as long as the node runs.
pub(crate) async fn run<C: CatalogCalls + HealthCalls, T: Contact>(
    catalog: Arc<C>,
    local: Arc<LocalState>,
    contact: watch::Receiver<T>,
    gossip: Gossip,
    rng: Rng,
) {
    let rounds = Rounds {
        catalog,
        news: local.held.watch(),
        view: gossip.view(),
        servers: pool::servers(&gossip),
        local,
        contact,
        gossip,
        rng,
        was_in_touch: false,
        has_looked: false,
        next_look: Instant::now(),
        ripe: None,
        retry: FIRST_RETRY,
    };
    rounds.run().await;
}

struct Rounds<C, T> {
    catalog: Arc<C>,
    local: Arc<LocalState>,
    news: watch::Receiver<Version>,
    contact: watch::Receiver<T>,
    gossip: Gossip,
    view: watch::Receiver<Arc<View>>,
    /// The names of the servers that were there last.
    servers: BTreeSet<Arc<str>>,
    rng: Rng,
    was_in_touch: bool,
    /// Before the first look nothing is written: the catalog's word counts for some tags.
    has_looked: bool,
    next_look: Instant,
    /// When the next output has waited long enough.
    ripe: Option<Instant>,
    retry: Duration,
}

/// Why there is something to do.
enum Occasion {
    /// It is time to look at the catalog.
    Look,
    /// The agent itself has changed something.
    Change,
    /// There may be contact again, or none any more.
    Contact,
    /// Somebody came or went.
    Members,
    /// The node stops.
    Over,
}

impl<C: CatalogCalls + HealthCalls, T: Contact> Rounds<C, T> {
    async fn run(mut self) {
        loop {
            match self.occasion().await {
                Occasion::Over => return,
                Occasion::Members => self.count_servers(),
                Occasion::Contact => self.mind_contact(),
                Occasion::Look => self.look().await,
                Occasion::Change => self.change().await,
            }
        }
    }

    async fn occasion(&mut self) -> Occasion {
        let in_touch = self.is_in_touch();
        let ripe = self.ripe.unwrap_or(self.next_look);
        tokio::select! {
            changed = self.news.changed() => if changed.is_ok() { Occasion::Change } else { Occasion::Over },
            changed = self.contact.changed() => if changed.is_ok() { Occasion::Contact } else { Occasion::Over },
            changed = self.view.changed() => if changed.is_ok() { Occasion::Members } else { Occasion::Over },
            () = sleep_until(ripe), if self.ripe.is_some() => Occasion::Change,
            () = sleep_until(self.next_look), if in_touch => Occasion::Look,
        }
    }

    fn is_in_touch(&self) -> bool {
        self.contact.borrow().is_there() && !self.local.is_silent()
    }

    /// What changed without contact is written as soon as there is some again.
    fn mind_contact(&mut self) {
        let in_touch = self.is_in_touch();
        let was_in_touch = std::mem::replace(&mut self.was_in_touch, in_touch);
        if in_touch && !was_in_touch {
            self.next_look = Instant::now();
        }
    }

    /// A new server may know less than those before it.
    fn count_servers(&mut self) {
        let servers = pool::servers(&self.gossip);
        if !servers.is_subset(&self.servers) {
            let soon = sync::pause_after_server(pool::alive(&self.gossip), &mut self.rng);
            self.next_look = self.next_look.min(Instant::now() + soon);
        }
        self.servers = servers;
    }

    async fn change(&mut self) {
        self.ripe = self.local.ripen();
        let version = self.local.version();
        if self.is_in_touch() {
            if !self.has_looked {
                return self.look().await;
            }
            let written = self.write().await;
            self.judge(written);
        }
        self.local.tried(version);
    }

    /// Compares, and writes what differs.
    async fn look(&mut self) {
        let (version, as_of) = (self.local.version(), self.local.held.look(|state| state.revision()));
        let looked = match self.seen().await {
            Ok(seen) => {
                self.local.held.change(|state| sync::compare(state, &seen, as_of));
                self.write().await
            }
            Err(error) => Err(error),
        };
        if self.judge(looked) {
            self.has_looked = true;
            self.next_look = Instant::now() + sync::pause(pool::alive(&self.gossip), &mut self.rng);
        }
        self.local.tried(version);
    }

    /// Whether it went well; if not, the next look is soon.
    fn judge(&mut self, result: Result<(), CallError>) -> bool {
        let Err(error) = result else {
            self.retry = FIRST_RETRY;
            return true;
        };
        tracing::warn!(target: "agent.anti_entropy", %error, "failed to sync remote state");
        self.next_look = Instant::now() + self.retry;
        self.retry = (self.retry * 2).min(LAST_RETRY);
        false
    }

    async fn seen(&self) -> Result<Seen, CallError> {
        let name = &*self.local.node_name;
        let of_node = || OfNode { node: name, ..OfNode::default() };
        // A node that another one's id begins like is not this one.
        let found = self.catalog.catalog_node(of_node()).await?.value.filter(|found| *found.node.name == *name);
        let Some(found) = found else { return Ok(Seen::default()) };
        let checks = self.catalog.health_node(of_node()).await?.value;
        Ok(Seen { node: Some(found.node), services: found.services, checks })
    }
}
