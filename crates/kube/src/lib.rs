//! The runtime that carries out the plan: object store, control loop, cluster DNS, service proxy.
//!
//! Decides nothing itself: what should happen comes from `plan`, what happens on the machine is done by `pods`.

pub mod apply;
pub mod clock;
pub mod control;
pub mod dns;
pub mod events;
pub mod kind;
pub mod machine;
pub mod object;
pub mod proxy;
pub mod runtime;
pub mod store;
