//! What a state directory remembers of its network, so that pods and their next runtime agree.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::isolation::Isolation;
use crate::network::Cidr;
use crate::status::write_durably;

const FILE: &str = "network.json";

/// The file `network.json` of a state directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NetworkRecord {
    pub(super) isolation: Isolation,
    pub(super) range: Cidr,
    pub(super) bridge: Option<String>,
    pub(super) resolver: SocketAddr,
    /// The place of the range tried next for a pod.
    pub(super) next: u64,
}

/// The record cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not readable.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system or the parser said.
        source: io::Error,
    },
    /// Not writable.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl NetworkRecord {
    pub(super) fn load(state_dir: &Path) -> Result<Option<Self>, RecordError> {
        let path = state_dir.join(FILE);
        let read = |source| RecordError::Read { path: path.clone(), source };
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| read(error.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(read(error)),
        }
    }

    pub(super) fn save(&self, state_dir: &Path) -> Result<(), RecordError> {
        let text = serde_json::to_vec(self).map_err(io::Error::from);
        let written = text.and_then(|text| write_durably(state_dir, FILE, &text));
        written.map_err(|source| RecordError::Write { path: state_dir.join(FILE), source })
    }
}
