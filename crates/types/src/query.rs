//! Prepared queries: questions about services that are kept under a name.
//!
//! The order of the fields is the order in which users see them. Lists and maps that were never given are `null`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The kind of a template that answers for every name which begins with its own.
pub const NAME_PREFIX_MATCH: &str = "name_prefix_match";

/// A prepared query, as `GET /v1/query/:id` shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PreparedQuery {
    /// Its id, a UUID that the servers choose.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its name, unique without regard to case; empty for none.
    pub name: String,
    /// The session it goes away with; empty for none.
    pub session: String,
    /// The token it is executed with, in place of the caller's.
    pub token: String,
    /// How it answers for names that are not its own.
    pub template: QueryTemplate,
    /// Which instances it finds.
    pub service: ServiceQuery,
    /// How it is answered over DNS.
    #[serde(rename = "DNS")]
    pub dns: QueryDns,
    /// The write that made it.
    pub create_index: u64,
    /// The last write that changed it.
    pub modify_index: u64,
}

impl PreparedQuery {
    /// Whether it answers for names that are not its own.
    pub fn is_template(&self) -> bool {
        !self.template.kind.is_empty()
    }
}

/// The template part of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryTemplate {
    /// Empty, or [`NAME_PREFIX_MATCH`].
    #[serde(rename = "Type")]
    pub kind: String,
    /// A regular expression whose groups `${match(N)}` refers to.
    pub regexp: String,
    /// Whether tags that come out empty are left away.
    pub remove_empty_tags: bool,
}

/// Which instances a query finds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceQuery {
    /// The service's name.
    pub service: String,
    /// Where to look when nothing is found here.
    pub failover: QueryFailover,
    /// Whether instances in warning state are left away too.
    pub only_passing: bool,
    /// Checks that do not count.
    #[serde(rename = "IgnoreCheckIDs")]
    pub ignore_check_ids: Option<Vec<String>>,
    /// Whose neighbours come first: a node, `_agent` or `_ip`; empty for a random order.
    pub near: String,
    /// Tags that an instance must have, or with `!` before them must not have.
    pub tags: Option<Vec<String>>,
    /// Metadata that its node must have.
    pub node_meta: Option<BTreeMap<String, String>>,
    /// Metadata that it must have itself.
    pub service_meta: Option<BTreeMap<String, String>>,
    /// Whether instances that reach the service through the mesh are meant.
    pub connect: bool,
}

/// Where to look when nothing is found in the own datacenter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryFailover {
    /// In how many of the nearest other datacenters.
    pub nearest_n: i64,
    /// In which, after those.
    pub datacenters: Option<Vec<String>>,
}

/// How a query is answered over DNS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryDns {
    /// How long an answer may be kept (`10s`); empty for the agent's setting.
    #[serde(rename = "TTL")]
    pub ttl: String,
}
