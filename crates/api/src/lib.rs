//! A client of Consul's HTTP API, over TCP or a Unix socket. Knows no endpoint; the texts of its errors are those that Consul's client gives.
//!
//! [`Client`] is asynchronous: a question's answer is whole ([`Client::ask`]) or comes piece by piece ([`Client::open`]), and a body
//! may be bytes or a stream ([`Body`]). Nothing ends a question but its answer, so blocking queries wait as long as the agent makes
//! them; whoever wants to give up earlier drops the future. [`Api`] is the same for callers that block.

mod address;
mod answer;
mod blocking;
mod body;
mod client;
mod connect;
mod error;
mod escape;

pub use hyper::Method;

pub use self::address::{Address, AddressError};
pub use self::answer::{Answer, Arriving};
pub use self::blocking::{Api, Reading};
pub use self::body::Body;
pub use self::client::{Client, Question, Settings};
pub use self::error::{ApiError, Cause, cause};

#[cfg(test)]
mod tests;
