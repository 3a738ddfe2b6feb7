//! The two lowest layers have no async runtime, no socket, no file, no thread and no clock.

use super::arrows;
use super::manifest::Manifest;
use super::sources::Source;

/// The highest layer that is pure.
const HIGHEST: usize = 1;

/// Packages that bring an outside world along.
const PACKAGES: [&str; 7] =
    ["tokio", "hyper", "hyper-util", "nix", "rtnetlink", "hickory-resolver", "crossbeam-channel"];

/// Words that reach for it in the standard library.
const WORDS: [&str; 9] = [
    "std::fs",
    "std::process",
    "std::env",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "Instant::now",
    "SystemTime::now",
    "thread::spawn",
];

/// Every reach of a pure crate for the outside.
pub(super) fn check(manifests: &[Manifest], sources: &[Source]) -> Vec<String> {
    let pure: Vec<&Manifest> = manifests.iter().filter(|manifest| is_pure(manifest)).collect();
    let mut problems = Vec::new();
    for manifest in &pure {
        for used in manifest.uses.iter().filter(|used| !used.tests && PACKAGES.contains(&used.name.as_str())) {
            problems.push(format!("{}/Cargo.toml: a pure crate does not use {}", manifest.folder, used.name));
        }
    }
    let inside =
        |source: &&Source| pure.iter().any(|manifest| source.path.starts_with(&format!("{}/", manifest.folder)));
    for source in sources.iter().filter(inside).filter(|source| !source.is_test()) {
        problems.extend(reaches(source));
    }
    problems
}

fn is_pure(manifest: &Manifest) -> bool {
    manifest.folder.starts_with("crates/") && arrows::layer(manifest.name()).is_some_and(|layer| layer <= HIGHEST)
}

fn reaches(source: &Source) -> impl Iterator<Item = String> {
    // Tests stand at the end of a file and may do what they need.
    let production = source.text.lines().enumerate().take_while(|(_, line)| line.trim() != "#[cfg(test)]");
    let code = production.filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.flat_map(move |(number, line)| {
        let found = WORDS.iter().filter(move |word| line.contains(**word));
        found.map(move |word| format!("{}:{}: a pure crate does not know {word}", source.path, number + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_noticed_in_code_only() {
        let text = "//! x\n// Instant::now\nlet now = Instant::now();\n#[cfg(test)]\nuse std::fs;\n";
        let source = Source { path: String::from("crates/swim/src/lib.rs"), text: text.to_owned() };
        assert_eq!(
            reaches(&source).collect::<Vec<_>>(),
            ["crates/swim/src/lib.rs:3: a pure crate does not know Instant::now"]
        );
    }
}
