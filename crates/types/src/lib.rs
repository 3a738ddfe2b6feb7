//! Records in the exact shape users see; no behaviour but their own normal form.

pub mod agent;
pub mod autopilot;
pub mod check;
pub mod config_entry;
pub mod coordinate;
pub mod discovery_chain;
pub mod event;
pub mod gateway;
pub mod host;
pub mod intention;
pub mod kv;
pub mod log_level;
pub mod node;
pub mod operator;
pub mod pod_context;
pub mod query;
pub mod registration;
pub mod service;
pub mod session;
pub mod txn;
