//! What a service may say about itself: named texts within bounds.

use proconsul_types::node::Meta;

use super::{MetaError, MetaPairError};

/// Most named texts that a service may keep.
const META_PAIRS: usize = 64;
/// Longest name of one, in bytes.
const META_KEY_BYTES: usize = 128;
/// Longest text of one, in bytes.
const META_VALUE_BYTES: usize = 512;
/// Begins the names that only the program itself uses.
const META_RESERVED: &str = "consul-";

/// Why these named texts cannot be kept with a service.
pub fn check(meta: &Meta) -> Result<(), MetaError> {
    let Some(meta) = meta else { return Ok(()) };
    if meta.len() > META_PAIRS {
        return Err(MetaError::Count(META_PAIRS));
    }
    meta.iter().try_for_each(|(key, value)| {
        check_pair(key, value).map_err(|why| MetaError::Pair { key: key.clone(), value: value.clone(), why })
    })
}

fn check_pair(key: &str, value: &str) -> Result<(), MetaPairError> {
    if key.is_empty() {
        return Err(MetaPairError::Blank);
    }
    if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return Err(MetaPairError::Characters);
    }
    if key.len() > META_KEY_BYTES {
        return Err(MetaPairError::LongKey(META_KEY_BYTES));
    }
    if key.starts_with(META_RESERVED) {
        return Err(MetaPairError::Reserved(META_RESERVED));
    }
    if value.len() > META_VALUE_BYTES {
        return Err(MetaPairError::LongValue(META_VALUE_BYTES));
    }
    Ok(())
}
