//! MessagePack as Consul's Go programs write it (go-msgpack 0.5), through serde. Knows no record and no socket.
//!
//! ```text
//! texts and bytes   one family, "raw": 0xa0, 0xda, 0xdb; they cannot be told apart (the newer 0xd9 and 0xc4.. are read, not written)
//! whole numbers     the shortest form; read into any width they fit
//! structs           maps from field names to values, ordered by name; nothing is left out
//! nothing           0xc0: Go's nil pointer, nil list, nil map. An empty list or map is another thing: `Option` tells them apart
//! time              raw, see [`Time`]; lengths of time are whole nanoseconds
//! ```
//!
//! Reading is as forgiving as Go's: an absent field or nil is the zero value of what is asked for, fields nobody knows are passed
//! over, names must match letter by letter. Records therefore say `#[serde(default)]`.

mod embed;
mod error;
mod head;
mod raw;
mod read;
mod scan;
mod time;
mod verbatim;
mod write;

pub use embed::Embed;
pub use error::{ReadError, WriteError};
pub use raw::Raw;
pub use read::Reader;
pub use scan::Scan;
pub use time::Time;
pub use verbatim::Verbatim;

/// Lists and maps inside each other are read up to this depth: Go knows no limit, a stack does.
pub const DEPTH_MAX: usize = 128;

/// The bytes of one value.
pub fn to_vec<T: serde::Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, WriteError> {
    let mut bytes = Vec::new();
    append(&mut bytes, value)?;
    Ok(bytes)
}

/// Puts one value behind what is already there. After an error that is as it was before.
pub fn append<T: serde::Serialize + ?Sized>(bytes: &mut Vec<u8>, value: &T) -> Result<(), WriteError> {
    let before = bytes.len();
    let written = value.serialize(&mut write::Writer::new(bytes));
    if written.is_err() {
        bytes.truncate(before);
    }
    written
}

/// The value that these bytes begin with; what follows it is not looked at.
pub fn from_slice<'de, T: serde::Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, ReadError> {
    Reader::new(bytes).read()
}

#[cfg(test)]
mod tests;
