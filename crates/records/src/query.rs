//! Prepared queries. What each field of a query means is written in `proconsul_types::query`.

use std::collections::BTreeMap;

use proconsul_calls::catalog::CatalogError;
use proconsul_calls::query::Executed;
use proconsul_types::query as types;
use serde::{Deserialize, Serialize};

use crate::instance::CheckServiceNode;
use crate::options::QuerySource;

/// A query; also how it stands in a snapshot file (`PreparedQuery`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "each is described in proconsul_types::query::PreparedQuery")]
pub struct PreparedQuery {
    pub create_index: u64,
    #[serde(rename = "DNS")]
    pub dns: QueryDns,
    #[serde(rename = "ID")]
    pub id: String,
    pub modify_index: u64,
    pub name: String,
    pub service: ServiceQuery,
    pub session: String,
    pub template: QueryTemplate,
    pub token: String,
}

/// How a query is answered over DNS (`QueryDNSOptions`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueryDns {
    /// How long an answer may be kept; empty for the agent's setting.
    #[serde(rename = "TTL")]
    pub ttl: String,
}

/// Which instances a query finds (`ServiceQuery`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "each is described in proconsul_types::query::ServiceQuery")]
pub struct ServiceQuery {
    pub connect: bool,
    pub failover: QueryFailover,
    #[serde(rename = "IgnoreCheckIDs")]
    pub ignore_check_ids: Option<Vec<String>>,
    pub near: String,
    pub node_meta: Option<BTreeMap<String, String>>,
    pub only_passing: bool,
    pub service: String,
    pub service_meta: Option<BTreeMap<String, String>>,
    pub tags: Option<Vec<String>>,
}

/// Where to look when nothing is found (`QueryDatacenterOptions`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct QueryFailover {
    /// In which datacenters, after the nearest.
    pub datacenters: Option<Vec<String>>,
    /// In how many of the nearest.
    pub nearest_n: i64,
}

/// The template part of a query (`QueryTemplateOptions`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct QueryTemplate {
    /// A regular expression.
    pub regexp: String,
    /// Whether tags that come out empty are left away.
    pub remove_empty_tags: bool,
    /// Empty, or `name_prefix_match`.
    #[serde(rename = "Type")]
    pub kind: String,
}

impl From<types::PreparedQuery> for PreparedQuery {
    fn from(query: types::PreparedQuery) -> Self {
        let types::QueryTemplate { kind, regexp, remove_empty_tags } = query.template;
        let service = query.service;
        let types::QueryFailover { nearest_n, datacenters } = service.failover;
        Self {
            create_index: query.create_index,
            dns: QueryDns { ttl: query.dns.ttl },
            id: query.id,
            modify_index: query.modify_index,
            name: query.name,
            service: ServiceQuery {
                connect: service.connect,
                failover: QueryFailover { datacenters, nearest_n },
                ignore_check_ids: service.ignore_check_ids,
                near: service.near,
                node_meta: service.node_meta,
                only_passing: service.only_passing,
                service: service.service,
                service_meta: service.service_meta,
                tags: service.tags,
            },
            session: query.session,
            template: QueryTemplate { regexp, remove_empty_tags, kind },
            token: query.token,
        }
    }
}

impl From<PreparedQuery> for types::PreparedQuery {
    fn from(query: PreparedQuery) -> Self {
        let QueryTemplate { regexp, remove_empty_tags, kind } = query.template;
        let service = query.service;
        let QueryFailover { datacenters, nearest_n } = service.failover;
        Self {
            id: query.id,
            name: query.name,
            session: query.session,
            token: query.token,
            template: types::QueryTemplate { kind, regexp, remove_empty_tags },
            service: types::ServiceQuery {
                service: service.service,
                failover: types::QueryFailover { nearest_n, datacenters },
                only_passing: service.only_passing,
                ignore_check_ids: service.ignore_check_ids,
                near: service.near,
                tags: service.tags,
                node_meta: service.node_meta,
                service_meta: service.service_meta,
                connect: service.connect,
            },
            dns: types::QueryDns { ttl: query.dns.ttl },
            create_index: query.create_index,
            modify_index: query.modify_index,
        }
    }
}

/// A write (`PreparedQueryRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PreparedQueryRequest {
    /// The datacenter.
    pub datacenter: String,
    /// `create`, `update` or `delete`.
    pub op: String,
    /// The query; to be deleted, its id is enough.
    pub query: Option<PreparedQuery>,
    /// The secret of who asks.
    pub token: String,
}

/// A question about one query (`PreparedQuerySpecificRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PreparedQuerySpecific {
    /// The datacenter.
    pub datacenter: String,
    /// Its id.
    #[serde(rename = "QueryID")]
    pub query_id: String,
}

/// A query to execute or to explain (`PreparedQueryExecuteRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PreparedQueryExecute {
    /// The agent that passes the question on.
    pub agent: QuerySource,
    /// Whether instances that reach the service through the mesh are meant in any case.
    pub connect: bool,
    /// The datacenter.
    pub datacenter: String,
    /// Most instances to answer with; 0 for all.
    pub limit: i64,
    /// The id or the name.
    #[serde(rename = "QueryIDOrName")]
    pub query_id_or_name: String,
    /// Whose neighbours come first.
    pub source: QuerySource,
}

/// A query that another datacenter wants executed here (`PreparedQueryExecuteRemoteRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PreparedQueryExecuteRemote {
    /// Whether instances that reach the service through the mesh are meant in any case.
    pub connect: bool,
    /// The datacenter.
    pub datacenter: String,
    /// Most instances to answer with; 0 for all.
    pub limit: i64,
    /// The query.
    pub query: PreparedQuery,
}

/// Queries (`IndexedPreparedQueries`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PreparedQueries {
    /// The queries, in the order of their ids.
    pub queries: Option<Vec<PreparedQuery>>,
}

/// A query as it would be executed (`PreparedQueryExplainResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Explained {
    /// The query.
    pub query: PreparedQuery,
}

/// What an executed query found (`PreparedQueryExecuteResponse`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PreparedQueryExecuted {
    /// The datacenter the instances are in.
    pub datacenter: String,
    /// How it is answered over DNS.
    #[serde(rename = "DNS")]
    pub dns: QueryDns,
    /// How many other datacenters were asked before.
    pub failovers: u64,
    /// The instances.
    pub nodes: Option<Vec<CheckServiceNode>>,
    /// The service it looked for.
    pub service: String,
}

impl From<Executed> for PreparedQueryExecuted {
    fn from(executed: Executed) -> Self {
        let nodes = &executed.nodes;
        Self {
            datacenter: executed.datacenter,
            dns: QueryDns { ttl: executed.dns_ttl },
            failovers: executed.failovers,
            nodes: (!nodes.is_empty()).then(|| nodes.iter().map(Into::into).collect()),
            service: executed.service,
        }
    }
}

impl TryFrom<PreparedQueryExecuted> for Executed {
    type Error = CatalogError;

    fn try_from(executed: PreparedQueryExecuted) -> Result<Self, CatalogError> {
        let nodes = executed.nodes.unwrap_or_default().into_iter().map(TryInto::try_into);
        Ok(Self {
            service: executed.service,
            nodes: nodes.collect::<Result<_, _>>()?,
            dns_ttl: executed.dns.ttl,
            datacenter: executed.datacenter,
            failovers: executed.failovers,
        })
    }
}
