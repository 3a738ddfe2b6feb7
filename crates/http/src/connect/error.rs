//! Why a request about intentions is refused before the call is made. The texts are Consul's.

use hyper::StatusCode;

use crate::decode::DecodeError;

/// Why there is no call to make.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IntentionRefusal {
    /// A body that is no intention.
    #[error("Bad request: Request decode failed: {0}")]
    Body(DecodeError),
    /// A parameter is missing.
    #[error("required query parameter '{0}' not set")]
    NotSet(&'static str),
    /// It is not said on which side.
    #[error("'by' parameter must be one of 'source' or 'destination'")]
    By,
    /// A service with more than a namespace in front, in this parameter.
    #[error("{0} {1:?} is invalid: input can contain at most one '/'")]
    Slashes(&'static str, String),
}

impl IntentionRefusal {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Body(_) => StatusCode::BAD_REQUEST,
            // Consul's own choice: what is missing is its own fault.
            Self::NotSet(_) | Self::By | Self::Slashes(..) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
