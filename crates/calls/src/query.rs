//! Prepared queries: kept, explained, executed.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::text::duration::DurationError;
use proconsul_types::query::PreparedQuery;
use proconsul_types::service::ServiceInstance;

use crate::error::CallError;
use crate::read::{Answer, ReadOptions};

/// `/v1/query`.
pub trait QueryCalls {
    /// `POST /v1/query`: the id of the new query.
    fn query_create(&self, write: WriteQuery) -> impl Future<Output = Result<String, CallError>> + Send;

    /// `PUT /v1/query/:id`.
    fn query_update(&self, write: WriteQuery) -> impl Future<Output = Result<(), CallError>> + Send;

    /// `DELETE /v1/query/:id`.
    fn query_delete(
        &self,
        datacenter: Option<Box<str>>,
        id: &str,
    ) -> impl Future<Output = Result<(), CallError>> + Send;

    /// `GET /v1/query`, in the order of the ids.
    fn query_list(
        &self,
        options: ReadOptions,
    ) -> impl Future<Output = Result<Answer<Vec<Arc<PreparedQuery>>>, CallError>> + Send;

    /// `GET /v1/query/:id`.
    fn query_get(
        &self,
        get: GetQuery<'_>,
    ) -> impl Future<Output = Result<Answer<Arc<PreparedQuery>>, CallError>> + Send;

    /// `GET /v1/query/:name/explain`: the query as it would be executed under this name or id.
    fn query_explain(
        &self,
        explain: GetQuery<'_>,
    ) -> impl Future<Output = Result<Answer<PreparedQuery>, CallError>> + Send;

    /// `GET /v1/query/:name/execute`, and `<name>.query.consul` over DNS. Does not wait for changes.
    fn query_execute(&self, execute: Execute<'_>) -> impl Future<Output = Result<Answer<Executed>, CallError>> + Send;
}

/// A query to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteQuery {
    /// The datacenter to write to; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// The query; its indexes are not looked at.
    pub query: PreparedQuery,
}

/// One query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetQuery<'a> {
    /// Its id; where it is to be explained, its name or a name that a template answers for.
    pub name: &'a str,
    /// How to read.
    pub options: ReadOptions,
}

/// A query to execute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Execute<'a> {
    /// Its id, its name, or a name that a template answers for.
    pub name: &'a str,
    /// Most instances to answer with; 0 for all.
    pub limit: usize,
    /// Whether instances that reach the service through the mesh are meant, also when the query does not say so.
    pub connect: bool,
    /// Whose neighbours come first: a node, `_agent` or `_ip`; empty for what the query says.
    pub near: &'a str,
    /// The address of who asks, for `_ip`.
    pub source: Option<IpAddr>,
    /// How to read.
    pub options: ReadOptions,
}

/// What an executed query found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Executed {
    /// The service it looked for.
    pub service: String,
    /// The instances: in random order, or the nearest first.
    pub nodes: Vec<ServiceInstance>,
    /// How long an answer over DNS may be kept (`10s`); empty for the agent's setting.
    pub dns_ttl: String,
    /// The datacenter the instances are in.
    pub datacenter: String,
    /// How many other datacenters were asked before they were found.
    pub failovers: u64,
}

/// Why a query cannot be kept, explained or executed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// There is none.
    #[error("Query not found")]
    NotFound,
    /// The caller chose an id.
    #[error("ID must be empty when creating a new prepared query")]
    IdGiven,
    /// Nothing to change or remove under this id.
    #[error("Cannot modify non-existent prepared query: '{0}'")]
    Missing(String),
    /// An id that is none, in a read.
    #[error("failed prepared query lookup: index error: {0}")]
    ReadId(String),
    /// An id that is none, in a write.
    #[error("Prepared Query lookup failed: failed prepared query lookup: index error: {0}")]
    WriteId(String),
    /// Without a name it must go away with a session.
    #[error("Invalid prepared query: Must be bound to a session")]
    NoSession,
    /// Without a service.
    #[error("Invalid prepared query: Must provide a Service name to query")]
    NoService,
    /// A number of datacenters below zero.
    #[error("Invalid prepared query: Bad NearestN '{0}', must be >= 0")]
    NearestN(i64),
    /// A time that is none.
    #[error("Invalid prepared query: Bad DNS TTL '{0}': {1}")]
    Ttl(String, DurationError),
    /// So long a time below zero.
    #[error("Invalid prepared query: DNS TTL '-{}', must be >=0", .0.as_nanos())]
    NegativeTtl(Duration),
    /// Metadata that no node can have.
    #[error("Invalid prepared query: {0}")]
    NodeMeta(#[from] MetaError),
    /// A session's id that is none.
    #[error("invalid session: index error: {0}")]
    SessionId(String),
    /// A template that cannot be carried out.
    #[error("failed compiling template: {0}")]
    Template(String),
    /// A template was asked for by its id, which says nothing about the name to fill in.
    #[error("prepared query templates can only be resolved up by name, not by ID")]
    TemplateById,
}

/// Why metadata is none that a node can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetaError {
    /// Too much of it.
    #[error("Node metadata cannot contain more than 64 key/value pairs")]
    Pairs,
    /// One pair is not as it must be.
    #[error("Couldn't load metadata pair ('{key}', '{value}'): {reason}")]
    Pair {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}
