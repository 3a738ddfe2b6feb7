//! Every queue, size and count bound of the program in one place, each with its reason.

/// Largest value of one key, in bytes: Consul's `limits.kv_max_value_size`.
pub const KV_VALUE_BYTES: usize = 512 * 1024;
