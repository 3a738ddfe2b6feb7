//! The duties of a server: endpoints, blocking queries, leader duties.
//!
//! Knows no wire form and no socket. What it needs from consensus is [`replica::Replica`], from the node around it
//! [`local::Local`]; what it promises to the doors is [`proconsul_calls::door::Door`].

mod authorize;
mod blocking;
mod consensus;
pub mod endpoint;
pub mod leader;
pub mod local;
pub mod machine;
pub mod pool;
pub mod question;
pub mod replica;

#[cfg(test)]
mod fake;
