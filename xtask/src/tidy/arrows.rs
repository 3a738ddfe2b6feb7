//! Arrows between crates point down: a crate uses lower layers, and within its layer only what is written here.

use super::manifest::{Manifest, Use};

/// The layers from the bottom up: nouns, pure machines, drivers, services, doors, the program.
const LAYERS: [&[&str]; 6] = [
    &["base", "types", "stored", "hcl", "filter", "calls", "gopack", "telemetry"],
    &["acl", "state", "raft", "swim", "serf", "names", "manifest", "plan", "records"],
    &["gossip", "storage", "rpc", "consensus", "checks", "pods", "api", "archive"],
    &["connect", "server", "client", "agent", "kube", "watch"],
    &["http", "dns", "kube_api", "ui", "consul_rpc"],
    &["node", "cli", "main"],
];

/// Who may use whom inside a layer.
const WITHIN: [(&str, &[&str]); 14] = [
    ("types", &["base"]),
    ("stored", &["base"]),
    ("hcl", &["base"]),
    ("filter", &["base"]),
    ("calls", &["base", "types", "filter", "telemetry"]),
    ("telemetry", &["base"]),
    ("serf", &["swim"]),
    ("plan", &["manifest"]),
    ("consensus", &["storage", "rpc"]),
    ("server", &["connect"]),
    ("client", &["agent"]),
    ("http", &["ui"]),
    ("watch", &["agent"]),
    ("cli", &["node"]),
];

/// `main` picks a command and nothing else.
const MAIN: &[&str] = &["cli"];

/// What meets the program from outside, and so may be used by the tests of `main` alone.
const BLACK_BOXES: &[&str] = &["parity"];

/// The layer of a crate.
pub(super) fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

/// Every arrow that points up or sideways.
pub(super) fn check(manifests: &[Manifest]) -> Vec<String> {
    let mut problems = Vec::new();
    for manifest in manifests {
        let at = format!("{}/Cargo.toml", manifest.folder);
        let in_crates = manifest.folder.starts_with("crates/");
        if in_crates && layer(manifest.name()).is_none() {
            problems.push(format!("{at}: {} has no layer; give it one in xtask/src/tidy/arrows.rs", manifest.name()));
            continue;
        }
        for used in manifest.uses.iter().filter(|used| used.ours) {
            // Tests of a crate may look down from anywhere, but never at the simulated world, which looks at them.
            let allowed = match layer(&used.name) {
                None => !in_crates || is_black_box(manifest.name(), used),
                Some(_) => !in_crates || used.tests || may_use(manifest.name(), &used.name),
            };
            if !allowed {
                problems.push(format!(
                    "{at}: {} must not use {}: arrows between layers point down",
                    manifest.name(),
                    used.name
                ));
            }
        }
    }
    problems
}

fn is_black_box(user: &str, used: &Use) -> bool {
    user == "main" && used.tests && BLACK_BOXES.contains(&used.name.as_str())
}

fn may_use(user: &str, used: &str) -> bool {
    if user == "main" {
        return MAIN.contains(&used);
    }
    let inside = WITHIN.iter().any(|(from, to)| *from == user && to.contains(&used));
    inside || layer(used) < layer(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crate_using(folder: &str, used: &str, tests: bool) -> Vec<String> {
        let uses = vec![Use { name: used.to_owned(), ours: true, tests, inherited: true }];
        check(&[Manifest { folder: folder.to_owned(), uses }])
    }

    #[test]
    fn arrows_down_and_the_written_ones_sideways_are_allowed() {
        for (folder, used) in
            [("crates/http", "calls"), ("crates/consensus", "storage"), ("crates/main", "cli"), ("testing/sim", "raft")]
        {
            assert_eq!(crate_using(folder, used, false), Vec::<String>::new());
        }
    }

    #[test]
    fn arrows_up_and_sideways_are_refused() {
        for (folder, used) in
            [("crates/state", "http"), ("crates/rpc", "storage"), ("crates/main", "node"), ("crates/raft", "sim")]
        {
            assert_eq!(crate_using(folder, used, false).len(), 1, "{folder} uses {used}");
        }
    }

    #[test]
    fn only_the_tests_of_the_program_ask_it_the_questions_of_parity() {
        assert_eq!(crate_using("crates/main", "parity", true), Vec::<String>::new());
        assert_eq!(crate_using("crates/main", "parity", false).len(), 1);
        assert_eq!(crate_using("crates/http", "parity", true).len(), 1);
    }

    #[test]
    fn not_even_tests_of_a_crate_use_the_simulated_world() {
        assert_eq!(crate_using("crates/raft", "sim", true).len(), 1);
        assert_eq!(crate_using("crates/http", "node", true), Vec::<String>::new());
    }
}
