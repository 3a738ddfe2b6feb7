//! What the endpoints need from the node around them: its members, its clock, its names.

use std::future::Future;

use proconsul_calls::agent::PoolCalls;
use proconsul_calls::event::BroadcastError;
use proconsul_types::event::UserEvent;

/// The node, as plain data.
pub trait Local: PoolCalls + Send + Sync + 'static {
    /// The names of the known datacenters, the own one among them, nearest first.
    fn datacenters(&self) -> Vec<String>;

    /// Fires a user event at every agent of the datacenter, this one included.
    fn fire_event(&self, event: &UserEvent) -> impl Future<Output = Result<(), BroadcastError>> + Send;

    /// The time on the node's wall clock, in UTC, as RFC 3339 writes it with parts of a second.
    fn wall_clock(&self) -> String;

    /// The same as milliseconds since 1970.
    fn unix_milliseconds(&self) -> u64;

    /// The end of all names in the mesh; `None` while the mesh is off.
    fn trust_domain(&self) -> Option<String>;
}
