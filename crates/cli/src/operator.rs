//! `operator`: tools for whoever looks after a cluster.

pub(crate) mod autopilot;
pub(crate) mod raft;
pub(crate) mod usage;

use anyhow::Context;
use proconsul_agent::flag::Given;
use proconsul_api::Api;

use crate::connection;

fn api(given: &Given) -> anyhow::Result<Api> {
    connection::open(given).context("Error initializing client")
}
