//! memberlist's wire forms: a type byte, then mostly a msgpack map. Knows no state and no time.
//!
//! Outbound order: compound, compress, CRC, (encryption,) label; inbound the other way round.

pub mod compress;
pub mod kind;
pub mod message;
pub mod msgpack;
pub mod packet;
pub mod push_pull;
pub mod stream;
