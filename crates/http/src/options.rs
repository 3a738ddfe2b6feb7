//! What all reads accept: datacenter, consistency, waiting.

use std::time::Duration;

use proconsul_base::index::Index;
use proconsul_base::text::duration::{self, DurationError};
use proconsul_calls::agent::Unless;
use proconsul_calls::read::{Consistency, ReadOptions, Wait};

use crate::error::HttpError;
use crate::query::Query;

/// Reads the options of a read from the query. Reads of the catalog and of health that do not say may be as stale as
/// `discovery_max_stale`, unless it is zero.
pub(crate) fn read(query: &Query<'_>, path: &str, discovery_max_stale: Duration) -> Result<ReadOptions, HttpError> {
    let datacenter = query.filled("dc").map(Into::into);
    let is_said = ["leader", "cached"].into_iter().any(|name| query.has(name));
    let is_discovery = path.starts_with("/v1/catalog") || path.starts_with("/v1/health");
    let consistency = match consistency(query)? {
        Consistency::Default if is_discovery && !is_said && !discovery_max_stale.is_zero() => {
            Consistency::Stale { at_most: Some(discovery_max_stale) }
        }
        asked => asked,
    };
    Ok(ReadOptions { datacenter, consistency, wait: wait(query)? })
}

fn consistency(query: &Query<'_>) -> Result<Consistency, HttpError> {
    let at_most = match query.filled("max_stale") {
        Some(text) => length(text).map(Some).map_err(|_| HttpError::MaxStale(text.to_owned()))?,
        None => None,
    };
    let at_most = at_most.filter(|limit| !limit.is_zero());
    let is_stale = query.has("stale") || at_most.is_some();
    match query.has("consistent") {
        true if is_stale => Err(HttpError::Consistency("stale")),
        true if query.has("cached") => Err(HttpError::Consistency("cached")),
        true => Ok(Consistency::Consistent),
        false if is_stale => Ok(Consistency::Stale { at_most }),
        false => Ok(Consistency::Default),
    }
}

/// Reads how long to wait for a change of what index.
pub(crate) fn wait(query: &Query<'_>) -> Result<Option<Wait>, HttpError> {
    let at_most = at_most(query)?;
    let index = query.filled("index").map(str::parse).transpose().map_err(|_| HttpError::Index)?;
    Ok(index.filter(|index| *index > 0).map(|index| Wait { index: Index(index), at_most }))
}

/// Reads how long to wait at most.
fn at_most(query: &Query<'_>) -> Result<Option<Duration>, HttpError> {
    query.filled("wait").map(length).transpose().map_err(|_| HttpError::Wait)
}

/// Reads how long to wait for other content than that of a hash; `None` without a hash.
pub(crate) fn wait_for_hash<'q>(query: &'q Query<'_>) -> Result<Option<Unless<'q>>, HttpError> {
    // An index has no meaning there, and is refused all the same when it is none.
    wait(query)?;
    let at_most = at_most(query)?;
    Ok(query.filled("hash").map(|hash| Unless { hash, at_most }))
}

/// A length of time; one below zero counts as none at all, as in Consul.
fn length(text: &str) -> Result<Duration, DurationError> {
    match duration::parse(text) {
        Err(DurationError::Negative(_)) => Ok(Duration::ZERO),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str) -> Result<ReadOptions, String> {
        read(&Query::parse(Some(query)).unwrap(), "/v1/kv/a", Duration::from_secs(9)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_mode_follows_the_query() {
        let second = Some(Duration::from_secs(1));
        let modes = [
            ("", Consistency::Default),
            ("leader", Consistency::Default),
            ("consistent", Consistency::Consistent),
            ("leader&consistent", Consistency::Consistent),
            ("stale", Consistency::Stale { at_most: None }),
            ("leader&stale", Consistency::Stale { at_most: None }),
            ("stale&max_stale=1s", Consistency::Stale { at_most: second }),
            ("max_stale=1s", Consistency::Stale { at_most: second }),
            ("max_stale=0s", Consistency::Default),
        ];
        for (query, mode) in modes {
            assert_eq!(check(query).unwrap().consistency, mode, "{query}");
        }
    }

    #[test]
    fn discovery_is_as_stale_as_configured_unless_the_query_says() {
        let mode = |query, path, secs| {
            read(&Query::parse(Some(query)).unwrap(), path, Duration::from_secs(secs)).unwrap().consistency
        };
        let stale = Consistency::Stale { at_most: Some(Duration::from_secs(5)) };
        for path in ["/v1/catalog/services", "/v1/health/service/a"] {
            assert_eq!(mode("", path, 5), stale);
            assert_eq!(mode("", path, 0), Consistency::Default);
            assert_eq!(mode("leader", path, 5), Consistency::Default);
            assert_eq!(mode("cached", path, 5), Consistency::Default);
            assert_eq!(mode("consistent", path, 5), Consistency::Consistent);
        }
        assert_eq!(mode("", "/v1/session/list", 5), Consistency::Default);
    }

    #[test]
    fn a_wait_needs_an_index() {
        let wait =
            |index, secs: Option<u64>| Ok(Some(Wait { index: Index(index), at_most: secs.map(Duration::from_secs) }));
        let waits = |query| check(query).map(|options| options.wait);
        assert_eq!(waits("wait=5s"), Ok(None));
        assert_eq!(waits("index=0&wait=5s"), Ok(None));
        assert_eq!(waits("index=7"), wait(7, None));
        assert_eq!(waits("index=7&wait=5s"), wait(7, Some(5)));
        assert_eq!(waits("index=7&wait=-1s"), wait(7, Some(0)));
    }

    #[test]
    fn what_cannot_be_read_is_refused_in_consuls_words() {
        let texts = [
            ("index=x", "Invalid index"),
            ("index=-1", "Invalid index"),
            ("wait=x", "Invalid wait time"),
            ("wait=10", "Invalid wait time"),
            ("max_stale=zz", "Invalid max_stale value \"zz\""),
            ("stale&consistent", "Cannot specify ?stale with ?consistent, conflicting semantics."),
            ("cached&consistent", "Cannot specify ?cached with ?consistent, conflicting semantics."),
        ];
        for (query, text) in texts {
            assert_eq!(check(query), Err(text.to_owned()), "{query}");
        }
    }
}
