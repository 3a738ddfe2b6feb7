//! Why a request to the agent is refused before the agent hears of it.

use hyper::StatusCode;
use proconsul_base::text::quote::quoted;
use proconsul_calls::agent::RegistrationError;
use proconsul_filter::FilterError;

use crate::decode::DecodeError;

/// Why the agent was not asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AgentRefusal {
    /// A body that is not what was expected.
    #[error("Request decode failed: {}", .0.plain())]
    Decode(DecodeError),
    /// A filter that is none.
    #[error(transparent)]
    Filter(FilterError),
    /// A filter that can be read, and does not fit checks; told without what Consul says in front elsewhere.
    #[error("{0}")]
    UnfitFilter(String),
    /// A status that a check cannot have.
    #[error("Invalid check status: '{0}'")]
    CheckStatus(String),
    /// Maintenance of no service.
    #[error("Missing service ID")]
    NoService,
    /// Maintenance, but neither on nor off.
    #[error("Missing value for enable")]
    NoEnable,
    /// Neither on nor off.
    #[error("Invalid value for enable: {}", quoted(.0))]
    Enable(String),
    /// The health of no service.
    #[error("Bad request: Missing serviceID")]
    HealthOfNoId,
    /// The health of services without a name.
    #[error("Bad request: Missing service Name")]
    HealthOfNoName,
    /// Members of a network segment that a client agent is not in.
    #[error("segment {} not found", quoted(.0))]
    NoSegment(String),
    /// A sidecar that cannot be.
    #[error("Bad request: {0}")]
    Sidecar(RegistrationError),
    /// Certificates are nobody's task, so nobody can be let in by one.
    #[error("Connect must be enabled in order to use this endpoint")]
    NoMesh,
}

impl AgentRefusal {
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Decode(_) | Self::CheckStatus(_) | Self::NoService | Self::NoEnable | Self::Enable(_) => {
                StatusCode::BAD_REQUEST
            }
            // Consul's own choice: it does not tell these mistakes from its own.
            Self::Filter(_)
            | Self::UnfitFilter(_)
            | Self::HealthOfNoId
            | Self::HealthOfNoName
            | Self::NoSegment(_)
            | Self::Sidecar(_)
            | Self::NoMesh => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
