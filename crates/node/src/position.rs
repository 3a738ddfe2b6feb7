//! Where this node is, told to the catalog now and then.

use std::sync::Arc;
use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_calls::coordinate::{CoordinateCalls, Update};
use proconsul_types::coordinate::NodeCoordinate;

use crate::local::Node;

/// How often one node tells, at most.
const INTERVAL: Duration = Duration::from_secs(15);

/// How many nodes of a datacenter may tell in one second: with more nodes than this allows, each waits longer.
const NODES_PER_SECOND: u64 = 64;

/// Tells where the node is, unless that is known already. A position that cannot be told now is told the next time.
pub(crate) async fn tell(
    door: Arc<impl CoordinateCalls>,
    node: Arc<Node>,
    is_known: impl Fn(&NodeCoordinate) -> bool + Send,
    mut rng: Rng,
) {
    loop {
        let interval = INTERVAL.max(Duration::from_secs(node.gossip.members().len() as u64 / NODES_PER_SECOND));
        tokio::time::sleep(interval + rng.duration_below(interval)).await;
        let Some(coord) = node.coordinate() else { continue };
        let place = NodeCoordinate { node: node.config.node_name.clone(), segment: String::new(), coord };
        if is_known(&place) {
            continue;
        }
        if let Err(error) = door.coordinate_update(Update { datacenter: None, place }).await {
            tracing::debug!(target: "agent", %error, "the catalog could not be told where this node is");
        }
    }
}
