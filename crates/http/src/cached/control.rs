//! `Cache-Control`, as far as Consul reads it.

use hyper::HeaderMap;
use hyper::header::CACHE_CONTROL;

use crate::error::HttpError;

/// What a client says about the age of answers, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Control {
    /// The oldest kept answer that it takes; `None` for any.
    pub(crate) max_age: Option<u64>,
    /// Whether it takes none.
    pub(crate) must_revalidate: bool,
    /// The oldest kept answer that it takes in place of an error.
    pub(crate) stale_if_error: Option<u64>,
}

impl Control {
    /// Reads the header. Directives that are not known, and ages below zero, are passed over.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, HttpError> {
        let mut control = Self::default();
        let Some(header) = headers.get(CACHE_CONTROL) else { return Ok(control) };
        for directive in header.to_str().unwrap_or_default().split(',').map(str::trim) {
            match directive.split_once('=').map_or((directive, None), |(name, value)| (name, Some(value))) {
                ("must-revalidate", _) => control.must_revalidate = true,
                ("max-age", Some(value)) => match seconds(value)? {
                    Some(0) => control.must_revalidate = true,
                    most => control.max_age = most,
                },
                ("stale-if-error", Some(value)) => control.stale_if_error = seconds(value)?,
                _ => {}
            }
        }
        Ok(control)
    }
}

fn seconds(text: &str) -> Result<Option<u64>, HttpError> {
    let seconds: i64 = text.parse().map_err(|_| HttpError::CacheControl)?;
    Ok(u64::try_from(seconds).ok())
}
