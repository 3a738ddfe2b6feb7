//! Services from the files that an agent reads its own from.

use proconsul_agent::config;
use proconsul_agent::flag::Given;
use proconsul_types::registration::ServiceRegistration;

use crate::agent::machine::Machine;
use crate::out::Out;

/// The services of these files and folders, in their order. The files are read as a whole configuration, as an agent in
/// development mode would, so that every mistake in them is told.
pub(super) fn services(paths: &[String], out: &mut Out) -> anyhow::Result<Vec<ServiceRegistration>> {
    let files = paths.iter().map(|path| ("config-file", path.clone()));
    let flags = [("dev", "true".to_owned())].into_iter().chain(files).collect();
    let machine = Machine::look()?;
    let config = config::load(&Given { flags, rest: Vec::new() }, &machine.environment()?)?;
    for warning in &config.warnings {
        out.complain(warning);
    }
    Ok(config.local.definitions.services)
}
