//! How servers talk on port 8300: the first byte, the handshake that names both ends, frames, many calls on one connection.
//!
//! Knows nothing of Raft, of state or of what a call means: it moves bytes between identified peers.

pub mod call;
pub mod dial;
pub mod frame;
pub mod hello;
pub mod listen;
