//! Consul's DNS interface on its sockets: packets in, calls made, packets out; other zones' names go to recursors.
//!
//! Knows no store and no cluster: what is answered comes from the calls of [`source::Source`], and how from `names`.

mod config;
mod datagram;
mod desk;
mod find;
mod listen;
mod owner;
mod recursor;
mod serve;
pub mod source;
mod tcp;
mod udp;

pub use config::{DnsConfig, RecursorConfig, RecursorStrategy};
pub use listen::Listener;
pub use serve::serve;
