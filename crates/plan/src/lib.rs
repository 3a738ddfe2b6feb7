//! The decisions of the local runtime: desired and seen in, actions out.
//!
//! Every function here is told what there is and what time it is, and answers with what to do. Knows no store, no process and
//! no disk; who carries an action out reports back by what is seen next.

pub mod backoff;
pub mod bind;
pub mod launch;
pub mod pod;
pub mod pod_status;
pub mod probe;
pub mod schedule;
pub mod stateful_set;
pub mod table;

pub use k8s_openapi::jiff::Timestamp;
