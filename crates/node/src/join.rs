//! How a node finds the others, and finds them again: `-join` once, `-retry-join` for as long as there is no contact: a
//! server knows no leader, a client agent knows no server.
//!
//! Names are resolved on every attempt. While there is none the first retries are quick, because after a restart of
//! all pods everybody waits for exactly this; the pause doubles up to `-retry-interval`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use proconsul_agent::config::Join;
use tokio::sync::watch;

use crate::contact::Contact;
use crate::resolve::Resolver;

/// The first pause between two attempts.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Everything an attempt needs.
pub(crate) struct Joiner {
    pub(crate) gossip: proconsul_gossip::Handle,
    pub(crate) resolver: Arc<Resolver>,
    pub(crate) default_port: u16,
}

/// `-retry-max` attempts have failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("max join retry exhausted, exiting")]
pub struct Exhausted;

impl Joiner {
    /// One attempt with all targets: how many addresses answered with other members, and what went wrong with the rest.
    pub(crate) async fn attempt(&self, targets: &[String]) -> (usize, Vec<String>) {
        let mut failures = Vec::new();
        let mut addresses: Vec<SocketAddr> = Vec::new();
        for target in targets {
            match self.resolver.resolve(target, self.default_port).await {
                Ok(found) => addresses.extend(found),
                Err(error) => failures.push(format!("Failed to resolve {target}: {error}")),
            }
        }
        addresses.sort();
        addresses.dedup();
        let Ok(report) = self.gossip.join(&addresses).await else { return (0, failures) };
        failures
            .extend(report.results.into_iter().filter_map(|(_, result)| result.err()).map(|error| error.to_string()));
        (report.reached, failures)
    }

    /// Keeps this node in touch: joins at start, and again whenever contact is lost. Returns only when exhausted.
    pub(crate) async fn keep<C: Contact>(&self, join: &Join, mut contact: watch::Receiver<C>) -> Exhausted {
        if join.retry.is_empty() {
            std::future::pending::<()>().await;
        }
        loop {
            if let Err(exhausted) = self.until_there(join, &mut contact).await {
                return exhausted;
            }
            tracing::info!(target: "agent", cluster = "LAN", "Join cluster completed. Synced with initial agents");
            // From here on only the loss of contact is a reason to ask around again.
            let lost = contact.wait_for(|contact| !contact.is_there());
            if lost.await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    async fn until_there<C: Contact>(&self, join: &Join, contact: &mut watch::Receiver<C>) -> Result<(), Exhausted> {
        let mut pause = FIRST_PAUSE;
        let mut failed = 0;
        loop {
            let (reached, failures) = self.attempt(&join.retry).await;
            if reached == 0 {
                failed += 1;
                tracing::debug!(target: "agent", ?failures, "Join LAN failed");
                if join.retry_max.is_some_and(|max| failed > max) {
                    return Err(Exhausted);
                }
                if pause >= Duration::from_secs(1) {
                    tracing::warn!(target: "agent", cluster = "LAN", retry_interval = ?pause, failures = ?failures, "Join cluster failed, will retry");
                }
            }
            if reached == 0 {
                // Also when there is contact: a server alone leads itself, and goes on looking for the others.
                tokio::time::sleep(pause).await;
            } else {
                let there = contact.wait_for(C::is_there);
                if tokio::time::timeout(pause, there).await.is_ok_and(|there| there.is_ok()) {
                    return Ok(());
                }
            }
            pause = (pause * 2).min(join.retry_interval.max(FIRST_PAUSE));
        }
    }
}
