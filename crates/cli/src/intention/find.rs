//! Intentions by their source and destination, which agents of Consul 1.8 cannot be asked for.

use anyhow::bail;
use proconsul_api::{Api, ApiError};

use super::{Intention, PATH};

/// The id that these arguments mean: an id, or a source and a destination.
pub(super) fn id(api: &Api, arguments: &[String]) -> anyhow::Result<String> {
    match arguments {
        [id] => Ok(id.clone()),
        [source, destination] => match exact(api, source, destination)? {
            Some(intention) => Ok(intention.id),
            None => bail!("Intention with source {source:?} and destination {destination:?} not found."),
        },
        _ => bail!("command requires exactly 1 or 2 arguments"),
    }
}

/// The intention from this source to this destination, wildcards taken as they are.
pub(super) fn exact(api: &Api, source: &str, destination: &str) -> Result<Option<Intention>, ApiError> {
    let (source, destination) = (plain(source), plain(destination));
    let all: Vec<Intention> = api.json(PATH, &[])?;
    Ok(all.into_iter().find(|intention| intention.source() == source && intention.destination() == destination))
}

fn plain(name: &str) -> &str {
    name.strip_prefix("default/").unwrap_or(name)
}
