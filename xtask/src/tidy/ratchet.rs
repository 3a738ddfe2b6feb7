//! Files and functions that have outgrown their bound are listed with their size; the list may only shrink.

use std::collections::BTreeMap;

use super::sources::Source;

/// When a file passes this many lines, there is a second idea in it.
const FILE_LINES: usize = 350;

/// A function fits a screen.
const FUNCTION_LINES: usize = 70;

/// What is too large and not listed, and what is listed with more than it has.
pub(super) fn check(sources: &[Source], list: &str) -> Vec<String> {
    let found: BTreeMap<String, usize> = sources.iter().flat_map(outgrown).collect();
    let listed: BTreeMap<String, usize> = list.lines().filter_map(line).collect();
    let mut problems = Vec::new();
    for (what, &lines) in &found {
        let bound = if what.starts_with("file ") { FILE_LINES } else { FUNCTION_LINES };
        let allowed = listed.get(what).copied().unwrap_or(bound);
        if lines > allowed {
            problems.push(format!("{what} has {lines} lines, more than {allowed}; find the second idea in it and give that a place of its own"));
        }
    }
    for (what, &lines) in &listed {
        let now = found.get(what).copied().unwrap_or_default();
        if now < lines {
            let then = if now == 0 { String::from("take the line out") } else { format!("write {now}") };
            problems.push(format!("xtask/ratchet.txt: {what} is no longer {lines} lines long; {then}"));
        }
    }
    problems
}

/// `file PATH LINES` or `function PATH NAME LINES`.
fn line(line: &str) -> Option<(String, usize)> {
    let (what, lines) = line.rsplit_once(' ')?;
    Some((what.to_owned(), lines.parse().ok()?))
}

fn outgrown(source: &Source) -> Vec<(String, usize)> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut found = Vec::new();
    if lines.len() > FILE_LINES {
        found.push((format!("file {}", source.path), lines.len()));
    }
    for (start, name) in lines.iter().enumerate().filter_map(|(start, line)| Some((start, function_name(line)?))) {
        // As rustfmt writes it, a function ends at the first brace as far to the left as it began.
        let indent = lines[start].len() - lines[start].trim_start().len();
        let is_end = |line: &&str| line.trim_end() == format!("{}}}", " ".repeat(indent));
        let length = lines[start..].iter().position(is_end).map_or(1, |end| end + 1);
        if length > FUNCTION_LINES {
            found.push((format!("function {} {name}", source.path), length));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    if line.trim_end().ends_with(';') || line.trim_end().ends_with('}') {
        return None;
    }
    while let Some((word, after)) = rest.split_once(' ') {
        match word {
            "fn" => return after.split(['(', '<']).next(),
            "async" | "const" | "extern" => rest = after,
            _ if word.starts_with("pub") => rest = after,
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(lines: usize) -> Vec<Source> {
        let body = "    step();\n".repeat(lines);
        vec![Source {
            path: String::from("x.rs"),
            text: format!("impl X {{\npub(crate) async fn long(\n) {{\n{body}}}\n}}\n"),
        }]
    }

    #[test]
    fn a_long_function_is_refused_unless_listed_with_its_length() {
        assert_eq!(check(&source(67), ""), Vec::<String>::new());
        assert_eq!(check(&source(68), "").len(), 1);
        assert_eq!(check(&source(68), "function x.rs long 71\n"), Vec::<String>::new());
    }

    #[test]
    fn the_list_follows_what_shrinks() {
        assert!(check(&source(70), "function x.rs long 90\n")[0].ends_with("write 73"));
        assert!(check(&source(7), "function x.rs long 90\n")[0].ends_with("take the line out"));
    }

    #[test]
    fn a_long_file_is_refused() {
        assert!(check(&source(400), "function x.rs long 403\n")[0].starts_with("file x.rs has 405 lines"));
    }
}
