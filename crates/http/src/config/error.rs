//! Why a request about config entries or discovery chains is refused before the call is made. The texts are Consul's.

use hyper::StatusCode;
use proconsul_types::config_entry::UnknownKind;

use crate::weak::WeakError;

/// Why there is no call to make.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigRefusal {
    /// A body that is no document.
    #[error("Bad request: Request decoding failed: {0}")]
    Document(WeakError),
    /// Something is to be removed of a kind that there is not.
    #[error(transparent)]
    WriteKind(UnknownKind),
    /// Something is to be removed, but not what.
    #[error("Must provide both a kind and name to delete")]
    KindAndName,
    /// A chain is asked for, but not whose.
    #[error("Bad request: Missing chain name")]
    NoChainName,
    /// The caller wants other datacenters to be reached in a way that there is not.
    #[error("Invalid OverrideMeshGateway.Mode parameter")]
    MeshGatewayMode,
}

impl ConfigRefusal {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            // Consul's own choice.
            Self::KindAndName => StatusCode::NOT_FOUND,
            Self::Document(_) | Self::WriteKind(_) | Self::NoChainName | Self::MeshGatewayMode => {
                StatusCode::BAD_REQUEST
            }
        }
    }
}
