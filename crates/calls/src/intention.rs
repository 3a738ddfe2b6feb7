//! Intentions: who may call whom in the mesh.

use std::future::Future;
use std::sync::Arc;

use proconsul_base::id::lookup::LookupError;
use proconsul_types::intention::{Intention, IntentionRecord, Pair};

use crate::error::CallError;
use crate::read::{Answer, ReadOptions};

/// `/v1/connect/intentions`.
pub trait IntentionCalls {
    /// `GET /v1/connect/intentions`: the most exact first.
    fn intention_list(
        &self,
        options: ReadOptions,
    ) -> impl Future<Output = Result<Answer<Vec<Arc<IntentionRecord>>>, CallError>> + Send;

    /// `GET /v1/connect/intentions/:id` and `intentions/exact` (1.9).
    fn intention_get(
        &self,
        which: Which<'_>,
        options: ReadOptions,
    ) -> impl Future<Output = Result<Answer<Arc<IntentionRecord>>, CallError>> + Send;

    /// `POST /v1/connect/intentions`: the id of the new intention.
    fn intention_create(&self, write: WriteIntention) -> impl Future<Output = Result<String, CallError>> + Send;

    /// `PUT /v1/connect/intentions/:id`: changes the intention with the id that is written in it.
    fn intention_update(&self, write: WriteIntention) -> impl Future<Output = Result<(), CallError>> + Send;

    /// `PUT /v1/connect/intentions/exact` (1.9): makes the intention of its pair, or changes it.
    fn intention_upsert(&self, write: WriteIntention) -> impl Future<Output = Result<(), CallError>> + Send;

    /// `DELETE /v1/connect/intentions/:id` and `intentions/exact` (1.9).
    fn intention_delete(
        &self,
        datacenter: Option<Box<str>>,
        which: Which<'_>,
    ) -> impl Future<Output = Result<(), CallError>> + Send;

    /// `GET /v1/connect/intentions/match`: what concerns each of these services, the most exact first.
    fn intention_match(
        &self,
        matches: Match<'_>,
    ) -> impl Future<Output = Result<Answer<Vec<Vec<Arc<IntentionRecord>>>>, CallError>> + Send;

    /// `GET /v1/connect/intentions/check`: whether one service may call another.
    fn intention_check(&self, check: Check<'_>) -> impl Future<Output = Result<bool, CallError>> + Send;
}

/// One intention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// That with this id.
    Id(&'a str),
    /// That of this pair.
    Pair(Pair),
}

/// An intention to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteIntention {
    /// The datacenter to write to; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// The intention; what the server makes of itself is not looked at.
    pub intention: Intention,
}

/// A service in its namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// The namespace.
    pub namespace: &'a str,
    /// The service.
    pub service: &'a str,
}

/// What concerns these services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match<'a> {
    /// Whether they call; else they are called.
    pub by_source: bool,
    /// The services.
    pub names: Vec<Name<'a>>,
    /// How to read.
    pub options: ReadOptions,
}

/// Whether one service may call another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check<'a> {
    /// The one that calls.
    pub source: Name<'a>,
    /// What it is: always a service in the catalog, `consul`.
    pub source_type: &'a str,
    /// The one that is called.
    pub destination: Name<'a>,
    /// How to read.
    pub options: ReadOptions,
}

/// Why an intention cannot be kept or found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntentionError {
    /// There is none.
    #[error("Intention not found")]
    NotFound,
    /// A text that is no id, where something is read.
    #[error("Bad request: failed intention lookup: index error: {0}")]
    ReadId(LookupError),
    /// A text that is no id, where something is written.
    #[error("Intention lookup failed: failed intention lookup: index error: {0}")]
    WriteId(LookupError),
    /// A new intention comes with an id.
    #[error("ID must be empty when creating a new intention")]
    IdGiven,
    /// There is none to change or delete with this id: `modify` or `delete`.
    #[error("Cannot {0} non-existent intention: '{1}'")]
    Gone(&'static str, String),
    /// It makes no sense; all reasons at once, listed.
    #[error("{0}")]
    Invalid(String),
    /// Whether something may call that is no service.
    #[error("unsupported SourceType: {0:?}")]
    SourceType(String),
}
