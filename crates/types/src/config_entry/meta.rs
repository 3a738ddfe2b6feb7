//! What a user says about a document.

use std::collections::BTreeMap;

/// Named texts.
pub type EntryMeta = BTreeMap<String, String>;

/// Most pairs on one document: Consul's limit.
const PAIRS_MAX: usize = 64;
/// Longest name of a pair, in bytes: Consul's limit.
const NAME_BYTES_MAX: usize = 128;
/// Longest value of a pair, in bytes: Consul's limit.
const VALUE_BYTES_MAX: usize = 512;

/// What is too much in it, all of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetaError {
    /// Too many pairs.
    #[error("Meta exceeds maximum element count {PAIRS_MAX}")]
    Count,
    /// A name that is too long.
    #[error("Meta key {0:?} exceeds maximum length {NAME_BYTES_MAX}")]
    Name(String),
    /// The value of this name is too long.
    #[error("Meta value for key {0:?} exceeds maximum length {VALUE_BYTES_MAX}")]
    Value(String),
}

/// Everything that is too much.
pub fn mistakes(meta: &EntryMeta) -> Vec<MetaError> {
    let count = (meta.len() > PAIRS_MAX).then_some(MetaError::Count);
    let pairs = meta.iter().flat_map(|(name, value)| {
        let long_name = (name.len() > NAME_BYTES_MAX).then(|| MetaError::Name(name.clone()));
        let long_value = (value.len() > VALUE_BYTES_MAX).then(|| MetaError::Value(name.clone()));
        long_name.into_iter().chain(long_value)
    });
    count.into_iter().chain(pairs).collect()
}
