//! How agents talk on port 8300: the first byte; between servers the handshake that names both ends, frames, many calls on one
//! connection; between agents and servers Consul's own RPC.
//!
//! Knows nothing of Raft, of state or of what a call means: it moves bytes between peers.

pub mod call;
pub mod consul;
pub mod dial;
pub mod frame;
pub mod hello;
pub mod listen;
