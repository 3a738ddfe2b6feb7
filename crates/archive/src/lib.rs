//! Consul's snapshot archives, read and written: a gzipped tar of `meta.json`, `state.bin` and `SHA256SUMS`.
//!
//! Reading gives a whole state or says why not; nothing else happens. Knows no cluster and no socket: bytes come from a reader
//! and go to a writer, and neither side holds the archive in memory.

mod error;
mod meta;
mod read;
mod state;
mod sums;
pub mod tar;
mod write;

pub use error::{Broken, FileError, GzipError, ReadError, SumError};
pub use meta::{Meta, Server};
pub use read::{Contents, inspect, read};
pub use state::{RecordError, Skipped, StateError};
pub use tar::TarError;
pub use write::{Origin, write};

/// What the archive says about its state.
const META: &str = "meta.json";
/// The state, record by record.
const STATE: &str = "state.bin";
/// The digests of the other two.
const SUMS: &str = "SHA256SUMS";
