//! HCL1's texts: quoted with escapes, where `${ .. }` passes through untouched, and heredocs.

use crate::cursor::Cursor;
use crate::error::{Mistake, ReadError};

/// Reads a quoted text; the cursor stands on its opening quote.
pub(super) fn quoted(cursor: &mut Cursor<'_>) -> Result<String, ReadError> {
    let at = cursor.at();
    cursor.skip(1);
    let mut text = String::new();
    let mut braces: usize = 0;
    loop {
        match cursor.peek() {
            None => return Err(ReadError { at, mistake: Mistake::OpenText }),
            Some('\n') if braces == 0 => return Err(ReadError { at, mistake: Mistake::OpenText }),
            Some('"') if braces == 0 => {
                cursor.skip(1);
                return Ok(text);
            }
            Some('\\') if braces == 0 => text.push(escape(cursor)?),
            Some('$') if cursor.rest().starts_with("${") => {
                braces += 1;
                cursor.skip(2);
                text.push_str("${");
            }
            Some(character) => {
                match character {
                    '{' if braces > 0 => braces += 1,
                    '}' => braces = braces.saturating_sub(1),
                    _ => {}
                }
                cursor.skip(1);
                text.push(character);
            }
        }
    }
}

/// The character that a backslash and what follows it stand for.
fn escape(cursor: &mut Cursor<'_>) -> Result<char, ReadError> {
    let at = cursor.at();
    cursor.skip(1);
    let letter = cursor.next();
    let digits = match letter {
        Some('a') => return Ok('\u{7}'),
        Some('b') => return Ok('\u{8}'),
        Some('f') => return Ok('\u{c}'),
        Some('n') => return Ok('\n'),
        Some('r') => return Ok('\r'),
        Some('t') => return Ok('\t'),
        Some('v') => return Ok('\u{b}'),
        Some(same @ ('\\' | '"')) => return Ok(same),
        Some('x') => 2,
        Some('u') => 4,
        Some('U') => 8,
        _ => 0,
    };
    let word: String = cursor.rest().chars().take(digits).collect();
    let number =
        u32::from_str_radix(&word, 16).ok().filter(|_| word.chars().count() == digits && !word.starts_with('+'));
    match number.and_then(char::from_u32) {
        Some(character) => {
            cursor.skip(digits);
            Ok(character)
        }
        None => Err(ReadError {
            at,
            mistake: Mistake::Escape(format!("\\{}{word}", letter.map_or(String::new(), String::from))),
        }),
    }
}

/// Reads a heredoc; the cursor stands on its first `<`. `<<-EOF` takes the indentation of its last line off every line.
pub(super) fn heredoc(cursor: &mut Cursor<'_>) -> Result<String, ReadError> {
    let at = cursor.at();
    if !cursor.take("<<") {
        return Err(cursor.expected("a value"));
    }
    let indented = cursor.take("-");
    let mark = cursor.take_while(|character| character != '\n').trim_end_matches('\r');
    if mark.is_empty() || mark.contains(|character: char| !character.is_alphanumeric() && character != '_') {
        return Err(ReadError { at, mistake: Mistake::HeredocMark });
    }
    cursor.skip(1);
    let mut lines: Vec<&str> = Vec::new();
    loop {
        if cursor.peek().is_none() {
            return Err(ReadError { at, mistake: Mistake::OpenHeredoc(mark.to_owned()) });
        }
        let line = cursor.take_while(|character| character != '\n');
        let last = line.trim_end_matches('\r');
        if last.trim_start_matches([' ', '\t']) == mark {
            let indentation = &last[..last.len() - mark.len()];
            return Ok(unindented(&lines, if indented { indentation } else { "" }));
        }
        lines.push(line);
        cursor.skip(1);
    }
}

/// The lines, each with its newline; the indentation comes off only when every line that is not empty has it.
fn unindented(lines: &[&str], indentation: &str) -> String {
    let everywhere = lines.iter().all(|line| line.trim().is_empty() || line.starts_with(indentation));
    let indentation = if everywhere { indentation } else { "" };
    lines.iter().flat_map(|line| [line.strip_prefix(indentation).unwrap_or(line), "\n"]).collect()
}
