//! User events: short messages that every agent hears, best effort.

/// A user event, as `GET /v1/event/list` shows it.
///
/// Users see `ID, Name, Payload` (in base64, `null` when empty), `NodeFilter, ServiceFilter, TagFilter, Version, LTime`, in this
/// order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserEvent {
    /// Its id, a UUID that the firing agent chooses.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it carries.
    pub payload: Vec<u8>,
    /// A regular expression for the names of the nodes that it is meant for; empty for all.
    pub node_filter: String,
    /// A regular expression for a service that must be on the node; empty for any or none.
    pub service_filter: String,
    /// A regular expression for a tag which that service must have.
    pub tag_filter: String,
    /// The version of its form: 1.
    pub version: u64,
    /// The Lamport time at which it was heard; 0 in the answer to who fires it.
    pub lamport_time: u64,
}
