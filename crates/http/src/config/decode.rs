//! The body of a config entry: its kind first, then the document of that kind.

use proconsul_types::config_entry::{ConfigEntry, Kind};

use super::ConfigRefusal;
use crate::decode::{self, DecodeError, FromJson, Json};
use crate::error::HttpError;
use crate::weak::{self, WeakError};

/// Reads an entry.
pub(super) fn entry(body: &[u8]) -> Result<ConfigEntry, HttpError> {
    let json = decode::first(body).map_err(|error| HttpError::DecodeDocument(error.into()))?;
    numbers(&json).map_err(HttpError::DecodeDocument)?;
    let kind = kind(&json).map_err(ConfigRefusal::Document)?;
    Ok(weak::document(&json, |weak| ConfigEntry::of_kind(kind, weak)).map_err(ConfigRefusal::Document)?)
}

fn kind(json: &Json<'_>) -> Result<Kind, WeakError> {
    let fields = match json {
        Json::Object(fields) => &fields[..],
        Json::Null => &[],
        other => return Err(WeakError::NoMap(weak::kind(other))),
    };
    let kind = ["Kind", "kind"].into_iter().find_map(|spelled| fields.iter().find(|(name, _)| name == spelled));
    match kind {
        None => Err(WeakError::NoKind),
        Some((_, Json::Text(kind))) => Ok(kind.parse()?),
        Some(_) => Err(WeakError::KindNoText),
    }
}

/// Refuses numbers that are too large for any place.
fn numbers(json: &Json<'_>) -> Result<(), DecodeError> {
    match json {
        Json::Number(_) => f64::from_json(json).map(drop),
        Json::List(list) => list.iter().try_for_each(numbers),
        Json::Object(fields) => fields.iter().try_for_each(|(_, value)| numbers(value)),
        Json::Null | Json::Bool(_) | Json::Text(_) => Ok(()),
    }
}
