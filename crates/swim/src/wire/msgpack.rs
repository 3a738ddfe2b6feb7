//! The dialect of msgpack that HashiCorp's programs speak: strings and byte strings share the old raw family.
//!
//! The writer never leaves that dialect; the reader takes the newer one too. Knows no message.

mod read;
mod write;

pub use read::{ReadError, Reader};
pub use write::Writer;

#[cfg(test)]
mod tests;
