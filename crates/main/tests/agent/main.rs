//! The program from outside: real agents on loopback addresses of their own, met through sockets, signals and the command line.
//!
//! Each test claims its own range of 127/8, so that all tests, and several runs of them, go on at the same time.

#[cfg(test)]
mod addresses;
#[cfg(test)]
mod alone;
#[cfg(test)]
mod autopilot;
#[cfg(test)]
mod catalog;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod client_agents;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod consul_clients;
#[cfg(test)]
mod durable;
#[cfg(test)]
mod history;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod linear;
#[cfg(test)]
mod lock_command;
#[cfg(test)]
mod locks;
#[cfg(test)]
mod no_leader;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod pool;
#[cfg(test)]
mod random_kills;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod registered;
#[cfg(test)]
mod reloaded;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod signals;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod support;
#[cfg(test)]
mod three_servers;
#[cfg(test)]
mod wiped;
