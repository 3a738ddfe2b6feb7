//! The help of a command's flags in Consul's layout.

use super::{Flag, Takes};

/// The longest line of a flag's text, its indentation included.
const WIDTH: usize = 72;

/// One heading and, sorted by name, each flag with its text below it.
pub fn options(heading: &str, flags: &[Flag]) -> String {
    let mut sorted: Vec<&Flag> = flags.iter().collect();
    sorted.sort_by_key(|flag| flag.name);
    let mut text = format!("{heading}\n");
    for flag in sorted {
        let value = match flag.takes {
            Takes::Switch => String::new(),
            Takes::Text(word) => format!("=<{word}>"),
            Takes::Integer => "=<int>".to_owned(),
            Takes::Unsigned => "=<uint>".to_owned(),
        };
        text.push_str(&format!("\n  -{}{value}\n", flag.name));
        let default = if flag.default.is_empty() { String::new() } else { format!(" Default: {}.", flag.default) };
        wrap(&mut text, &format!("{}{default}", flag.doc));
    }
    text
}

fn wrap(text: &mut String, doc: &str) {
    const INDENT: &str = "     ";
    let mut line = String::new();
    for word in doc.split_whitespace() {
        if !line.is_empty() && INDENT.len() + line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(&format!("{INDENT}{line}\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        text.push_str(&format!("{INDENT}{line}\n"));
    }
}
