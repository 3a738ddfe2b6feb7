//! Why a change of config entries or intentions is turned down. Between servers: a code, then the variant's texts.

use proconsul_types::config_entry::Kind;

use crate::wire::{Body, put_text};

/// Why config entries and intentions stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigFailure {
    /// A discovery chain would not compile any more; in the words of the compiler.
    #[error("{0}")]
    Graph(String),
    /// A config entry without a name.
    #[error("failed inserting config entry: object missing primary index")]
    EntryNameless,
    /// A gateway of another kind has the name.
    #[error(
        "cannot create a \"{kind}\" config entry with name {name:?}, a \"{other}\" config entry with that name already exists"
    )]
    GatewayClash {
        /// The kind of the entry.
        kind: Kind,
        /// The kind of the one that is there.
        other: Kind,
        /// The name.
        name: String,
    },
    /// An ingress gateway would lead to a service that speaks otherwise than its port.
    #[error(
        "service {service:?} has protocol {protocol:?}, which does not match defined listener protocol {listener:?}"
    )]
    ListenerProtocol {
        /// The service.
        service: String,
        /// What it speaks.
        protocol: String,
        /// What the port speaks.
        listener: String,
    },
    /// There is an intention for this pair, or with this id, already, which is described.
    #[error("duplicate intention found: {0}")]
    DuplicateIntention(String),
    /// There is no intention with this id.
    #[error("Cannot modify non-existent intention: '{0}'")]
    NoIntention(String),
}

impl ConfigFailure {
    pub(super) fn append(&self, to: &mut Vec<u8>) {
        let (code, texts): (u8, Vec<&str>) = match self {
            Self::Graph(text) => (0, vec![text]),
            Self::EntryNameless => (1, Vec::new()),
            Self::GatewayClash { kind, other, name } => (2, vec![kind.as_str(), other.as_str(), name]),
            Self::ListenerProtocol { service, protocol, listener } => (3, vec![service, protocol, listener]),
            Self::DuplicateIntention(other) => (4, vec![other]),
            Self::NoIntention(id) => (5, vec![id]),
        };
        to.push(code);
        texts.into_iter().for_each(|text| put_text(to, text));
    }

    pub(super) fn read(body: &mut Body<'_>) -> Option<Self> {
        let code = body.u8()?;
        let mut text = || body.text().map(str::to_owned);
        Some(match code {
            0 => Self::Graph(text()?),
            1 => Self::EntryNameless,
            2 => Self::GatewayClash { kind: text()?.parse().ok()?, other: text()?.parse().ok()?, name: text()? },
            3 => Self::ListenerProtocol { service: text()?, protocol: text()?, listener: text()? },
            4 => Self::DuplicateIntention(text()?),
            5 => Self::NoIntention(text()?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_reads_back_from_its_bytes() {
        let text = |name: &str| name.to_owned();
        let clash = ConfigFailure::GatewayClash {
            kind: Kind::IngressGateway,
            other: Kind::TerminatingGateway,
            name: text("g"),
        };
        let listener =
            ConfigFailure::ListenerProtocol { service: text("s"), protocol: text("tcp"), listener: text("http") };
        let named = [ConfigFailure::Graph, ConfigFailure::DuplicateIntention, ConfigFailure::NoIntention];
        let named = named.map(|failure| failure(text("x")));
        for failure in [ConfigFailure::EntryNameless, clash, listener].into_iter().chain(named) {
            let mut bytes = Vec::new();
            failure.append(&mut bytes);
            assert_eq!(ConfigFailure::read(&mut Body(&bytes)), Some(failure));
        }
    }
}
