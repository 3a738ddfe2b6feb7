//! The HTTP API as a client meets it: over a socket, byte by byte, on a server with a fake log under it.
//!
//! The expected answers were measured on Consul 1.8.7; where ours differ on purpose the test says so.

mod agent;
#[cfg(test)]
mod any;
mod cached;
mod catalog;
#[cfg(test)]
mod client;
mod config;
mod configured;
mod connect;
mod connections;
mod health;
#[cfg(test)]
mod holding;
mod holds;
mod kv;
mod operator;
mod query;
mod refused;
mod session;
mod snapshot;
mod surface;
mod txn;
mod waiting;
#[cfg(test)]
mod world;
