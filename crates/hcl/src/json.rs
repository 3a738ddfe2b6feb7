//! JSON (RFC 8259), into the same tree as HCL, with the place of every key and value.

use crate::cursor::Cursor;
use crate::error::{Mistake, ReadError};
use crate::value::{Entry, Node, Object, Value};

/// Reads a whole text, whose outermost value has to be an object.
pub(crate) fn read(text: &str) -> Result<Object, ReadError> {
    let mut cursor = Cursor::new(text);
    blank(&mut cursor);
    if cursor.peek() != Some('{') {
        return Err(cursor.expected("'{'"));
    }
    let root = object(&mut cursor)?;
    blank(&mut cursor);
    match cursor.peek() {
        None => Ok(root),
        Some(_) => Err(cursor.expected("nothing more after the closing '}'")),
    }
}

fn object(cursor: &mut Cursor<'_>) -> Result<Object, ReadError> {
    let mut object = Object::default();
    items(cursor, '}', "',' or '}' after a value", |cursor| {
        let at = cursor.at();
        if cursor.peek() != Some('"') {
            return Err(cursor.expected("a key in double quotes"));
        }
        let key = text(cursor)?;
        blank(cursor);
        if !cursor.take(":") {
            return Err(cursor.expected("':' after the key"));
        }
        blank(cursor);
        let node = value(cursor)?;
        object.entries.push(Entry { key, at, node });
        Ok(())
    })?;
    Ok(object)
}

/// What stands between brackets, separated by commas, with none after the last.
fn items(
    cursor: &mut Cursor<'_>,
    close: char,
    separator: &'static str,
    mut item: impl FnMut(&mut Cursor<'_>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    cursor.enter()?;
    cursor.skip(1);
    blank(cursor);
    if cursor.peek() != Some(close) {
        loop {
            blank(cursor);
            item(cursor)?;
            blank(cursor);
            if !cursor.take(",") {
                break;
            }
        }
    }
    if cursor.peek() != Some(close) {
        return Err(cursor.expected(separator));
    }
    cursor.skip(1);
    cursor.leave();
    Ok(())
}

fn value(cursor: &mut Cursor<'_>) -> Result<Node, ReadError> {
    let at = cursor.at();
    let value = match cursor.peek() {
        Some('{') => Value::Object(object(cursor)?),
        Some('[') => {
            let mut list = Vec::new();
            items(cursor, ']', "',' or ']' after an item of the list", |cursor| {
                list.push(value(cursor)?);
                Ok(())
            })?;
            Value::List(list)
        }
        Some('"') => Value::Text(text(cursor)?),
        Some('-' | '0'..='9') => number(cursor)?,
        Some('a'..='z') => match cursor.take_while(char::is_alphanumeric) {
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            "null" => Value::Null,
            other => return Err(ReadError { at, mistake: Mistake::Unquoted(other.to_owned()) }),
        },
        _ => return Err(cursor.expected("a value")),
    };
    Ok(Node { at, value })
}

fn number(cursor: &mut Cursor<'_>) -> Result<Value, ReadError> {
    let at = cursor.at();
    let word = cursor.take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.'));
    let digits = word.strip_prefix('-').unwrap_or(word);
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
    let well_formed = digits.starts_with(|first: char| first.is_ascii_digit())
        && !leading_zero
        && digits.chars().all(|character| matches!(character, '0'..='9' | '.' | 'e' | 'E' | '+' | '-'))
        && !digits.ends_with('.');
    let parsed = || word.parse().map(Value::Integer).or_else(|_| word.parse().map(Value::Float)).ok();
    well_formed.then(parsed).flatten().ok_or_else(|| ReadError { at, mistake: Mistake::Number(word.to_owned()) })
}

fn text(cursor: &mut Cursor<'_>) -> Result<String, ReadError> {
    let opened = cursor.at();
    cursor.skip(1);
    let mut text = String::new();
    loop {
        let at = cursor.at();
        match cursor.next() {
            None => return Err(ReadError { at: opened, mistake: Mistake::OpenText }),
            Some('"') => return Ok(text),
            Some('\\') => text.push(escape(cursor).map_err(|mistake| ReadError { at, mistake })?),
            Some(character) if character < ' ' => {
                return Err(ReadError { at, mistake: Mistake::ControlCharacter(character) });
            }
            Some(character) => text.push(character),
        }
    }
}

fn escape(cursor: &mut Cursor<'_>) -> Result<char, Mistake> {
    match cursor.next() {
        Some(same @ ('"' | '\\' | '/')) => Ok(same),
        Some('b') => Ok('\u{8}'),
        Some('f') => Ok('\u{c}'),
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('t') => Ok('\t'),
        Some('u') => Ok(unicode(cursor)?),
        other => Err(Mistake::Escape(format!("\\{}", other.map_or(String::new(), String::from)))),
    }
}

/// `\uXXXX`, or two of them for a character outside the basic plane (RFC 8259 §7). A half alone becomes U+FFFD, as in Go.
fn unicode(cursor: &mut Cursor<'_>) -> Result<char, Mistake> {
    let first = unit(cursor)?;
    if (0xd800..0xdc00).contains(&first) && cursor.rest().starts_with("\\u") {
        let second = cursor.rest().get(2..6).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        if let Some(second) = second.filter(|second| (0xdc00..0xe000).contains(second)) {
            cursor.skip(6);
            let character = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Ok(char::from_u32(character).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
    Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn unit(cursor: &mut Cursor<'_>) -> Result<u32, Mistake> {
    let digits: String = cursor.rest().chars().take(4).collect();
    if digits.len() != 4 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(Mistake::Escape(format!("\\u{digits}")));
    }
    cursor.skip(4);
    u32::from_str_radix(&digits, 16).map_err(|_| Mistake::Escape(format!("\\u{digits}")))
}

fn blank(cursor: &mut Cursor<'_>) {
    cursor.take_while(|character| matches!(character, ' ' | '\t' | '\n' | '\r'));
}
