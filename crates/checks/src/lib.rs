//! Health checks: each kind is carried out in a file of its own; the runner says when, and thresholds what comes of it.
//!
//! What a user registered becomes a [`Plan`], a plan is carried out by a [`Runner`], and results go out as [`Report`]s. Knows no
//! catalog, no local state and no HTTP API. Texts and judgements are those of Consul 1.8.7, compared with it.

mod alias;
mod captured;
mod docker;
#[cfg(test)]
mod fixture;
mod grpc;
mod h2ping;
mod http;
mod network;
mod os_service;
mod outcome;
mod plan;
mod probe;
mod runner;
mod script;
mod tcp;
mod thresholds;
mod tls;
mod ttl;
mod udp;

pub use self::alias::{Alias, Seen, judge};
pub use self::docker::{Engine, EngineError};
pub use self::network::{Lookup, Names, Network, SystemNames};
pub use self::outcome::{Outcome, Status};
pub use self::plan::{Means, Plan, PlanError, Repeated};
pub use self::runner::{Report, Runner};
pub use self::tls::{Tls, TlsError, TlsOptions};
pub use self::ttl::Ttl;
