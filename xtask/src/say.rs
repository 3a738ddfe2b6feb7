//! What a chore tells the person who runs it.

use std::io::Write;

/// One line on standard error. A closed one is no reason to stop.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
