//! Services, checks and watches in configuration files: each key found, of the right kind, and the whole such as the agent can hold.
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
use crate::watch::{Parameters, Watch, WatchMistake};

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
    /// A watch that cannot be.
    #[error("Failed to parse watch: {0}")]
    Watch(WatchMistake),
    /// A check without a name and without an id.
    #[error("a check needs a name or an id")]
    NoCheckId,
}

/// What the files define besides settings.
#[derive(Default)]
pub(super) struct Defined {
    pub(super) local: Definitions,
    pub(super) watches: Vec<Watch>,
}

/// Reads what stands at a key that defines services, checks or watches.
pub(super) fn read(
    kind: Kind,
    entry: &Entry,
    into: &mut Defined,
    origin: &dyn Fn(Position) -> Origin,
    mistakes: &mut Vec<Mistake>,
) {
    let known = mistakes.len();
    let mut reader = Reader { origin, mistakes };
    let blocks = match kind {
        Kind::Services | Kind::Checks | Kind::Watches => reader.blocks(&entry.key, entry),
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
                into.local.services.push(service);
            }
            Kind::Watches => {
                let parameters = Parameters::new(reader.anything(block));
                match Watch::read(parameters) {
                    Ok(watch) => into.watches.push(watch),
                    Err(why) => reader.refuse(at, &entry.key, DefinitionMistake::Watch(why)),
                }
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
                into.local.checks.push(check);
            }
        }
    }
}

#[cfg(test)]
mod tests;
