//! The kinds of config entries, spelled as users spell them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a config entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Services that other partitions and peers may see (1.11).
    ExportedServices,
    /// What an ingress gateway listens for.
    IngressGateway,
    /// The mesh as a whole (1.10).
    Mesh,
    /// What all proxies have in common.
    ProxyDefaults,
    /// What all instances of a service have in common.
    ServiceDefaults,
    /// Who may call a service (1.9).
    ServiceIntentions,
    /// Which instances make up a service.
    ServiceResolver,
    /// Where requests to a service go.
    ServiceRouter,
    /// How requests to a service are divided.
    ServiceSplitter,
    /// Which services a terminating gateway stands for.
    TerminatingGateway,
}

/// A text that names no kind; Consul's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid config entry kind: {0}")]
pub struct UnknownKind(pub String);

impl Kind {
    /// All of them, in the order of their names.
    pub const ALL: [Self; 10] = [
        Self::ExportedServices,
        Self::IngressGateway,
        Self::Mesh,
        Self::ProxyDefaults,
        Self::ServiceDefaults,
        Self::ServiceIntentions,
        Self::ServiceResolver,
        Self::ServiceRouter,
        Self::ServiceSplitter,
        Self::TerminatingGateway,
    ];

    /// The name that users write.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExportedServices => "exported-services",
            Self::IngressGateway => "ingress-gateway",
            Self::Mesh => "mesh",
            Self::ProxyDefaults => "proxy-defaults",
            Self::ServiceDefaults => "service-defaults",
            Self::ServiceIntentions => "service-intentions",
            Self::ServiceResolver => "service-resolver",
            Self::ServiceRouter => "service-router",
            Self::ServiceSplitter => "service-splitter",
            Self::TerminatingGateway => "terminating-gateway",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}
