//! Why an operator's request cannot be.

use crate::decode::DecodeError;

/// The texts are Consul's, which puts `Bad request: ` before them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OperatorError {
    /// No server is named.
    #[error("Must specify either ?id with the server's ID or ?address with IP:port of peer to remove")]
    NoPeer,
    /// Two servers may be named.
    #[error("Must specify only one of ?id or ?address")]
    TwoPeers,
    /// A configuration that is none.
    #[error("Error parsing autopilot config: {0}")]
    Autopilot(DecodeError),
    /// `?cas` is no number.
    #[error("Error parsing cas value: strconv.ParseUint: parsing {0:?}: invalid syntax")]
    Cas(String),
    /// `?cas` is a number above 64 bits.
    #[error("Error parsing cas value: strconv.ParseUint: parsing {0:?}: value out of range")]
    CasRange(String),
    /// A request to the keyring that is none.
    #[error("Request decode failed: {0}")]
    Keyring(DecodeError),
    /// `?relay-factor` is no number.
    #[error("Error parsing relay factor: strconv.Atoi: parsing {0:?}: invalid syntax")]
    RelayFactor(String),
    /// `?relay-factor` is too small or too large.
    #[error("Invalid relay-factor: Relay factor must be in range: [0, 5]")]
    RelayRange,
    /// `?local-only` is neither true nor false.
    #[error("Error parsing local-only: strconv.ParseBool: parsing {0:?}: invalid syntax")]
    LocalOnly(String),
    /// `?local-only` where something is to be changed.
    #[error("Invalid use of local-only: local-only can only be set for list requests")]
    LocalChange,
}
