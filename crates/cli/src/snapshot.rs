//! `snapshot`: the whole replicated state as a file, in Consul's form.

pub(crate) mod inspect;
pub(crate) mod restore;
pub(crate) mod save;

use anyhow::bail;
use proconsul_agent::flag::Given;

use crate::connection::open_error;

/// The path that all of them ask.
const PATH: &str = "/v1/snapshot";

/// The one file that is named.
fn only_file(given: &Given) -> anyhow::Result<&str> {
    match given.rest.as_slice() {
        [] => bail!("Missing FILE argument"),
        [file] => Ok(file),
        more => bail!("Too many arguments (expected 1, got {})", more.len()),
    }
}

fn open(file: &str) -> anyhow::Result<std::fs::File> {
    std::fs::File::open(file).map_err(|error| open_error(file, &error).context("Error opening snapshot file"))
}
