//! Addresses that stay while pods change: cluster-IP services, and one address of this machine for people.
//!
//! Knows sockets and lists of targets; where the targets come from is [`services`]' business alone.

pub mod services;
pub mod stable;
mod tcp;
mod udp;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;

/// Where connections go now: the pods that are ready, in any order.
pub(crate) type Targets = watch::Receiver<Arc<[SocketAddr]>>;
