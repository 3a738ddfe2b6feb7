//! What others made is chosen once: versions stand in the workspace's table only, each with its reason in `deny.toml`, none unused.

use std::collections::BTreeSet;

use super::manifest::{self, Manifest};

/// Every package without a reason, without a user, or with a version of its own.
pub(super) fn check(manifests: &[Manifest], workspace: &str, deny: &str) -> Vec<String> {
    let table: BTreeSet<String> = manifest::table(workspace).into_iter().collect();
    // A reason is a line of its own: "# name: why, who else, exit".
    let reasons: BTreeSet<&str> =
        deny.lines().filter_map(|line| line.strip_prefix("# ")?.split_once(": ")).map(|line| line.0).collect();
    let used: BTreeSet<&str> =
        manifests.iter().flat_map(|manifest| &manifest.uses).map(|used| used.name.as_str()).collect();
    let mut problems = Vec::new();
    for name in &table {
        if !reasons.contains(name.as_str()) {
            problems.push(format!("deny.toml: no line says why {name} is used"));
        }
        if !used.contains(name.as_str()) {
            problems.push(format!("Cargo.toml: no crate uses {name}; take it out of the table"));
        }
    }
    for manifest in manifests {
        for used in manifest.uses.iter().filter(|used| !used.inherited) {
            problems.push(format!(
                "{}/Cargo.toml: {} must be taken from the workspace's table",
                manifest.folder, used.name
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::manifest::Use;

    #[test]
    fn a_dependency_needs_a_reason_a_user_and_one_version() {
        let workspace = "[workspace.dependencies]\nanyhow = \"1\"\nbytes = \"1\"\n";
        let uses = vec![Use { name: String::from("bytes"), ours: false, tests: false, inherited: false }];
        let manifests = [Manifest { folder: String::from("crates/base"), uses }];
        let problems = check(&manifests, workspace, "# bytes: shared buffers\n");
        assert_eq!(problems.len(), 3, "{problems:?}");
    }
}
