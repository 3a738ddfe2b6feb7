//! Sessions: made, shown, renewed, destroyed.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::id::SessionId;
use proconsul_base::id::lookup::LookupError;
use proconsul_base::text::duration::{self, DurationError};
use proconsul_types::node::Text;
use proconsul_types::session::{ServiceCheck, Session};

use crate::error::CallError;
use crate::read::{Answer, ReadOptions};

/// `/v1/session/`. Sessions are named by texts, as users write them.
pub trait SessionCalls {
    /// `PUT /v1/session/create`: the id of the new session.
    fn session_create(&self, create: Create) -> impl Future<Output = Result<SessionId, CallError>> + Send;

    /// `PUT /v1/session/destroy/:id`; one that does not exist is as good as destroyed.
    fn session_destroy(&self, destroy: ById<'_>) -> impl Future<Output = Result<(), CallError>> + Send;

    /// `PUT /v1/session/renew/:id`: the session, if there is one.
    fn session_renew(&self, renew: ById<'_>) -> impl Future<Output = Result<Option<Arc<Session>>, CallError>> + Send;

    /// `GET /v1/session/info/:id`: the session, if there is one.
    fn session_info(&self, info: Info<'_>)
    -> impl Future<Output = Result<Answer<Vec<Arc<Session>>>, CallError>> + Send;

    /// `GET /v1/session/node/:node`, in the order of the ids.
    fn session_node(
        &self,
        node: OfNode<'_>,
    ) -> impl Future<Output = Result<Answer<Vec<Arc<Session>>>, CallError>> + Send;

    /// `GET /v1/session/list`, in the order of the ids.
    fn session_list(
        &self,
        options: ReadOptions,
    ) -> impl Future<Output = Result<Answer<Vec<Arc<Session>>>, CallError>> + Send;
}

/// What a new session is to be like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Create {
    /// The datacenter to write to; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// What the user calls it.
    pub name: Text,
    /// The node it is bound to; `None` for the agent's own.
    pub node: Option<Text>,
    /// How long what it held cannot be locked after it was invalidated, in nanoseconds.
    pub lock_delay: i64,
    /// `release`, `delete`, or nothing, which means `release`.
    pub behavior: Text,
    /// How long it lives without being renewed, in Go's form; empty for ever.
    pub ttl: Text,
    /// The checks of the node that it is bound to.
    pub node_checks: Option<Arc<[Text]>>,
    /// The checks of services that it is bound to.
    pub service_checks: Option<Arc<[ServiceCheck]>>,
    /// Checks that it is bound to, in the form of before 1.7.
    pub checks: Arc<[Text]>,
}

/// One session, to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ById<'a> {
    /// The datacenter to write to; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// Its id.
    pub id: &'a str,
}

/// One session, to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info<'a> {
    /// Its id.
    pub id: &'a str,
    /// How to read.
    pub options: ReadOptions,
}

/// The sessions of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfNode<'a> {
    /// The node's name, in letters of any case.
    pub node: &'a str,
    /// How to read.
    pub options: ReadOptions,
}

/// The longest time to live a session may ask for.
pub const TTL_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Why a session cannot be made or found. The texts are Consul's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The node's name is empty.
    #[error("Must provide Node")]
    NoNode,
    /// Neither `release` nor `delete`.
    #[error("Invalid Behavior setting '{0}'")]
    Behavior(Text),
    /// The time to live is no duration.
    #[error("Session TTL '{ttl}' invalid: {source}")]
    TtlForm {
        /// What was written.
        ttl: Text,
        /// What is wrong with it.
        source: DurationError,
    },
    /// The time to live is too short or too long.
    #[error(
        "Invalid Session TTL '{nanos}', must be between [{}={}]", duration::format(*least), duration::format(TTL_MAX)
    )]
    TtlRange {
        /// The time to live, in nanoseconds.
        nanos: i64,
        /// The least that is allowed (`session_ttl_min`).
        least: Duration,
    },
    /// A lock is asked for without a session.
    #[error("missing session")]
    Missing,
    /// The id cannot be looked up.
    #[error("failed session lookup: index error: {0}")]
    Lookup(LookupError),
    /// A lock is asked for a session that does not exist.
    #[error("invalid session {0:?}")]
    Unknown(String),
}
