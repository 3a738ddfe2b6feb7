//! Intentions. What each field of an intention means is written in `proconsul_types::intention`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proconsul_gopack::{Raw, Time};
use proconsul_types::intention as types;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::stamp;

/// An intention; also how it stands in a snapshot file (`Intention`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "each is described in proconsul_types::intention::Intention")]
pub struct Intention {
    pub action: String,
    pub create_index: u64,
    pub created_at: Time,
    pub default_addr: String,
    pub default_port: i64,
    pub description: String,
    #[serde(rename = "DestinationNS")]
    pub destination_ns: String,
    pub destination_name: String,
    pub hash: Option<Raw>,
    #[serde(rename = "ID")]
    pub id: String,
    pub meta: Option<BTreeMap<String, String>>,
    pub modify_index: u64,
    /// Of later versions; 1.8 passes over it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<Value>,
    pub precedence: i64,
    #[serde(rename = "SourceNS")]
    pub source_ns: String,
    pub source_name: String,
    pub source_type: String,
    pub updated_at: Time,
}

impl From<&types::IntentionRecord> for Intention {
    fn from(types::IntentionRecord { intention, create_index, modify_index }: &types::IntentionRecord) -> Self {
        Self { create_index: *create_index, modify_index: *modify_index, ..intention.into() }
    }
}

impl From<&types::Intention> for Intention {
    fn from(intention: &types::Intention) -> Self {
        let intention = intention.clone();
        let hash = STANDARD.decode(&intention.hash).unwrap_or_default();
        Self {
            action: intention.action,
            create_index: 0,
            created_at: stamp::time(&intention.created_at),
            default_addr: intention.default_addr,
            default_port: intention.default_port,
            description: intention.description,
            destination_ns: intention.destination_ns,
            destination_name: intention.destination_name,
            hash: (!hash.is_empty()).then(|| hash.into()),
            id: intention.id,
            meta: Some(intention.meta),
            modify_index: 0,
            permissions: intention.permissions,
            precedence: intention.precedence,
            source_ns: intention.source_ns,
            source_name: intention.source_name,
            source_type: intention.source_type,
            updated_at: stamp::time(&intention.updated_at),
        }
    }
}

impl From<Intention> for types::IntentionRecord {
    fn from(intention: Intention) -> Self {
        let (create_index, modify_index) = (intention.create_index, intention.modify_index);
        Self { intention: intention.into(), create_index, modify_index }
    }
}

impl From<Intention> for types::Intention {
    fn from(intention: Intention) -> Self {
        Self {
            id: intention.id,
            description: intention.description,
            source_ns: intention.source_ns,
            source_name: intention.source_name,
            destination_ns: intention.destination_ns,
            destination_name: intention.destination_name,
            source_type: intention.source_type,
            action: intention.action,
            default_addr: intention.default_addr,
            default_port: intention.default_port,
            permissions: intention.permissions,
            meta: intention.meta.unwrap_or_default(),
            precedence: intention.precedence,
            created_at: stamp::text(intention.created_at),
            updated_at: stamp::text(intention.updated_at),
            hash: intention.hash.map(|hash| STANDARD.encode(&*hash)).unwrap_or_default(),
        }
    }
}

/// A write (`IntentionRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IntentionRequest {
    /// The datacenter.
    pub datacenter: String,
    /// The intention; to be deleted, its id is enough.
    pub intention: Option<Intention>,
    /// `create`, `update` or `delete`.
    pub op: String,
    /// The secret of who asks.
    pub token: String,
}

/// A question about intentions: one of its three parts is filled (`IntentionQueryRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IntentionQuery {
    /// Whether one service may call another.
    pub check: Option<IntentionCheck>,
    /// The datacenter.
    pub datacenter: String,
    /// One intention, by its id.
    #[serde(rename = "IntentionID")]
    pub intention_id: String,
    /// What concerns some services.
    #[serde(rename = "Match")]
    pub matching: Option<IntentionMatch>,
}

/// Whether one service may call another (`IntentionQueryCheck`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IntentionCheck {
    /// The namespace of the one who is called.
    #[serde(rename = "DestinationNS")]
    pub destination_ns: String,
    /// The one that is called.
    pub destination_name: String,
    /// The namespace of the one who calls.
    #[serde(rename = "SourceNS")]
    pub source_ns: String,
    /// The one that calls.
    pub source_name: String,
    /// What it is.
    pub source_type: String,
}

/// What concerns some services (`IntentionQueryMatch`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IntentionMatch {
    /// The services.
    pub entries: Option<Vec<IntentionMatchEntry>>,
    /// `source` or `destination`.
    #[serde(rename = "Type")]
    pub kind: String,
}

/// A service in its namespace (`IntentionMatchEntry`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IntentionMatchEntry {
    /// The service.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
}

/// Intentions (`IndexedIntentions`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Intentions {
    /// The intentions, the most exact first.
    pub intentions: Option<Vec<Intention>>,
}

/// Intentions for each of some services (`IndexedIntentionMatches`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IntentionMatches {
    /// In the order of the services that were asked for.
    pub matches: Option<Vec<Option<Vec<Intention>>>>,
}

/// Whether one service may call another (`IntentionQueryCheckResponse`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IntentionAllowed {
    /// Whether it may.
    pub allowed: bool,
}
