//! Config entries. Their kind must be known before they can be read, so it stands in front of them, and the whole is wrapped in bytes.
//!
//! ```text
//! request, and in snapshot files   raw [ kind, { Datacenter, Entry, Op, Token } ]
//! one entry                        raw [ kind, entry, { Index .. } ]; with an empty kind: raw [ "", { Index .. } ]
//! entries of a kind                raw [ count, kind, { Entries, Kind, Index .. } ]
//! entries of any kind              raw [ count, ( kind, entry ).., { Index .. } ]
//! ```
//!
//! The entries themselves are those of `proconsul_types`: what Go leaves empty may be absent. `proxy-defaults` is wrapped once more.

mod forms;

use proconsul_gopack::{ReadError, Reader, WriteError, from_slice, to_vec};
use proconsul_types::config_entry::{ConfigEntry, ConfigRecord, Kind};
use serde::{Deserialize, Serialize};

pub use self::forms::{ConfigEntries, ConfigEntryReply, ConfigEntryRequest, GenericConfigEntries};

/// A question about config entries (`ConfigEntryQuery`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ConfigEntryQuery {
    /// The datacenter.
    pub datacenter: String,
    /// The kind.
    pub kind: String,
    /// The name.
    pub name: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Indexes {
    create_index: u64,
    modify_index: u64,
}

/// An entry's bytes.
fn pack(record: &ConfigRecord) -> Result<Vec<u8>, WriteError> {
    let bytes = to_vec(record)?;
    match record.entry {
        ConfigEntry::ProxyDefaults(_) => to_vec(&proconsul_gopack::Raw::from(bytes)),
        _ => Ok(bytes),
    }
}

/// The entry of a kind that these bytes are.
fn unpack(kind: Kind, bytes: &[u8]) -> Result<ConfigRecord, ReadError> {
    let inner: proconsul_gopack::Raw;
    let bytes = match kind {
        // Those who hold it in another form send it as it is.
        Kind::ProxyDefaults => match from_slice(bytes) {
            Ok(unwrapped) => {
                inner = unwrapped;
                &inner
            }
            Err(_) => bytes,
        },
        _ => bytes,
    };
    let Indexes { create_index, modify_index } = from_slice(bytes)?;
    Ok(ConfigRecord { entry: ConfigEntry::of_kind(kind, &mut Reader::new(bytes))?, create_index, modify_index })
}
