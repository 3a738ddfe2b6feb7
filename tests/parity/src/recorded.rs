//! The original's answers as files beside the scenarios: `> question`, then the answer's lines.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::run::Exchange;
use crate::scenario;

fn path(family: &str) -> PathBuf {
    scenario::folder().join("recorded").join(family).with_extension("txt")
}

/// The answers that were kept.
///
/// # Errors
/// There are none, or the file cannot be read.
pub fn read(family: &str) -> io::Result<Vec<Exchange>> {
    Ok(parse(&fs::read_to_string(path(family))?))
}

/// Keeps the answers.
///
/// # Errors
/// The file cannot be written.
pub fn write(family: &str, exchanges: &[Exchange]) -> io::Result<()> {
    let path = path(family);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text(exchanges))
}

fn text(exchanges: &[Exchange]) -> String {
    exchanges.iter().map(|Exchange { question, answer }| format!("> {question}\n{answer}\n")).collect()
}

/// No line of an answer begins as a question does, and none is empty.
fn parse(text: &str) -> Vec<Exchange> {
    let mut found: Vec<Exchange> = Vec::new();
    for line in text.split('\n') {
        match (line.strip_prefix("> "), found.last_mut()) {
            (Some(question), _) => found.push(Exchange { question: question.to_owned(), answer: String::new() }),
            (None, Some(exchange)) if !line.is_empty() => exchange.answer.extend([line, "\n"]),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let exchange = |question: &str, answer: &str| Exchange { question: question.into(), answer: answer.into() };
        let exchanges = vec![exchange("GET /a", "200\n| > x\n| \n| y\n"), exchange("GET /b", "404\n")];
        assert_eq!(parse(&text(&exchanges)), exchanges);
    }
}
