//! The HTTP API: read the request, make the typed call, write the answer.
//!
//! Knows no store and no cluster: every answer comes from a [`proconsul_calls::door::Door`]. Forms and texts are Consul's, as
//! measured on 1.8.7.

mod acl;
mod agent;
mod answer;
mod body;
mod cached;
mod catalog;
mod config;
mod connect;
mod connections;
mod content;
mod coordinate;
mod cx;
mod decode;
mod discovery;
mod discovery_chain;
mod error;
mod event;
mod gateways;
mod gzip;
mod health;
mod hot;
mod json;
mod kv;
mod metric;
mod operator;
mod options;
mod page;
mod path;
mod prepared;
mod progress;
mod query;
mod redirect;
mod reply;
mod routes;
mod selection;
mod serve;
mod session;
mod snapshot;
mod status;
mod txn;
mod ui;
mod weak;

pub use serve::{HttpConfig, headers, serve};
