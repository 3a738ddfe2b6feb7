//! Records in the exact shape users see; no behaviour.

pub mod agent;
pub mod autopilot;
pub mod check;
pub mod kv;
pub mod node;
pub mod operator;
pub mod pod_context;
pub mod service;
