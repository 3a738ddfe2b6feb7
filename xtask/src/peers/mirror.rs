//! The address of Debian's archive as this machine's apt knows it. Reads both forms of apt's sources.

use std::fs;
use std::path::{Path, PathBuf};

const FALLBACK: &str = "http://deb.debian.org/debian";

/// The first archive of Debian's packages in apt's own configuration; Debian's public one where there is none.
pub(super) fn of_this_machine() -> String {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    if let Ok(items) = fs::read_dir("/etc/apt/sources.list.d") {
        files.extend(items.flatten().map(|item| item.path()));
    }
    files[1..].sort();
    files.iter().find_map(|file| in_file(file)).unwrap_or_else(|| FALLBACK.to_owned())
}

fn in_file(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    match path.extension()?.to_str()? {
        "list" => in_lines(&text),
        "sources" => in_stanzas(&text),
        _ => None,
    }
}

/// `deb [options] URI suite component…`
fn in_lines(text: &str) -> Option<String> {
    let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("deb "));
    lines.flat_map(str::split_whitespace).find(|word| is_archive(word)).map(str::to_owned)
}

/// `URIs: URI…`
fn in_stanzas(text: &str) -> Option<String> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("URIs:"));
    lines.flat_map(str::split_whitespace).find(|word| is_archive(word)).map(str::to_owned)
}

/// Not the archive of security updates, nor another vendor's.
fn is_archive(word: &str) -> bool {
    word.contains("://") && word.trim_end_matches('/').ends_with("/debian")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_is_found_in_both_forms() {
        let line = "# deb http://old/debian x main\ndeb [arch=amd64] https://mirror.example/debian/ bookworm main\n";
        assert_eq!(in_lines(line).as_deref(), Some("https://mirror.example/debian/"));
        let stanza = "Types: deb\n# a remark\nURIs: http://mirror.example/debian-security http://mirror.example/debian\nSuites: trixie\n";
        assert_eq!(in_stanzas(stanza).as_deref(), Some("http://mirror.example/debian"));
    }

    #[test]
    fn other_vendors_are_left_alone() {
        assert_eq!(in_lines("deb https://packages.example/apt stable main\n"), None);
        assert_eq!(in_stanzas("URIs: https://node.example/node_20.x\n"), None);
    }
}
