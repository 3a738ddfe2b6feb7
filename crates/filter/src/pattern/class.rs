//! Classes of characters, and the escapes that stand for a class or for one character.

use super::PatternError;
use super::rewrite::Reader;

/// The names of `[:name:]`.
const NAMES: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

/// A class, from its bracket on.
pub(super) fn class(reader: &mut Reader<'_>, at: usize) -> Result<(), PatternError> {
    reader.out.push('[');
    if reader.rest.next_if(|(_, next)| *next == '^').is_some() {
        reader.out.push('^');
    }
    let first = reader.place();
    loop {
        let Some((place, character)) = reader.rest.next() else {
            return Err(PatternError::Syntax("missing closing ]", reader.slice(at, reader.pattern.len())));
        };
        if character == ']' && place > first {
            break;
        }
        if !named(reader, place)? && !escaped(reader, place)? {
            range(reader, place, character)?;
        }
    }
    reader.out.push(']');
    Ok(())
}

/// `[:alpha:]`
fn named(reader: &mut Reader<'_>, at: usize) -> Result<bool, PatternError> {
    let Some(inside) = reader.pattern[at..].strip_prefix("[:") else { return Ok(false) };
    let Some(length) = inside.find(":]") else { return Ok(false) };
    let end = at + length + 4;
    if !NAMES.contains(&inside[..length].trim_start_matches('^')) {
        return Err(PatternError::Syntax("invalid character class range", reader.slice(at, end)));
    }
    reader.out.push_str(&reader.pattern[at..end]);
    reader.skip_to(end);
    Ok(true)
}

/// An escape that stands for a class.
fn escaped(reader: &mut Reader<'_>, at: usize) -> Result<bool, PatternError> {
    let is_class = reader.pattern[at..].starts_with('\\')
        && matches!(reader.rest.peek(), Some((_, 'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'p' | 'P')));
    if is_class {
        let part = escape(reader, at)?;
        reader.out.push_str(&part);
    }
    Ok(is_class)
}

/// One character, or all from one to another.
fn range(reader: &mut Reader<'_>, at: usize, first: char) -> Result<(), PatternError> {
    let low = if first == '\\' { character(reader, at)? } else { first };
    push(&mut reader.out, low);
    let behind = reader.place();
    let is_range = reader.pattern[behind..].starts_with('-') && !reader.pattern[behind + 1..].starts_with(']');
    if !is_range {
        return Ok(());
    }
    reader.rest.next();
    let Some((place, last)) = reader.rest.next() else { return Ok(()) };
    let high = if last == '\\' { character(reader, place)? } else { last };
    if high < low {
        let end = reader.place();
        return Err(PatternError::Syntax("invalid character class range", reader.slice(at, end)));
    }
    reader.out.push('-');
    push(&mut reader.out, high);
    Ok(())
}

fn push(out: &mut String, character: char) {
    if character.is_ascii_punctuation() {
        out.push('\\');
    }
    out.push(character);
}

/// An escape that stands for a class; the backslash is behind, at `at`.
pub(super) fn escape(reader: &mut Reader<'_>, at: usize) -> Result<String, PatternError> {
    let Some((_, letter)) = reader.rest.next() else {
        return Err(PatternError::Syntax("trailing backslash at end of expression", String::new()));
    };
    let part = match letter {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => r"[\t\n\f\r ]",
        'S' => r"[^\t\n\f\r ]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        _ => return property(reader, at),
    };
    Ok(part.to_owned())
}

/// `\pL` or `\p{Greek}`
fn property(reader: &mut Reader<'_>, at: usize) -> Result<String, PatternError> {
    let from = reader.place();
    let end = match reader.pattern[from..].chars().next() {
        Some('{') => reader.pattern[from..].find('}').map(|length| from + length + 1),
        Some(letter) => Some(from + letter.len_utf8()),
        None => None,
    };
    let end = end
        .ok_or_else(|| PatternError::Syntax("invalid character class range", reader.slice(at, reader.pattern.len())))?;
    reader.skip_to(end);
    Ok(reader.slice(at, end))
}

/// An escape that stands for one character; the backslash is behind, at `at`.
pub(super) fn character(reader: &mut Reader<'_>, at: usize) -> Result<char, PatternError> {
    let Some((_, letter)) = reader.rest.next() else {
        return Err(PatternError::Syntax("trailing backslash at end of expression", String::new()));
    };
    let found = match letter {
        'a' => Some('\u{7}'),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\u{b}'),
        'x' => hexadecimal(reader),
        '0' => octal(reader, 0),
        '1'..='7' if matches!(reader.rest.peek(), Some((_, '0'..='7'))) => {
            octal(reader, letter.to_digit(8).unwrap_or(0))
        }
        _ if letter.is_ascii_punctuation() => Some(letter),
        _ => None,
    };
    let end = reader.place();
    found.ok_or_else(|| PatternError::Syntax("invalid escape sequence", reader.slice(at, end)))
}

fn hexadecimal(reader: &mut Reader<'_>) -> Option<char> {
    let from = reader.place();
    let rest = &reader.pattern[from..];
    let (digits, end) = match rest.strip_prefix('{') {
        Some(inside) => {
            let length = inside.find('}')?;
            (&inside[..length], from + length + 2)
        }
        None => (rest.get(..2)?, from + 2),
    };
    let code = digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())??;
    reader.skip_to(end);
    char::from_u32(code)
}

fn octal(reader: &mut Reader<'_>, first: u32) -> Option<char> {
    let mut code = first;
    for _ in 0..2 {
        let Some((_, digit)) = reader.rest.next_if(|(_, next)| next.is_digit(8)) else { break };
        code = code * 8 + digit.to_digit(8)?;
    }
    char::from_u32(code)
}
