//! `services`: what its commands have in common.

pub(crate) mod deregister;
mod file;
pub(crate) mod register;
mod shape;

use proconsul_agent::flag::Flag;

use crate::connection;

/// The flags of the connection that all of them have.
const CONNECTION: &[&[Flag]] = &[connection::CLIENT, connection::SERVER, connection::NAMESPACE];
