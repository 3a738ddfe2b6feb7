//! Why the state machine turned a command down, where a plain "no" does not say enough.
//!
//! One variant per cause, its text Consul's where Consul has one. Between servers: a code, then the variant's texts.

use crate::wire::{Body, put_text};

/// Why a command could not be carried out. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The node that the command is about is not registered.
    #[error("Missing node registration")]
    MissingNode,
    /// The service that a check belongs to is not registered on the node.
    #[error("Missing service registration")]
    MissingService,
    /// Another node has the name.
    #[error("Node name {name} is reserved by node {id} with name {name}")]
    NodeNameTaken {
        /// The name.
        name: String,
        /// The id of the node that has it.
        id: String,
    },
}

impl Failure {
    const fn code(&self) -> u8 {
        match self {
            Self::MissingNode => 1,
            Self::MissingService => 2,
            Self::NodeNameTaken { .. } => 3,
        }
    }

    pub(crate) fn append(&self, to: &mut Vec<u8>) {
        to.push(self.code());
        match self {
            Self::MissingNode | Self::MissingService => {}
            Self::NodeNameTaken { name, id } => {
                put_text(to, name);
                put_text(to, id);
            }
        }
    }

    pub(crate) fn read(body: &mut Body<'_>) -> Option<Self> {
        Some(match body.u8()? {
            1 => Self::MissingNode,
            2 => Self::MissingService,
            3 => Self::NodeNameTaken { name: body.text()?.to_owned(), id: body.text()?.to_owned() },
            _ => return None,
        })
    }
}
