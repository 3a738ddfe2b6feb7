//! What the tests have in common: agents as processes, clusters of them, and clients. No test lives here.

pub(crate) mod client;
pub(crate) mod cluster;
pub(crate) mod command;
pub(crate) mod http;
pub(crate) mod load;
pub(crate) mod peer;
pub(crate) mod process;
pub(crate) mod range;
pub(crate) mod server;
pub(crate) mod voters;
pub(crate) mod wait;
