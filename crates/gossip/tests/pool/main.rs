//! Pools over real sockets on loopback addresses, among ourselves and with HashiCorp's serf.

mod fixture;
mod ours;
mod peers;
