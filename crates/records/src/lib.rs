//! The records of Consul's Go programs (1.8.7), as requests, replies and snapshot files carry them, and what they mean here.
//! One family per file. Knows no socket, no file and no method.
//!
//! Field names are Go's. A record that another one embeds has its fields among those of that one: [`Read`], [`Reply`].

pub mod catalog;
pub mod chain;
pub mod check;
pub mod config_entry;
pub mod coordinate;
pub mod event;
pub mod gateway;
pub mod instance;
pub mod intention;
pub mod kv;
pub mod node;
pub mod operator;
pub mod options;
pub mod query;
pub mod service;
pub mod service_config;
pub mod session;
pub mod shape;
pub mod snapshot;
mod stamp;
pub mod txn;

use proconsul_gopack::Embed;

use options::{QueryMeta, QueryOptions};

/// A question: its own fields, and the options of every question.
pub type Read<T> = Embed<T, QueryOptions>;

/// The reply to a question: its own fields, and how fresh it is.
pub type Reply<T> = Embed<T, QueryMeta>;

/// Go's `struct{}`: a map without fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Empty {}
