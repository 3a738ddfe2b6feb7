//! Why the state machine turned a command down, where a plain "no" does not say enough.
//!
//! One variant per cause, its text Consul's where Consul has one. Between servers: a code, then the variant's texts.

mod config;

pub use config::ConfigFailure;

use crate::wire::{Body, put_flag, put_text};

/// Why a command could not be carried out. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The node that the command is about is not registered.
    #[error("Missing node registration")]
    MissingNode,
    /// The service that a check belongs to is not registered on the node.
    #[error("Missing service registration")]
    MissingService,
    /// Another node has the name, and is alive.
    #[error(transparent)]
    NodeNameTaken(Box<NameTaken>),
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
    /// Another prepared query has the name, but for the case of letters.
    #[error("name '{0}' aliases an existing query name")]
    QueryNameTaken(String),
    /// The name of a prepared query is another one's id.
    #[error("name '{0}' aliases an existing query ID")]
    QueryNameIsId(String),
    /// Another template answers for every name.
    #[error("a query template with an empty name already exists")]
    QueryTemplateTaken,
    /// The config entries would not fit together, or the intentions would contradict each other.
    #[error(transparent)]
    Config(#[from] ConfigFailure),
}

/// Who wants a node's name, and who has it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "Error while renaming Node ID: \"{id}\"{}: Node name {name} is reserved by node {holder} with name {holder_name} ({holder_address})",
    .renamed_address.as_ref().map(|address| format!(" ({address})")).unwrap_or_default()
)]
pub struct NameTaken {
    /// The id of the node that wants the name.
    pub id: String,
    /// Its address, when it had another name before.
    pub renamed_address: Option<String>,
    /// The name.
    pub name: String,
    /// The id of the node that has it.
    pub holder: String,
    /// How that one spells it.
    pub holder_name: String,
    /// That one's address.
    pub holder_address: String,
}

impl Failure {
    const fn code(&self) -> u8 {
        match self {
            Self::MissingNode => 1,
            Self::MissingService => 2,
            Self::NodeNameTaken(_) => 3,
            Self::MissingCheck(_) => 0x30,
            Self::CriticalCheck(_) => 0x31,
            Self::MissingSession => 0x32,
            Self::InvalidSession(_) => 0x33,
            Self::Config(_) => 0x50,
            Self::QueryNameTaken(_) => 0x70,
            Self::QueryNameIsId(_) => 0x71,
            Self::QueryTemplateTaken => 0x72,
        }
    }

    pub(crate) fn append(&self, to: &mut Vec<u8>) {
        to.push(self.code());
        match self {
            Self::MissingNode | Self::MissingService | Self::MissingSession | Self::QueryTemplateTaken => {}
            Self::MissingCheck(id) | Self::CriticalCheck(id) | Self::InvalidSession(id) => put_text(to, id),
            Self::NodeNameTaken(taken) => taken.append(to),
            Self::Config(failure) => failure.append(to),
            Self::QueryNameTaken(name) | Self::QueryNameIsId(name) => put_text(to, name),
        }
    }

    pub(crate) fn read(body: &mut Body<'_>) -> Option<Self> {
        Some(match body.u8()? {
            1 => Self::MissingNode,
            2 => Self::MissingService,
            3 => Self::NodeNameTaken(Box::new(NameTaken::read(body)?)),
            0x30 => Self::MissingCheck(body.text()?.to_owned()),
            0x31 => Self::CriticalCheck(body.text()?.to_owned()),
            0x32 => Self::MissingSession,
            0x33 => Self::InvalidSession(body.text()?.to_owned()),
            0x50 => Self::Config(ConfigFailure::read(body)?),
            0x70 => Self::QueryNameTaken(body.text()?.to_owned()),
            0x71 => Self::QueryNameIsId(body.text()?.to_owned()),
            0x72 => Self::QueryTemplateTaken,
            _ => return None,
        })
    }
}

impl NameTaken {
    fn append(&self, to: &mut Vec<u8>) {
        put_flag(to, self.renamed_address.is_some());
        self.renamed_address.iter().for_each(|address| put_text(to, address));
        let texts = [&self.id, &self.name, &self.holder, &self.holder_name, &self.holder_address];
        texts.into_iter().for_each(|text| put_text(to, text));
    }

    fn read(body: &mut Body<'_>) -> Option<Self> {
        Some(Self {
            renamed_address: match body.flag()? {
                true => Some(text(body)?),
                false => None,
            },
            id: text(body)?,
            name: text(body)?,
            holder: text(body)?,
            holder_name: text(body)?,
            holder_address: text(body)?,
        })
    }
}

fn text(body: &mut Body<'_>) -> Option<String> {
    body.text().map(str::to_owned)
}
