//! Sessions.

use std::sync::Arc;

use proconsul_base::id::IdError;
use proconsul_base::index::Index;
use proconsul_calls::session::Create;
use proconsul_types::node::Text;
use proconsul_types::session as types;
use serde::{Deserialize, Serialize};

use crate::check::some_texts;
use crate::options::name;

/// A session; also how it stands in a snapshot file (`Session`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Session {
    /// `release` or `delete`.
    pub behavior: String,
    /// The checks it is bound to, in the form of before 1.7.
    pub checks: Option<Arc<[Text]>>,
    /// The write that made it.
    pub create_index: u64,
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// How long what it held cannot be locked, in nanoseconds.
    pub lock_delay: i64,
    /// The same as the write that made it.
    pub modify_index: u64,
    /// What the user calls it.
    pub name: Text,
    /// The node it is bound to.
    pub node: Text,
    /// The checks of the node that it is bound to.
    pub node_checks: Option<Arc<[Text]>>,
    /// The checks of services that it is bound to.
    pub service_checks: Option<Vec<ServiceCheck>>,
    /// How long it lives without being renewed, in Go's form; empty for ever.
    #[serde(rename = "TTL")]
    pub ttl: Text,
}

/// A check of a service (`ServiceCheck`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceCheck {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: Text,
    /// Its namespace.
    pub namespace: Text,
}

/// Why a record is no session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionRecordError {
    /// An id that is none.
    #[error(transparent)]
    Id(#[from] IdError),
    /// Neither `release` nor `delete`.
    #[error("Invalid Behavior setting '{0}'")]
    Behavior(String),
}

impl From<&types::Session> for Session {
    fn from(session: &types::Session) -> Self {
        let behavior = match session.behavior {
            types::Behavior::Release => "release",
            types::Behavior::Delete => "delete",
        };
        Self {
            behavior: behavior.to_owned(),
            checks: some_texts(&session.checks),
            create_index: session.create_index.0,
            id: session.id.to_string(),
            lock_delay: session.lock_delay,
            modify_index: session.modify_index.0,
            name: session.name.clone(),
            node: session.node.clone(),
            node_checks: session.node_checks.clone(),
            service_checks: session.service_checks.as_deref().map(|checks| checks.iter().map(Into::into).collect()),
            ttl: session.ttl.clone(),
        }
    }
}

impl TryFrom<Session> for types::Session {
    type Error = SessionRecordError;

    fn try_from(session: Session) -> Result<Self, SessionRecordError> {
        let behavior = match &*session.behavior {
            "" | "release" => types::Behavior::Release,
            "delete" => types::Behavior::Delete,
            _ => return Err(SessionRecordError::Behavior(session.behavior)),
        };
        Ok(Self {
            id: session.id.parse()?,
            name: session.name,
            node: session.node,
            lock_delay: session.lock_delay,
            behavior,
            ttl: session.ttl,
            node_checks: session.node_checks,
            service_checks: session.service_checks.map(|checks| checks.into_iter().map(Into::into).collect()),
            checks: session.checks.unwrap_or_default(),
            create_index: Index(session.create_index),
            modify_index: Index(session.modify_index),
        })
    }
}

impl From<&types::ServiceCheck> for ServiceCheck {
    fn from(types::ServiceCheck { id, namespace }: &types::ServiceCheck) -> Self {
        Self { id: id.clone(), namespace: namespace.clone() }
    }
}

impl From<ServiceCheck> for types::ServiceCheck {
    fn from(ServiceCheck { id, namespace }: ServiceCheck) -> Self {
        Self { id, namespace }
    }
}

/// A write (`SessionRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SessionRequest {
    /// The datacenter.
    pub datacenter: String,
    /// `create` or `destroy`.
    pub op: String,
    /// The session; to be destroyed, its id is enough.
    pub session: Session,
    /// The secret of who asks.
    pub token: String,
}

impl From<SessionRequest> for Create {
    fn from(SessionRequest { datacenter, session, .. }: SessionRequest) -> Self {
        Self {
            datacenter: name(&datacenter),
            name: session.name,
            // Who asks has filled it in: an empty one is told as a mistake.
            node: Some(session.node),
            lock_delay: session.lock_delay,
            behavior: session.behavior.into(),
            ttl: session.ttl,
            node_checks: session.node_checks,
            service_checks: session.service_checks.map(|checks| checks.into_iter().map(Into::into).collect()),
            checks: session.checks.unwrap_or_default(),
        }
    }
}

impl SessionRequest {
    /// Asks for a session; `own` is the node that is meant when none is named.
    pub fn create(create: Create, own: &Text) -> Self {
        let session = Session {
            behavior: create.behavior.to_string(),
            checks: some_texts(&create.checks),
            lock_delay: create.lock_delay,
            name: create.name,
            node: create.node.unwrap_or_else(|| own.clone()),
            node_checks: create.node_checks,
            service_checks: create.service_checks.as_deref().map(|checks| checks.iter().map(Into::into).collect()),
            ttl: create.ttl,
            ..Session::default()
        };
        let datacenter = create.datacenter.unwrap_or_default().into();
        Self { datacenter, op: "create".to_owned(), session, token: String::new() }
    }

    /// Asks for the end of a session.
    pub fn destroy(datacenter: Option<Box<str>>, id: &str) -> Self {
        let session = Session { id: id.to_owned(), ..Session::default() };
        Self {
            datacenter: datacenter.unwrap_or_default().into(),
            op: "destroy".to_owned(),
            session,
            token: String::new(),
        }
    }
}

/// A question about sessions (`SessionSpecificRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SessionSpecific {
    /// The datacenter.
    pub datacenter: String,
    /// The session; of servers before 1.7.
    pub session: String,
    /// The session.
    #[serde(rename = "SessionID")]
    pub session_id: String,
}

impl SessionSpecific {
    /// The id that is meant.
    pub fn id(&self) -> &str {
        if self.session_id.is_empty() { &self.session } else { &self.session_id }
    }
}

/// Sessions (`IndexedSessions`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Sessions {
    /// The sessions, in the order of their ids.
    pub sessions: Option<Vec<Session>>,
}
