//! HCL version 1, as Consul reads it: attributes and blocks, separated by newlines, commas or nothing at all.

mod number;
mod text;

use crate::cursor::Cursor;
use crate::error::{Mistake, ReadError};
use crate::value::{Entry, Node, Object, Position, Value};

/// Reads the entries of a whole text.
pub(crate) fn read(text: &str) -> Result<Object, ReadError> {
    let mut cursor = Cursor::new(text);
    let root = entries(&mut cursor)?;
    match cursor.peek() {
        None => Ok(root),
        Some(_) => Err(cursor.expected("a key")),
    }
}

/// Entries up to a closing brace or the end, neither of which is taken.
fn entries(cursor: &mut Cursor<'_>) -> Result<Object, ReadError> {
    let mut object = Object::default();
    loop {
        blank(cursor)?;
        if matches!(cursor.peek(), None | Some('}')) {
            return Ok(object);
        }
        object.entries.push(entry(cursor)?);
        blank(cursor)?;
        cursor.take(",");
    }
}

fn entry(cursor: &mut Cursor<'_>) -> Result<Entry, ReadError> {
    let (key, at) = key(cursor)?;
    blank(cursor)?;
    if cursor.take("=") {
        blank(cursor)?;
        return Ok(Entry { key, at, node: value(cursor)? });
    }
    Ok(Entry { key, at, node: labelled(cursor)? })
}

/// The block after a key, and one object more around it for each label between the two.
fn labelled(cursor: &mut Cursor<'_>) -> Result<Node, ReadError> {
    let mut labels = Vec::new();
    while cursor.peek() != Some('{') {
        if !starts_key(cursor.peek()) {
            return Err(cursor.expected("'=' or '{' after the key"));
        }
        cursor.enter()?;
        labels.push(key(cursor)?);
        blank(cursor)?;
    }
    let block = block(cursor)?;
    labels.iter().for_each(|_| cursor.leave());
    let around = |node, (key, at): (String, Position)| {
        let entries = vec![Entry { key, at, node }];
        Node { at, value: Value::Object(Object { entries }) }
    };
    Ok(labels.into_iter().rev().fold(block, around))
}

fn block(cursor: &mut Cursor<'_>) -> Result<Node, ReadError> {
    let at = cursor.at();
    cursor.enter()?;
    cursor.skip(1);
    let object = entries(cursor)?;
    if !cursor.take("}") {
        return Err(cursor.expected("'}' to close the block"));
    }
    cursor.leave();
    Ok(Node { at, value: Value::Object(object) })
}

fn key(cursor: &mut Cursor<'_>) -> Result<(String, Position), ReadError> {
    let at = cursor.at();
    match cursor.peek() {
        Some('"') => Ok((text::quoted(cursor)?, at)),
        next if starts_key(next) => Ok((word(cursor).to_owned(), at)),
        _ => Err(cursor.expected("a key")),
    }
}

fn starts_key(next: Option<char>) -> bool {
    next.is_some_and(|character| character == '"' || character == '_' || character.is_alphabetic())
}

fn word<'a>(cursor: &mut Cursor<'a>) -> &'a str {
    cursor.take_while(|character| character.is_alphanumeric() || matches!(character, '_' | '-' | '.'))
}

fn value(cursor: &mut Cursor<'_>) -> Result<Node, ReadError> {
    let at = cursor.at();
    let value = match cursor.peek() {
        Some('{') => return block(cursor),
        Some('[') => list(cursor)?,
        Some('"') => Value::Text(text::quoted(cursor)?),
        Some('<') => Value::Text(text::heredoc(cursor)?),
        Some('-' | '0'..='9' | '.') => number::number(cursor)?,
        next if starts_key(next) => match word(cursor) {
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            other => return Err(ReadError { at, mistake: Mistake::Unquoted(other.to_owned()) }),
        },
        _ => return Err(cursor.expected("a value")),
    };
    Ok(Node { at, value })
}

fn list(cursor: &mut Cursor<'_>) -> Result<Value, ReadError> {
    cursor.enter()?;
    cursor.skip(1);
    let mut items = Vec::new();
    loop {
        blank(cursor)?;
        if cursor.take("]") {
            cursor.leave();
            return Ok(Value::List(items));
        }
        items.push(value(cursor)?);
        blank(cursor)?;
        if !cursor.take(",") && cursor.peek() != Some(']') {
            return Err(cursor.expected("',' or ']' after an item of the list"));
        }
    }
}

/// Steps over white space and comments (`#`, `//`, `/* */`).
fn blank(cursor: &mut Cursor<'_>) -> Result<(), ReadError> {
    loop {
        cursor.take_while(char::is_whitespace);
        if cursor.peek() == Some('#') || cursor.rest().starts_with("//") {
            cursor.take_while(|character| character != '\n');
            continue;
        }
        let at = cursor.at();
        if !cursor.take("/*") {
            return Ok(());
        }
        let Some(end) = cursor.rest().find("*/") else {
            return Err(ReadError { at, mistake: Mistake::OpenComment });
        };
        let comment = cursor.rest()[..end].chars().count();
        cursor.skip(comment + "*/".len());
    }
}
