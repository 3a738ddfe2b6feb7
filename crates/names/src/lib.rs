//! Consul's DNS interface as a pure function: a question and what was looked up in, a message out.
//!
//! The way of one question, file by file: [`wire::request`] reads the packet, [`question`] says what is asked, [`lookup`] what has
//! to be looked up for it and what was found, [`chase`] which further names the found records point to, [`answer`] makes the
//! message, [`trim`] cuts it to what the client takes, [`wire::write`] makes the packet.
//!
//! Knows no socket, no clock and no store. Behaviour is Consul 1.8.7's as measured; what is different stands in decisions 0026
//! and 0027.

mod address;
pub mod answer;
pub mod chase;
pub mod edns;
mod health;
pub mod lookup;
pub mod message;
mod meta;
pub mod name;
pub mod question;
pub mod settings;
pub mod trim;
pub mod ttl;
pub mod wire;

#[cfg(test)]
mod fixture;
