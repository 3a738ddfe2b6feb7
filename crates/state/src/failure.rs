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
    /// A check that a session is to be bound to is not registered.
    #[error("Missing check '{0}' registration")]
    MissingCheck(String),
    /// A check that a session is to be bound to says that something does not work.
    #[error("Check '{0}' is in critical state")]
    CriticalCheck(String),
    /// A lock is asked for without a session.
    #[error("missing session")]
    MissingSession,
    /// A lock is asked for a session that does not exist.
    #[error("invalid session {0:?}")]
    InvalidSession(String),
}

impl Failure {
    const fn code(&self) -> u8 {
        match self {
            Self::MissingNode => 1,
            Self::MissingService => 2,
            Self::NodeNameTaken { .. } => 3,
            Self::MissingCheck(_) => 0x30,
            Self::CriticalCheck(_) => 0x31,
            Self::MissingSession => 0x32,
            Self::InvalidSession(_) => 0x33,
        }
    }

    pub(crate) fn append(&self, to: &mut Vec<u8>) {
        to.push(self.code());
        match self {
            Self::MissingNode | Self::MissingService | Self::MissingSession => {}
            Self::MissingCheck(id) | Self::CriticalCheck(id) | Self::InvalidSession(id) => put_text(to, id),
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
            0x30 => Self::MissingCheck(body.text()?.to_owned()),
            0x31 => Self::CriticalCheck(body.text()?.to_owned()),
            0x32 => Self::MissingSession,
            0x33 => Self::InvalidSession(body.text()?.to_owned()),
            _ => return None,
        })
    }
}
