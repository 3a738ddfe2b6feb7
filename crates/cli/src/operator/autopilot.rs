//! `operator autopilot`: what the servers' care for themselves goes by.

pub(crate) mod get_config;
pub(crate) mod set_config;
pub(crate) mod state;

/// Where its configuration is.
const CONFIGURATION: &str = "/v1/operator/autopilot/configuration";
