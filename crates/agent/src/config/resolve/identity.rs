//! Who the node is: name, id, metadata, datacenter.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use proconsul_base::id::NodeId;

use super::Resolver;
use crate::config::error::Mistake;
use crate::config::{Invalid, Place};

/// Most metadata pairs of a node.
const META_PAIRS_MAX: usize = 64;
/// Longest name of a pair, in characters.
const META_KEY_MAX: usize = 128;
/// Longest text of a pair, in characters.
const META_VALUE_MAX: usize = 512;
/// Longest label of a DNS name (RFC 1035 §2.3.4).
const DNS_LABEL_MAX: usize = 63;

impl Resolver<'_> {
    pub(super) fn node_name(&mut self) -> String {
        let name = self.settings.text("node_name").unwrap_or(self.environment.hostname()).trim().to_owned();
        if name.is_empty() {
            self.refuse_whole(Invalid::NoNodeName);
        } else if name.len() > DNS_LABEL_MAX {
            self.warnings.push(format!(
                "Node name {name:?} will not be discoverable via DNS due to it being too long. Valid lengths are between 1 and {DNS_LABEL_MAX} bytes."
            ));
        } else if !name.chars().all(|character| character.is_ascii_alphanumeric() || character == '-') {
            self.warnings.push(format!(
                "Node name {name:?} will not be discoverable via DNS due to invalid characters. Valid characters include all alpha-numerics and dashes."
            ));
        }
        name
    }

    /// The given id, else the data directory's, else the fresh one.
    pub(super) fn node_id(&mut self, data_dir: Option<&Place>) -> NodeId {
        if self.settings.boolean("disable_host_node_id") == Some(false) {
            self.warnings.push(
                "disable_host_node_id = false has no effect: node ids are made at random in this version".to_owned(),
            );
        }
        let fresh = self.environment.fresh_node_id;
        if let Some(text) = self.settings.text("node_id") {
            return text.to_ascii_lowercase().parse().unwrap_or_else(|error| {
                self.refuse("node_id", Invalid::NodeId(error));
                fresh
            });
        }
        let Some(file) = data_dir.map(|directory| directory.join("node-id")) else { return fresh };
        match self.environment.files.read(file.real()) {
            Ok(text) if text.trim().is_empty() => fresh,
            Ok(text) => text.trim().to_ascii_lowercase().parse().unwrap_or_else(|error| {
                self.refuse_whole(Invalid::NodeIdFile(file, error));
                fresh
            }),
            Err(error) => {
                if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
                    self.mistakes.push(Mistake::NodeIdFile(file, error));
                }
                fresh
            }
        }
    }

    pub(super) fn node_meta(&mut self) -> BTreeMap<String, String> {
        let meta = self.settings.map("node_meta");
        if meta.len() > META_PAIRS_MAX {
            self.refuse("node_meta", Invalid::MetaCount { count: meta.len(), max: META_PAIRS_MAX });
        }
        for (name, text) in &meta {
            let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
            let reserved = name.starts_with("consul-");
            if name.is_empty() || name.chars().count() > META_KEY_MAX || reserved || !name.chars().all(allowed) {
                self.refuse("node_meta", Invalid::MetaKey(name.clone()));
            } else if text.chars().count() > META_VALUE_MAX {
                self.refuse("node_meta", Invalid::MetaValue(name.clone(), META_VALUE_MAX));
            }
        }
        meta
    }

    pub(super) fn datacenter(&mut self) -> String {
        let name = self.settings.text("datacenter").unwrap_or("dc1").to_lowercase();
        let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
        if name.trim().is_empty() {
            self.refuse_whole(Invalid::NoDatacenter);
        } else if !name.chars().all(allowed) {
            self.refuse_whole(Invalid::Datacenter(name.clone()));
        }
        name
    }
}
