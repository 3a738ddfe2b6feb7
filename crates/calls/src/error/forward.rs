//! Why a call that this agent has passed on to a server has no answer.

/// Why a call was not answered by a server. The texts are Consul's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForwardError {
    /// No server is known. Nothing was sent.
    #[error("No known Consul servers")]
    NoServers,
    /// More calls than the agent may make (`limits.rpc_rate`). Nothing was sent.
    #[error("RPC rate limit exceeded")]
    RateExceeded,
    /// No server could be reached: what went wrong with the last. Nothing was sent.
    #[error("rpc error getting client: {0}")]
    Unreached(String),
    /// The connection ended before the answer: a write may or may not have taken place.
    #[error("rpc error making call: {0}")]
    Lost(String),
    /// A server answered, and refused.
    #[error("rpc error making call: {text}")]
    Refused {
        /// What it said.
        text: String,
        /// What that means here.
        meaning: Meaning,
    },
    /// A server answered, and refused what makes no sense.
    #[error("Bad request: rpc error making call: {0}")]
    BadRequest(String),
    /// A server's answer could not be read: another version, or no Consul server.
    #[error("rpc error making call: {method}: the answer cannot be read: {reason}")]
    Unreadable {
        /// What was called.
        method: &'static str,
        /// What is wrong with the answer.
        reason: String,
    },
}

/// The refusals that are known by their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// No leader: nothing was done.
    NoLeader,
    /// A datacenter nobody there knows.
    NoPathToDatacenter,
    /// Access control says no.
    PermissionDenied,
    /// No such prepared query.
    QueryNotFound,
    /// Any other.
    Other,
}

impl ForwardError {
    /// A server's refusal. Servers that pass a call on put words of their own before the text, so it is looked for anywhere.
    pub fn refused(text: String) -> Self {
        let known = [
            ("No cluster leader", Meaning::NoLeader),
            ("No path to datacenter", Meaning::NoPathToDatacenter),
            ("Permission denied", Meaning::PermissionDenied),
            ("Query not found", Meaning::QueryNotFound),
        ];
        let meaning =
            known.into_iter().find(|(part, _)| text.contains(part)).map_or(Meaning::Other, |(_, known)| known);
        Self::Refused { text, meaning }
    }
}
