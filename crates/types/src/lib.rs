//! Records in the exact shape users see; no behaviour.

pub mod agent;
pub mod kv;
pub mod operator;
pub mod pod_context;
