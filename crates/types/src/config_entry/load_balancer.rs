//! How the instances of a service are chosen (1.9).

use serde::{Deserialize, Serialize};

use super::error::BalanceError;
use super::is_default;
use super::span::Span;

/// The policies there are; none is the proxy's own.
const POLICIES: [&str; 6] = ["", "random", "round_robin", "least_request", "ring_hash", "maglev"];
/// The policies that choose by a hash.
const HASHING: [&str; 2] = ["ring_hash", "maglev"];
/// What a hash can be taken of.
const FIELDS: [&str; 4] = ["", "header", "cookie", "query_parameter"];

/// How instances are chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LoadBalancer {
    /// By which rule.
    #[serde(skip_serializing_if = "is_default")]
    pub policy: String,
    /// For `ring_hash`.
    #[serde(alias = "ring_hash_config", skip_serializing_if = "is_default")]
    pub ring_hash_config: Option<RingHashConfig>,
    /// For `least_request`.
    #[serde(alias = "least_request_config", skip_serializing_if = "is_default")]
    pub least_request_config: Option<LeastRequestConfig>,
    /// What the hash is taken of.
    #[serde(alias = "hash_policies", skip_serializing_if = "is_default")]
    pub hash_policies: Vec<HashPolicy>,
}

/// How large the ring is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RingHashConfig {
    /// At least.
    #[serde(alias = "minimum_ring_size", skip_serializing_if = "is_default")]
    pub minimum_ring_size: u64,
    /// At most.
    #[serde(alias = "maximum_ring_size", skip_serializing_if = "is_default")]
    pub maximum_ring_size: u64,
}

/// How many are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LeastRequestConfig {
    /// Instances looked at for one request.
    #[serde(alias = "choice_count", skip_serializing_if = "is_default")]
    pub choice_count: u32,
}

/// One part of what the hash is taken of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HashPolicy {
    /// `header`, `cookie` or `query_parameter`.
    #[serde(skip_serializing_if = "is_default")]
    pub field: String,
    /// Its name.
    #[serde(alias = "field_value", skip_serializing_if = "is_default")]
    pub field_value: String,
    /// How the cookie is made.
    #[serde(alias = "cookie_config", skip_serializing_if = "is_default")]
    pub cookie_config: Option<CookieConfig>,
    /// The caller's address, in the place of a field.
    #[serde(rename = "SourceIP", alias = "source_ip", skip_serializing_if = "is_default")]
    pub source_ip: bool,
    /// Whether the parts behind it count only when this one is missing.
    #[serde(skip_serializing_if = "is_default")]
    pub terminal: bool,
}

/// How a cookie is made for callers that have none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CookieConfig {
    /// Whether it ends with the caller's session.
    #[serde(skip_serializing_if = "is_default")]
    pub session: bool,
    /// How long it lasts.
    #[serde(rename = "TTL", skip_serializing_if = "is_default")]
    pub ttl: Span,
    /// Its path.
    #[serde(skip_serializing_if = "is_default")]
    pub path: String,
}

impl LoadBalancer {
    /// Whether it chooses by a hash.
    pub fn is_hash_based(&self) -> bool {
        HASHING.contains(&&*self.policy)
    }

    pub(super) fn validate(&self) -> Result<(), BalanceError> {
        let policy = || self.policy.clone();
        if !POLICIES.contains(&&*self.policy) {
            return Err(BalanceError::Policy(policy()));
        }
        if self.ring_hash_config.is_some() && self.policy != "ring_hash" {
            return Err(BalanceError::Config { config: "RingHashConfig", policy: policy() });
        }
        if self.least_request_config.is_some() && self.policy != "least_request" {
            return Err(BalanceError::Config { config: "LeastRequestConfig", policy: policy() });
        }
        if !self.is_hash_based() && !self.hash_policies.is_empty() {
            return Err(BalanceError::NoHash(policy()));
        }
        self.hash_policies.iter().enumerate().try_for_each(|(place, part)| part.validate(place))
    }
}

impl HashPolicy {
    fn validate(&self, place: usize) -> Result<(), BalanceError> {
        let field = || self.field.clone();
        if !FIELDS.contains(&&*self.field) {
            return Err(BalanceError::Field(place, field()));
        }
        if self.source_ip && !self.field.is_empty() {
            return Err(BalanceError::AddressAndField(place, field()));
        }
        if self.source_ip && !self.field_value.is_empty() {
            return Err(BalanceError::AddressAndValue(place));
        }
        match (self.field.is_empty(), self.field_value.is_empty()) {
            (false, true) => return Err(BalanceError::NoValue(place, field())),
            (true, false) => return Err(BalanceError::NoField(place)),
            _ => {}
        }
        match &self.cookie_config {
            Some(_) if self.field != "cookie" => Err(BalanceError::Cookie(place, field())),
            Some(cookie) if cookie.session && !is_default(&cookie.ttl) => Err(BalanceError::SessionTtl(place)),
            _ => Ok(()),
        }
    }
}
