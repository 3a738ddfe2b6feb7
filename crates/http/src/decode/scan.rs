//! From bytes to [`Json`], refusing in the words of Go's scanner. Bytes that are no UTF-8 become U+FFFD, as in Go.

use std::borrow::Cow;

use proconsul_base::limit;

use super::{Json, SyntaxError};

const VALUE: &str = "looking for beginning of value";
const KEY: &str = "looking for beginning of object key string";
const ESCAPE: &str = "in string escape code";
const HEX: &str = r"in \u hexadecimal character escape";
const NUMBER: &str = "in numeric literal";
const FRACTION: &str = "after decimal point in numeric literal";
const EXPONENT: &str = "in exponent of numeric literal";

/// The first value of a text; what follows it is not looked at.
pub(crate) fn first(bytes: &[u8]) -> Result<Json<'_>, SyntaxError> {
    let mut scanner = Scanner { bytes, at: 0, depth: 0 };
    if scanner.next_solid().is_none() {
        return Err(SyntaxError::Empty);
    }
    scanner.value()
}

struct Scanner<'b> {
    bytes: &'b [u8],
    at: usize,
    depth: usize,
}

impl<'b> Scanner<'b> {
    fn peek(&self) -> Result<u8, SyntaxError> {
        self.bytes.get(self.at).copied().ok_or(SyntaxError::End)
    }

    /// The next byte that is no space, not taken yet.
    fn next_solid(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    fn solid(&mut self) -> Result<u8, SyntaxError> {
        self.next_solid().ok_or(SyntaxError::End)
    }

    fn value(&mut self) -> Result<Json<'b>, SyntaxError> {
        match self.solid()? {
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::list),
            b'"' => Ok(Json::Text(self.text()?)),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.literal("true", TRUE, Json::Bool(true)),
            b'f' => self.literal("false", FALSE, Json::Bool(false)),
            b'n' => self.literal("null", NULL, Json::Null),
            other => Err(SyntaxError::Character(other, VALUE)),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Json<'b>, SyntaxError>) -> Result<Json<'b>, SyntaxError> {
        if self.depth == limit::JSON_DEPTH {
            return Err(SyntaxError::Depth);
        }
        self.depth += 1;
        self.at += 1;
        let json = read(self)?;
        self.depth -= 1;
        Ok(json)
    }

    fn object(&mut self) -> Result<Json<'b>, SyntaxError> {
        let mut fields = Vec::new();
        if self.solid()? == b'}' {
            self.at += 1;
            return Ok(Json::Object(fields));
        }
        loop {
            match self.solid()? {
                b'"' => {}
                other => return Err(SyntaxError::Character(other, KEY)),
            }
            let name = self.text()?;
            match self.solid()? {
                b':' => self.at += 1,
                other => return Err(SyntaxError::Character(other, "after object key")),
            }
            fields.push((name, self.value()?));
            match self.solid()? {
                b',' => self.at += 1,
                b'}' => break,
                other => return Err(SyntaxError::Character(other, "after object key:value pair")),
            }
        }
        self.at += 1;
        Ok(Json::Object(fields))
    }

    fn list(&mut self) -> Result<Json<'b>, SyntaxError> {
        let mut values = Vec::new();
        if self.solid()? == b']' {
            self.at += 1;
            return Ok(Json::List(values));
        }
        loop {
            values.push(self.value()?);
            match self.solid()? {
                b',' => self.at += 1,
                b']' => break,
                other => return Err(SyntaxError::Character(other, "after array element")),
            }
        }
        self.at += 1;
        Ok(Json::List(values))
    }

    fn literal(
        &mut self,
        word: &'static str,
        wrong: &'static [&'static str],
        json: Json<'b>,
    ) -> Result<Json<'b>, SyntaxError> {
        for (place, expected) in word.bytes().enumerate() {
            match self.peek()? {
                byte if byte == expected => self.at += 1,
                other => return Err(SyntaxError::Character(other, wrong[place - 1])),
            }
        }
        Ok(json)
    }

    fn number(&mut self) -> Result<Json<'b>, SyntaxError> {
        let from = self.at;
        if self.bytes[self.at] == b'-' {
            self.at += 1;
        }
        match self.peek()? {
            b'0' => self.at += 1,
            b'1'..=b'9' => self.digits(),
            other => return Err(SyntaxError::Character(other, NUMBER)),
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.some_digits(FRACTION)?;
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits(EXPONENT)?;
        }
        let number = str::from_utf8(&self.bytes[from..self.at]);
        Ok(Json::Number(number.unwrap_or_default()))
    }

    fn some_digits(&mut self, within: &'static str) -> Result<(), SyntaxError> {
        match self.peek()? {
            b'0'..=b'9' => self.digits(),
            other => return Err(SyntaxError::Character(other, within)),
        }
        Ok(())
    }

    fn digits(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
    }

    /// A text, from its first quote to behind its last.
    fn text(&mut self) -> Result<Cow<'b, str>, SyntaxError> {
        self.at += 1;
        let mut whole = String::new();
        loop {
            let from = self.at;
            while !matches!(self.peek()?, b'"' | b'\\' | 0..0x20) {
                self.at += 1;
            }
            let plain = readable(&self.bytes[from..self.at]);
            match self.bytes[self.at] {
                b'"' => {
                    self.at += 1;
                    return Ok(if whole.is_empty() { plain } else { Cow::Owned(whole + &plain) });
                }
                b'\\' => {
                    whole.push_str(&plain);
                    self.at += 1;
                    whole.push(self.escape()?);
                }
                control => return Err(SyntaxError::Character(control, "in string literal")),
            }
        }
    }

    /// The character that stands behind a backslash.
    fn escape(&mut self) -> Result<char, SyntaxError> {
        let character = match self.peek()? {
            b'u' => {
                self.at += 1;
                return self.unicode();
            }
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            same @ (b'"' | b'\\' | b'/') => same as char,
            other => return Err(SyntaxError::Character(other, ESCAPE)),
        };
        self.at += 1;
        Ok(character)
    }

    /// Four hexadecimal digits, or twice four that make one character; half a pair is U+FFFD.
    fn unicode(&mut self) -> Result<char, SyntaxError> {
        let first = self.four()?;
        if !(0xd800..0xdc00).contains(&first) || !self.bytes[self.at..].starts_with(br"\u") {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let behind_first = self.at;
        self.at += 2;
        let second = self.four()?;
        if (0xdc00..0xe000).contains(&second) {
            let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        self.at = behind_first;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four(&mut self) -> Result<u32, SyntaxError> {
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.peek()?;
            let digit = (byte as char).to_digit(16).ok_or(SyntaxError::Character(byte, HEX))?;
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

const TRUE: &[&str] =
    &["in literal true (expecting 'r')", "in literal true (expecting 'u')", "in literal true (expecting 'e')"];
const FALSE: &[&str] = &[
    "in literal false (expecting 'a')",
    "in literal false (expecting 'l')",
    "in literal false (expecting 's')",
    "in literal false (expecting 'e')",
];
const NULL: &[&str] =
    &["in literal null (expecting 'u')", "in literal null (expecting 'l')", "in literal null (expecting 'l')"];

/// Text of these bytes, each byte that is no UTF-8 replaced.
fn readable(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n(char::REPLACEMENT_CHARACTER, chunk.invalid().len()));
    }
    Cow::Owned(text)
}
