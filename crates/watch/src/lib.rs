//! Watches: something in the cluster is followed by blocking queries, and a handler is told whenever it has changed.
//!
//! The same for `consul watch` and for the `watches` of an agent's configuration. Reads come through the HTTP API of an agent;
//! what is told has the form that Consul's own client library gives it ([`Told`]).

mod ask;
mod document;
mod follow;
mod handler;
mod shape;

pub use follow::{Follower, Told, pause};
pub use handler::{Handler, HandlerError, HttpHandler, Script, command, shown};

#[cfg(test)]
mod tests;
