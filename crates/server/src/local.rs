//! What the endpoints need from the node around them: its members, its events, its clock, its names.

use std::future::Future;
use std::sync::Arc;

use proconsul_calls::agent::PoolCalls;
use proconsul_calls::event::BroadcastError;
use proconsul_types::event::UserEvent;
use tokio::sync::watch;

/// The node, as plain data.
pub trait Local: PoolCalls + Send + Sync + 'static {
    /// The names of the known datacenters, the own one among them, nearest first.
    fn datacenters(&self) -> Vec<String>;

    /// Fires a user event at every agent of the datacenter, this one included.
    fn fire_event(&self, event: &UserEvent) -> impl Future<Output = Result<(), BroadcastError>> + Send;

    /// The last user events that were heard and meant for this node, the oldest first, and news of further ones.
    fn events(&self) -> watch::Receiver<Arc<[Arc<UserEvent>]>>;

    /// The time on the node's wall clock, in UTC, as RFC 3339 writes it with parts of a second.
    fn wall_clock(&self) -> String;

    /// The end of all names in the mesh; `None` while the mesh is off.
    fn trust_domain(&self) -> Option<String>;
}
