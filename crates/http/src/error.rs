//! Every reason to answer with an error. Its text is the body; its status is given in one place, [`crate::reply`].

use proconsul_base::text::quote::quoted;
use proconsul_calls::agent::AgentError;
use proconsul_calls::error::CallError;

use crate::agent::AgentRefusal;
use crate::body::BodyLimit;
use crate::config::ConfigRefusal;
use crate::connect::IntentionRefusal;
use crate::decode::DecodeError;
use crate::operator::OperatorError;

/// Why a request has no answer. The texts are Consul's where Consul has one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HttpError {
    /// The call was made and failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The agent itself was asked, and did not do it.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// A request to the agent itself that cannot be.
    #[error(transparent)]
    AgentRequest(#[from] AgentRefusal),
    /// The call of a read was made and failed, where Consul sends the headers of a read all the same: index 1, no leader.
    #[error(transparent)]
    Read(CallError),
    /// A body that is not what was expected.
    #[error("Request decode failed: {0}")]
    Decode(DecodeError),
    /// A body that is not what was expected; where Consul counts it as its own fault.
    #[error("Failed to decode request body: {0}")]
    DecodeInside(DecodeError),
    /// A body that is not what was expected, of a config entry or a discovery chain.
    #[error("Bad request: Request decoding failed: {0}")]
    DecodeDocument(DecodeError),
    /// An endpoint that the configuration blocks.
    #[error("Endpoint is blocked by agent configuration")]
    Blocked,
    /// A write from where the configuration allows none.
    #[error("Access is restricted")]
    Restricted,
    /// `?limit` is no number.
    #[error("Bad limit: strconv.Atoi: parsing {0:?}: invalid syntax")]
    Limit(String),
    /// `?connect` is neither true nor false.
    #[error("Error parsing 'connect' value: strconv.ParseBool: parsing {0:?}: invalid syntax")]
    Connect(String),
    /// An operator's request that cannot be.
    #[error("Bad request: {0}")]
    Operator(#[from] OperatorError),
    /// Access control is off, and with it all that belongs to it.
    #[error("ACL support disabled")]
    AclDisabled,
    /// Gossip is not encrypted: there is no keyring. One line for each pool and member.
    #[error("{} errors occurred:\n{}\n\n", .0.len(), .0.iter().map(|line| format!("\t* {line}")).collect::<Vec<_>>().join("\n"))]
    Keyring(Vec<String>),
    /// A request about config entries or discovery chains.
    #[error(transparent)]
    Config(#[from] ConfigRefusal),
    /// A request about intentions.
    #[error(transparent)]
    Intention(#[from] IntentionRefusal),
    /// An escape in the query is broken, of which Consul says nothing at all.
    #[error("")]
    Query,
    /// The path holds bytes that are no text.
    #[error("the path of the URL is no UTF-8; keys are text")]
    NotText,
    /// `?index` is no number.
    #[error("Invalid index")]
    Index,
    /// `?wait` is no duration.
    #[error("Invalid wait time")]
    Wait,
    /// `?max_stale` is no duration.
    #[error("Invalid max_stale value {0:?}")]
    MaxStale(String),
    /// A `Cache-Control` with an age that is no number.
    #[error("Invalid Cache-Control header.")]
    CacheControl,
    /// Two modes that exclude each other.
    #[error("Cannot specify ?{0} with ?consistent, conflicting semantics.")]
    Consistency(&'static str),
    /// A parameter of the enterprise edition.
    #[error("Bad request: Invalid {0} - Namespaces are a Consul Enterprise feature")]
    Namespace(&'static str),
    /// A segment of the enterprise edition.
    #[error("Network segments are not supported in this version of Consul")]
    Segment,
    /// No name at the end of the path, or no parameter, where one is needed: `service name`.
    #[error("Missing {0}")]
    Missing(&'static str),
    /// `?passing` is neither true nor false.
    #[error("Invalid value for ?passing")]
    Passing,
    /// Parameters that exclude each other.
    #[error("Conflicting flags: {0}")]
    Conflict(String),
    /// A number that is none; Go's text.
    #[error("strconv.ParseUint: parsing {0:?}: invalid syntax")]
    NumberSyntax(String),
    /// A number above 64 bits; Go's text.
    #[error("strconv.ParseUint: parsing {0:?}: value out of range")]
    NumberRange(String),
    /// A body that is no transaction.
    #[error("Failed to parse body: {0}")]
    DecodeTransaction(DecodeError),
    /// A transaction of too many operations: how many, and how many there may be.
    #[error("Transaction contains too many operations ({0} > {1})")]
    Operations(usize, usize),
    /// A value in a transaction over the limit.
    #[error("Value for key {} is too large ({bytes} > {limit} bytes)", quoted(key))]
    Value {
        /// The key.
        key: String,
        /// How large it is.
        bytes: usize,
        /// How large it may be.
        limit: usize,
    },
    /// A session that cannot be renewed because there is none.
    #[error("Session id '{0}' not found")]
    NoSession(String),
    /// A body over the limit.
    #[error(
        "Request body({bytes} bytes) too large, max size: {} bytes.{}", limit.bytes, limit.see
    )]
    BodyTooLarge {
        /// How large it is, as far as it is known.
        bytes: u64,
        /// How large it may be.
        limit: BodyLimit,
    },
    /// The body ended early or was malformed.
    #[error("the body of the request did not arrive whole; send it again")]
    BodyCut,
    /// The text form of Prometheus, where it is off.
    #[error("Prometheus is not enabled since its retention time is not positive")]
    NoPrometheus,
    /// A level of the log that there is not.
    #[error("Bad request: Unknown log level: {0}")]
    LogLevel(String),
    /// A record that has no JSON form.
    #[error("the answer could not be written as JSON; this is a fault of the server")]
    Record,
}
