//! Where a runtime keeps its things when nobody says.

use std::env;
use std::path::PathBuf;

use anyhow::Context;

use super::flags::Given;

/// `--state`, else `PROCONSUL_STATE`, else `/var/lib/proconsul` for root and `$XDG_STATE_HOME/proconsul` (`~/.local/state/proconsul`) for
/// others.
pub(super) fn directory(given: &Given) -> anyhow::Result<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = given.get("state").map(PathBuf::from).or_else(|| variable("PROCONSUL_STATE")) {
        return std::path::absolute(path).context("the state directory has no absolute path");
    }
    if nix::unistd::geteuid().is_root() {
        return Ok(PathBuf::from("/var/lib/proconsul"));
    }
    let home = variable("XDG_STATE_HOME").or_else(|| Some(variable("HOME")?.join(".local/state")));
    Ok(home
        .context("neither --state nor PROCONSUL_STATE nor HOME is set: say with --state DIR where to keep things")?
        .join("proconsul"))
}
