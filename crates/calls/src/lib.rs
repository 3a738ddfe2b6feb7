//! Every operation as a typed request and reply: the promise all doors share.
//!
//! One family per file. Knows no wire form and no store: a front door builds a request, a [`door::Door`] answers it.

pub mod agent;
pub mod catalog;
pub mod config;
pub mod coordinate;
pub mod door;
pub mod error;
pub mod event;
pub mod health;
pub mod intention;
pub mod kv;
pub mod operator;
pub mod pieces;
pub mod query;
pub mod read;
pub mod session;
pub mod snapshot;
pub mod status;
pub mod txn;
pub mod ui;
