//! What a user registers at an agent: a service with its checks, or a check alone, as in files and in `/v1/agent/*/register`.
//!
//! Both forms of input are decoded into these; nothing here is judged or defaulted yet. Field names and meanings are those of
//! Consul's documentation of service and check definitions; lengths of time are in nanoseconds.

mod check;

use std::collections::BTreeMap;

pub use self::check::CheckRegistration;
use crate::service::{Proxy, ServiceAddress, ServiceKind, Weights};

/// A service that an agent is to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceRegistration {
    /// What it is for.
    pub kind: ServiceKind,
    /// Its id, unique on its agent; empty for its name.
    pub id: String,
    /// The name of the service.
    pub name: String,
    /// Its tags, in the user's order.
    pub tags: Vec<String>,
    /// Its own address; empty for the agent's.
    pub address: String,
    /// Other addresses by purpose.
    pub tagged_addresses: Option<BTreeMap<String, ServiceAddress>>,
    /// What the user says about it.
    pub meta: Option<BTreeMap<String, String>>,
    /// Its port; 0 for none.
    pub port: i64,
    /// Its weights; `None` for 1 and 1.
    pub weights: Option<Weights>,
    /// Whether others may change its tags in the catalog.
    pub enable_tag_override: bool,
    /// Its checks: `check`, then those of `checks`.
    pub checks: Vec<CheckRegistration>,
    /// What it is a proxy of, and how.
    pub proxy: Option<Proxy>,
    /// Whether it speaks the mesh's protocol itself (`connect.native`).
    pub connect_native: bool,
    /// A proxy to be registered beside it (`connect.sidecar_service`).
    pub sidecar: Option<Box<ServiceRegistration>>,
    /// The token it is registered with in the catalog; empty for the agent's.
    pub token: String,
}
