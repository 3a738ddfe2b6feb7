//! Every file opens with a line that says what it is for.

use super::sources::Source;

/// Every file that does not.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let silent = sources.iter().filter(|source| !source.text.starts_with("//! "));
    silent
        .map(|source| format!("{}: must open with a `//!` line: what it is for, what it does not know", source.path))
        .collect()
}
