//! Services and checks in configuration files: each key found, of the right kind, and the whole such as the agent can hold.
//!
//! Keys are found without regard to case, as in Consul; a list of blocks is written as one list or as a block that comes again.

mod check;
mod proxy;
mod reader;
mod service;

use proconsul_base::text::duration::DurationError;
use proconsul_calls::agent::{CheckMistake, RegistrationError};
use proconsul_hcl::{Entry, Position};

use self::reader::Reader;
use super::error::Mistake;
use super::key::Kind;
use super::origin::Origin;
use crate::local::{self, Definitions};

/// What is wrong with one definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionMistake {
    /// Not a length of time.
    #[error("invalid duration: {0}")]
    Duration(DurationError),
    /// No way through gateways that there is.
    #[error("Invalid Mesh Gateway Mode: {0:?}")]
    GatewayMode(String),
    /// A service that no agent can hold.
    #[error("service {name:?}: {why}")]
    Service {
        /// Its name.
        name: String,
        /// Why.
        why: RegistrationError,
    },
    /// A check that no agent can carry out.
    #[error("check {name:?}: Check is not valid: {why}")]
    Check {
        /// Its name.
        name: String,
        /// Why.
        why: CheckMistake,
    },
    /// A check without a name and without an id.
    #[error("a check needs a name or an id")]
    NoCheckId,
}

/// Reads what stands at a key that defines services or checks.
pub(super) fn read(
    kind: Kind,
    entry: &Entry,
    into: &mut Definitions,
    origin: &dyn Fn(Position) -> Origin,
    mistakes: &mut Vec<Mistake>,
) {
    let known = mistakes.len();
    let mut reader = Reader { origin, mistakes };
    let blocks = match kind {
        Kind::Services | Kind::Checks => reader.blocks(&entry.key, entry),
        _ => reader.block(&entry.key, entry).into_iter().collect(),
    };
    for (at, block) in blocks {
        // What could not be read is not judged.
        match kind {
            Kind::Service | Kind::Services => {
                let service = service::read(&mut reader, &entry.key, block);
                let judged = local::judge_service(&service);
                if let (Err(why), true) = (judged, reader.mistakes.len() == known) {
                    reader.refuse(at, &entry.key, DefinitionMistake::Service { name: service.name.clone(), why });
                }
                into.services.push(service);
            }
            _ => {
                let check = check::read(&mut reader, &entry.key, block);
                if check.id.is_empty() && check.name.is_empty() {
                    reader.refuse(at, &entry.key, DefinitionMistake::NoCheckId);
                }
                let judged = local::judge_kind(&check);
                if let (Err(why), true) = (judged, reader.mistakes.len() == known) {
                    reader.refuse(at, &entry.key, DefinitionMistake::Check { name: check.name.clone(), why });
                }
                into.checks.push(check);
            }
        }
    }
}

#[cfg(test)]
mod tests;
