//! The rounds of anti-entropy: this node's entry in the catalog is looked at as soon as there is contact and from then on now
//! and then, and set right. What right means is the agent's to say.

use std::sync::Arc;
use std::time::Duration;

use proconsul_agent::sync::{self, Deed, Seen};
use proconsul_base::rand::Rng;
use proconsul_calls::catalog::{CatalogCalls, OfNode};
use proconsul_calls::error::CallError;
use proconsul_calls::health::HealthCalls;
use proconsul_gossip::Handle as Gossip;
use proconsul_types::node::Node;
use tokio::sync::watch;

use crate::contact::Contact;
use crate::pool;

/// The pause after a round that failed; it doubles up to [`LAST_RETRY`].
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// Consul's `syncRetryInterval`.
const LAST_RETRY: Duration = Duration::from_secs(15);

/// Keeps the catalog right about this node, for as long as the node runs.
pub(crate) async fn run<C: CatalogCalls + HealthCalls>(
    catalog: Arc<C>,
    node: Node,
    mut contact: watch::Receiver<impl Contact>,
    gossip: Gossip,
    mut rng: Rng,
) {
    let mut retry = FIRST_RETRY;
    let mut is_first = true;
    loop {
        if contact.wait_for(Contact::is_there).await.is_err() {
            return;
        }
        let pause = match round(&*catalog, &node).await {
            Ok(written) => {
                if std::mem::take(&mut is_first) || written > 0 {
                    tracing::info!(target: "agent", written, "Synced node info");
                }
                retry = FIRST_RETRY;
                sync::pause(pool::alive(&gossip), &mut rng)
            }
            Err(error) => {
                tracing::warn!(target: "agent.anti_entropy", %error, "failed to sync remote state");
                let pause = retry;
                retry = (retry * 2).min(LAST_RETRY);
                pause
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Compares once, and writes what differs: so many things.
async fn round<C: CatalogCalls + HealthCalls>(catalog: &C, node: &Node) -> Result<usize, CallError> {
    let deeds = sync::due(node, &seen(catalog, &node.name).await?);
    let count = deeds.len();
    for deed in deeds {
        match deed {
            Deed::Register(register) => catalog.catalog_register(*register).await?,
            Deed::Deregister(deregister) => catalog.catalog_deregister(deregister).await?,
        }
    }
    Ok(count)
}

async fn seen<C: CatalogCalls + HealthCalls>(catalog: &C, name: &str) -> Result<Seen, CallError> {
    let of_node = || OfNode { node: name, ..OfNode::default() };
    // A node that another one's id begins like is not this one.
    let found = catalog.catalog_node(of_node()).await?.value.filter(|found| *found.node.name == *name);
    let Some(found) = found else { return Ok(Seen::default()) };
    let checks = catalog.health_node(of_node()).await?.value;
    Ok(Seen { node: Some(found.node), services: found.services, checks })
}
