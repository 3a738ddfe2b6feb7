//! Selectors and values.

use super::cursor::{Cursor, Fault};

/// The names that lead to a field.
pub(super) fn selector(cursor: &mut Cursor<'_>) -> Option<Vec<String>> {
    let mut names = vec![name(cursor)?];
    while let Some(name) =
        cursor.attempt(|cursor| if cursor.word(".") { name(cursor) } else { None }).or_else(|| cursor.attempt(index))
    {
        names.push(name);
    }
    Some(names)
}

fn name(cursor: &mut Cursor<'_>) -> Option<String> {
    let from = cursor.place();
    if !cursor.one("[a-zA-Z]", |byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    cursor.many("[a-zA-Z0-9_]", |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    Some(cursor.since(from).to_owned())
}

fn index(cursor: &mut Cursor<'_>) -> Option<String> {
    if !cursor.word("[") {
        return None;
    }
    cursor.skip();
    let from = cursor.place();
    let Some(name) = text(cursor) else {
        cursor.fault_at(from, Fault::Index);
        return None;
    };
    cursor.skip();
    if !cursor.word("]") {
        cursor.fault(Fault::OpenIndex);
        return None;
    }
    Some(name)
}

/// What a field is compared with. A bare word has the form of a selector.
pub(super) fn value(cursor: &mut Cursor<'_>) -> Option<String> {
    cursor
        .attempt(|cursor| selector(cursor).map(|names| names.join(".")))
        .or_else(|| cursor.attempt(number))
        .or_else(|| text(cursor))
}

fn number(cursor: &mut Cursor<'_>) -> Option<String> {
    let from = cursor.place();
    cursor.word("-");
    if !cursor.word("0") {
        if !cursor.one("[1-9]", |byte| matches!(byte, b'1'..=b'9')) {
            return None;
        }
        cursor.many("[0-9]", |byte| byte.is_ascii_digit());
    }
    cursor.attempt(|cursor| {
        let has_fraction = cursor.word(".") && cursor.one("[0-9]", |byte| byte.is_ascii_digit());
        has_fraction.then(|| cursor.many("[0-9]", |byte| byte.is_ascii_digit()))
    });
    if !matches!(cursor.peek(), None | Some(b' ' | b'\t' | b'\r' | b'\n' | b')')) {
        cursor.fault(Fault::Number);
        return None;
    }
    Some(cursor.since(from).to_owned())
}

/// A text in double quotes or in backquotes.
fn text(cursor: &mut Cursor<'_>) -> Option<String> {
    let from = cursor.place();
    let found = cursor.attempt(|cursor| {
        let quote = if cursor.word("`") {
            '`'
        } else if cursor.word("\"") {
            '"'
        } else {
            return None;
        };
        let inside = cursor.place();
        loop {
            let before = cursor.since(inside);
            match cursor.take() {
                Some(character) if character == quote => return Some((quote, before)),
                Some(_) => {}
                None => {
                    cursor.fault(Fault::OpenText);
                    return None;
                }
            }
        }
    });
    let (quote, inside) = found?;
    if quote == '`' {
        return Some(inside.replace('\r', ""));
    }
    let plain = unescaped(inside);
    if plain.is_none() {
        cursor.fault_at(from, Fault::Escape);
    }
    // Wrong as it is, it has been read to its end.
    Some(plain.unwrap_or_default())
}

/// A Go text without its escapes; `None` when one is wrong.
fn unescaped(text: &str) -> Option<String> {
    if text.contains('\n') {
        return None;
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let code = match rest.next()? {
            'a' => 7,
            'b' => 8,
            't' => 9,
            'n' => 10,
            'v' => 11,
            'f' => 12,
            'r' => 13,
            same @ ('\\' | '"') => same as u32,
            'x' => digits(&mut rest, 2, 16, 0)?,
            'u' => digits(&mut rest, 4, 16, 0)?,
            'U' => digits(&mut rest, 8, 16, 0)?,
            first @ '0'..='7' => digits(&mut rest, 2, 8, first.to_digit(8)?).filter(|code| *code < 256)?,
            _ => return None,
        };
        plain.extend_from_slice(char::from_u32(code)?.encode_utf8(&mut [0; 4]).as_bytes());
    }
    String::from_utf8(plain).ok()
}

fn digits(rest: &mut std::str::Chars<'_>, count: usize, radix: u32, first: u32) -> Option<u32> {
    (0..count).try_fold(first, |code, _| code.checked_mul(radix)?.checked_add(rest.next()?.to_digit(radix)?))
}
