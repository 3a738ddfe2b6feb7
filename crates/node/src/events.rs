//! User events between gossip and the agent's memory of them. Decides nothing: whom an event is for, the agent says.

use std::sync::Arc;

use proconsul_agent::event::{self, payload};
use proconsul_calls::event::BroadcastError;
use proconsul_gossip as gossip;
use proconsul_gossip::{EventError, FireError};
use proconsul_types::event::UserEvent;
use tokio::sync::broadcast::error::RecvError;

use crate::local::Node;

/// Keeps the events that are meant for this node, until gossip stops.
pub(crate) async fn follow(node: Arc<Node>) {
    let mut heard = node.gossip.events();
    loop {
        match heard.recv().await {
            Ok(gossip::Event::User { name, payload, lamport, .. }) if payload::is_consuls(&name) => {
                match payload::decode(&payload, lamport) {
                    Ok(event) if is_for_us(&event, &node) => node.events.add(event),
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(target: "agent", name, %error, "a user event could not be understood");
                    }
                }
            }
            // Events are best effort: those that came while this task lagged are missed.
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

fn is_for_us(event: &UserEvent, node: &Node) -> bool {
    let services = node.local.held.services();
    let offered = services.iter().map(|service| (&*service.name, &*service.tags));
    event::is_for(event, &node.config.node_name, offered)
}

/// Fires an event at everybody.
pub(crate) async fn fire(gossip: &gossip::Handle, event: &UserEvent) -> Result<(), BroadcastError> {
    let name = payload::gossip_name(&event.name);
    gossip.fire(&name, &payload::encode(event), false).await.map_err(|error| match error {
        FireError::Refused(EventError::TooLong { .. }) => BroadcastError::TooLong,
        FireError::Refused(EventError::TooLongEncoded { .. }) => BroadcastError::TooLongEncoded,
        FireError::Stopped(_) => BroadcastError::Stopped,
    })
}
