//! Completion in shells: they call the program with the line so far, and print what it offers. Knows no shell but those it is
//! installed in.

mod install;

use crate::command::{self, COMMANDS};
use crate::help;
use crate::out::Out;

pub(crate) use self::install::install;

/// The variable in which bash, and zsh and fish as set up by [`install`], give the line.
pub(crate) const LINE: &str = "COMP_LINE";

/// The variable with the place of the cursor, in bytes.
pub(crate) const POINT: &str = "COMP_POINT";

/// Prints what may stand at the end of this line, one possibility a line.
pub(crate) fn complete(line: &str, point: Option<&str>, out: &mut Out) {
    let end = point.and_then(|point| point.parse().ok()).unwrap_or(line.len());
    let offered = offered(line.get(..end).unwrap_or(line));
    if !offered.is_empty() {
        out.say(&offered.join("\n"));
    }
}

fn offered(line: &str) -> Vec<String> {
    let mut words: Vec<String> = line.split_whitespace().skip(1).map(str::to_owned).collect();
    // The word under the cursor; an empty one after a space.
    let begun = if line.ends_with(char::is_whitespace) { String::new() } else { words.pop().unwrap_or_default() };
    let possible = if begun.starts_with('-') { flags(&words) } else { subcommands(&words) };
    let mut offered: Vec<String> = possible.into_iter().filter(|word| word.starts_with(&begun)).collect();
    offered.sort();
    offered.dedup();
    offered
}

/// The flags of the command that was named, or those of the program.
fn flags(words: &[String]) -> Vec<String> {
    match command::find(words) {
        Some((command, _)) => {
            let own = command.all_flags();
            own.into_iter().flatten().map(|flag| format!("-{}", flag.name)).chain(["-help".to_owned()]).collect()
        }
        None if words.is_empty() => ["-help", "-version"].map(str::to_owned).to_vec(),
        None => vec!["-help".to_owned()],
    }
}

/// The words that may follow, unless a whole command was named.
fn subcommands(words: &[String]) -> Vec<String> {
    let named = words.join(" ");
    if COMMANDS.iter().any(|command| command.words == named) {
        return Vec::new();
    }
    help::words_below(&named).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_subcommands_and_flags_are_offered() {
        let check = |line: &str, expected: &[&str]| assert_eq!(offered(line), expected, "{line:?}");
        check("consul ca", &["catalog"]);
        check("consul kv ", &["delete", "export", "get", "import", "put"]);
        check("consul operator raft l", &["list-peers"]);
        check("consul kv get -ke", &["-keys"]);
        check("consul kv get fo", &[]);
        check("consul -v", &["-version"]);
        check("consul bogus ", &[]);
        assert!(offered("consul ").contains(&"kube".to_owned()));
    }
}
