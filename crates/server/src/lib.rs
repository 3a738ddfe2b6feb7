//! The duties of a server: endpoints, blocking queries, leader duties.
//!
//! Knows no wire form and no socket. What it needs from consensus is [`replica::Replica`], from the node around it
//! [`local::Local`].

pub mod local;
pub mod replica;
