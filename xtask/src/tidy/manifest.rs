//! The manifests of the workspace's crates, as far as tidy needs them. Knows the few forms of lines that they use.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The prefix of our own packages' names, which the folders do not carry.
const PREFIX: &str = "proconsul-";

/// One crate.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// Its folder from the repository's first one, such as `crates/base`.
    pub(super) folder: String,
    /// All that it uses, in whatever section.
    pub(super) uses: Vec<Use>,
}

/// One line of a dependency section.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// The folder's name for our own crates, the package's name for others.
    pub(super) name: String,
    pub(super) ours: bool,
    /// Only tests use it.
    pub(super) tests: bool,
    /// Version and source come from the workspace's table.
    pub(super) inherited: bool,
}

impl Manifest {
    /// All crates, in the order of their folders.
    pub(super) fn all(root: &Path) -> Result<Vec<Self>> {
        let mut folders = vec![String::from("xtask")];
        for group in ["crates", "testing", "tests"] {
            let items = fs::read_dir(root.join(group)).with_context(|| format!("cannot list {group}"))?;
            for item in items {
                folders.push(format!("{group}/{}", item?.file_name().to_string_lossy()));
            }
        }
        folders.retain(|folder| root.join(folder).join("Cargo.toml").exists());
        folders.sort();
        let read = |folder: String| {
            let path = root.join(&folder).join("Cargo.toml");
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(Self { uses: uses(&text), folder })
        };
        folders.into_iter().map(read).collect()
    }

    /// The folder's last name.
    pub(super) fn name(&self) -> &str {
        self.folder.rsplit('/').next().unwrap_or(&self.folder)
    }
}

fn uses(text: &str) -> Vec<Use> {
    let mut section = "";
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        } else if let Some((key, value)) = line.split_once('=').filter(|_| section.ends_with("dependencies")) {
            let key = key.trim();
            let package = key.trim_end_matches(".workspace");
            let inherited = key.ends_with(".workspace") || value.contains("workspace = true");
            let ours = package.starts_with(PREFIX);
            let name = package.strip_prefix(PREFIX).unwrap_or(package).to_owned();
            found.push(Use { name, ours, tests: section.ends_with("dev-dependencies"), inherited });
        }
    }
    found
}

/// The names in the workspace's table that are not our own.
pub(super) fn table(workspace: &str) -> Vec<String> {
    let after = workspace.split("[workspace.dependencies]").nth(1).unwrap_or_default();
    let lines = after.lines().skip(1).take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()));
    names.filter(|name| !name.starts_with(PREFIX) && !name.starts_with('#')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_origins_are_told_apart() {
        let text = "[package]\nname = \"x\"\n[dependencies]\nproconsul-base.workspace = true\nnix = { workspace = true }\n\
                    odd = \"1\"\n[dev-dependencies]\ntempfile.workspace = true\n";
        let told: Vec<_> =
            uses(text).into_iter().map(|found| (found.name, found.ours, found.tests, found.inherited)).collect();
        let expected = [
            ("base", true, false, true),
            ("nix", false, false, true),
            ("odd", false, false, false),
            ("tempfile", false, true, true),
        ];
        assert_eq!(told, expected.map(|(name, ours, tests, inherited)| (name.to_owned(), ours, tests, inherited)));
    }

    #[test]
    fn the_table_holds_what_others_made() {
        let text =
            "[workspace.dependencies]\nproconsul-base = { path = \"x\" }\n\nanyhow = \"1\"\n[profile.dev]\ndebug = 1\n";
        assert_eq!(table(text), ["anyhow"]);
    }
}
