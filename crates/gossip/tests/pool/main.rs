//! Pools over real sockets on loopback addresses, among ourselves and with HashiCorp's serf and Consul.

mod consul;
#[cfg(test)]
mod fixture;
mod ours;
#[cfg(test)]
mod peers;
