//! Cluster DNS for the zone `cluster.local`: what names mean ([`zone`]), what is answered ([`answer`]), on which sockets
//! ([`listen`]).
//!
//! Follows the Kubernetes DNS specification 1.1.0. Knows services and endpoints, no pods and no processes.

pub mod answer;
pub mod listen;
pub mod zone;
