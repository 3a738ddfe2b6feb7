//! Every queue, size and count bound of the program in one place, each with its reason.

/// Largest value of one key, in bytes: Consul's `limits.kv_max_value_size`.
pub const KV_VALUE_BYTES: usize = 512 * 1024;

/// Largest frame between servers, in bytes: a Raft append of one largest value and its key, or a batch under the append limit, with room.
pub const RPC_FRAME_BYTES: usize = 16 * 1024 * 1024;

/// Connections one listener of port 8300 keeps at a time: a few per peer, with room for reconnects.
pub const RPC_CONNECTIONS: usize = 512;

/// Calls one connection between servers carries at a time; further callers wait for a place.
pub const RPC_CALLS_IN_FLIGHT: usize = 16 * 1024;

/// Bytes waiting for a slow reader on one connection of calls before more are refused.
pub const RPC_QUEUE_BYTES: usize = 32 * 1024 * 1024;
