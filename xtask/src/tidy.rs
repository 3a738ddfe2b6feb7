//! `cargo xtask tidy`: what the house promises of its own shape, checked. Reads manifests and sources as text; changes nothing.

mod arrows;
mod code_map;
mod dependencies;
mod manifest;
mod opening;
mod pure;
mod ratchet;
mod sources;

use anyhow::{Result, bail};

use crate::repository;
use crate::say::say;
use manifest::Manifest;
use sources::Source;

/// Checks everything and reports all that is wrong, none hidden by the first.
pub(crate) fn run() -> Result<()> {
    let manifests = Manifest::all(repository::root())?;
    let sources = Source::all(repository::root())?;
    let mut problems = arrows::check(&manifests);
    problems.extend(pure::check(&manifests, &sources));
    problems.extend(opening::check(&sources));
    problems.extend(code_map::check(&manifests, &repository::read("ARCHITECTURE.md")?));
    problems.extend(dependencies::check(&manifests, &repository::read("Cargo.toml")?, &repository::read("deny.toml")?));
    problems.extend(ratchet::check(&sources, &repository::read("xtask/ratchet.txt")?));
    problems.iter().for_each(|problem| say(problem));
    match problems.len() {
        0 => {
            say(&format!("tidy: {} crates, {} files", manifests.len(), sources.len()));
            Ok(())
        }
        count => bail!("tidy found {count} things to put right"),
    }
}
