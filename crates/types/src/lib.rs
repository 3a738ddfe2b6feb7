//! Records in the exact shape users see; no behaviour.

pub mod pod_context;
