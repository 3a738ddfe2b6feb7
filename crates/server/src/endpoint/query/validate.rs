//! What a prepared query must be like before it is kept.

use std::collections::BTreeMap;

use proconsul_base::id::lookup;
use proconsul_base::text::duration::{self, DurationError};
use proconsul_calls::query::{MetaError, QueryError};
use proconsul_types::query::PreparedQuery;

/// Bounds of a node's metadata, as Consul documents them.
const META_PAIRS: usize = 64;
const META_KEY_CHARS: usize = 128;
const META_VALUE_CHARS: usize = 512;

/// Says what is wrong with a query, if anything.
pub(super) fn validate(query: &PreparedQuery) -> Result<(), QueryError> {
    if query.name.is_empty() && query.session.is_empty() && !query.is_template() {
        return Err(QueryError::NoSession);
    }
    if query.service.service.is_empty() {
        return Err(QueryError::NoService);
    }
    if query.service.failover.nearest_n < 0 {
        return Err(QueryError::NearestN(query.service.failover.nearest_n));
    }
    query.service.node_meta.as_ref().map_or(Ok(()), metadata)?;
    time_to_live(&query.dns.ttl)?;
    if !query.session.is_empty() {
        lookup::lookup(&query.session).map_err(|error| QueryError::SessionId(error.to_string()))?;
    }
    Ok(())
}

fn metadata(meta: &BTreeMap<String, String>) -> Result<(), MetaError> {
    if meta.len() > META_PAIRS {
        return Err(MetaError::Pairs);
    }
    let wrong = meta.iter().find_map(|(key, value)| Some((key, value, reason(key, value)?)));
    wrong.map_or(Ok(()), |(key, value, reason)| Err(MetaError::Pair { key: key.clone(), value: value.clone(), reason }))
}

fn reason(key: &str, value: &str) -> Option<&'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if key.is_empty() {
        Some("Key cannot be blank")
    } else if !key.bytes().all(is_plain) {
        Some("Key contains invalid characters")
    } else if key.len() > META_KEY_CHARS {
        Some("Key is too long (limit: 128 characters)")
    } else {
        (value.len() > META_VALUE_CHARS).then_some("Value is too long (limit: 512 characters)")
    }
}

fn time_to_live(ttl: &str) -> Result<(), QueryError> {
    if ttl.is_empty() {
        return Ok(());
    }
    match duration::parse(ttl) {
        Ok(_) => Ok(()),
        Err(DurationError::Negative(_)) => {
            let length = ttl.strip_prefix('-').and_then(|length| duration::parse(length).ok()).unwrap_or_default();
            Err(QueryError::NegativeTtl(length))
        }
        Err(error) => Err(QueryError::Ttl(ttl.to_owned(), error)),
    }
}
