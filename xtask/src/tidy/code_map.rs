//! The code map in `ARCHITECTURE.md` lists exactly the crates that exist.

use std::collections::BTreeSet;

use super::manifest::Manifest;

/// Crates without a line and lines without a crate. A line of the map is a list item that begins with the folder in backticks.
pub(super) fn check(manifests: &[Manifest], architecture: &str) -> Vec<String> {
    let there: BTreeSet<&str> = manifests.iter().map(|manifest| manifest.folder.as_str()).collect();
    let items = architecture.lines().filter_map(|line| line.trim_start().strip_prefix("- `")?.split('`').next());
    let listed: BTreeSet<&str> = items.filter(|item| is_room(item)).collect();
    let missing =
        there.difference(&listed).map(|folder| format!("ARCHITECTURE.md: the code map has no line for {folder}"));
    let stale = listed
        .difference(&there)
        .map(|folder| format!("ARCHITECTURE.md: the code map lists {folder}, which is not there"));
    missing.chain(stale).collect()
}

fn is_room(item: &str) -> bool {
    item == "xtask" || ["crates/", "testing/", "tests/"].iter().any(|group| item.starts_with(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_and_stale_lines_are_told() {
        let manifests = ["crates/base", "xtask"].map(|folder| Manifest { folder: folder.to_owned(), uses: Vec::new() });
        let map = "- `crates/base`: nouns\n- `crates/gone`: was here\n- `cargo test`: a command\n";
        let problems = check(&manifests, map);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("no line for xtask") && problems[1].contains("lists crates/gone"), "{problems:?}");
    }
}
