//! Which Consul this program behaves as, and which version of its own it is.

/// The version of Consul whose surface is reproduced: the `build` tag, `-version`, and the banner.
pub const CONSUL: &str = "1.8.7";

/// The version of this program.
pub const PROCONSUL: &str = env!("CARGO_PKG_VERSION");
