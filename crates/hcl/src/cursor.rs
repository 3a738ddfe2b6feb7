//! A text read one character at a time, with the place of each. Knows no grammar.

use std::str::Chars;

use proconsul_base::limit::CONFIG_DEPTH;

use crate::error::{Mistake, ReadError};
use crate::value::Position;

/// The place in a text, and how deep in blocks and lists it is.
pub(crate) struct Cursor<'a> {
    rest: Chars<'a>,
    at: Position,
    depth: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { rest: text.chars(), at: Position { line: 1, column: 1 }, depth: 0 }
    }

    pub(crate) fn at(&self) -> Position {
        self.at
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    /// The text that is still to be read.
    pub(crate) fn rest(&self) -> &'a str {
        self.rest.as_str()
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        if character == '\n' {
            self.at = Position { line: self.at.line.saturating_add(1), column: 1 };
        } else {
            self.at.column = self.at.column.saturating_add(1);
        }
        Some(character)
    }

    /// Steps over this text if it comes next.
    pub(crate) fn take(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.skip(expected.chars().count());
        }
        found
    }

    pub(crate) fn skip(&mut self, characters: usize) {
        for _ in 0..characters {
            self.next();
        }
    }

    /// The characters up to the first that is not wanted.
    pub(crate) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|character| !wanted(character)).unwrap_or(rest.len())];
        self.skip(taken.chars().count());
        taken
    }

    /// A mistake at the character that comes next.
    pub(crate) fn expected(&self, expected: &'static str) -> ReadError {
        ReadError { at: self.at, mistake: Mistake::Expected { expected, found: self.peek().into() } }
    }

    /// One step into a block or a list; `leave` ends it.
    pub(crate) fn enter(&mut self) -> Result<(), ReadError> {
        self.depth += 1;
        if self.depth > CONFIG_DEPTH {
            return Err(ReadError { at: self.at, mistake: Mistake::TooDeep(CONFIG_DEPTH) });
        }
        Ok(())
    }

    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }
}
