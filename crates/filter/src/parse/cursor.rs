//! The place in the text, what was expected at the farthest place reached, and what was found wrong on the way.

use std::collections::BTreeSet;
use std::fmt;

use proconsul_base::limit;

use super::Expression;
use crate::error::FilterError;

/// What cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column} ({offset}): {what}")]
pub struct SyntaxError {
    line: usize,
    column: usize,
    offset: usize,
    what: What,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// None of these stands there.
    Expected(BTreeSet<Expected>),
    /// A known mistake.
    Fault(Fault),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => write!(f, "{fault}"),
            Self::Expected(expected) => {
                let mut names: Vec<_> = expected.iter().map(ToString::to_string).collect();
                names.sort_by_key(|name| (name == END, name.clone()));
                let (last, before) = names.split_last().map_or(("", &names[..]), |(last, before)| (last, before));
                f.write_str("no match found, expected: ")?;
                if before.is_empty() { f.write_str(last) } else { write!(f, "{} or {last}", before.join(", ")) }
            }
        }
    }
}

/// The end of the text, which is told last.
const END: &str = "EOF";

/// What could have stood in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Expected {
    Word(&'static str),
    Class(&'static str),
    End,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "{word:?}"),
            Self::Class(class) => f.write_str(class),
            Self::End => f.write_str(END),
        }
    }
}

/// Mistakes that have a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("rule \"grouping\": Unmatched parentheses")]
    Parentheses,
    #[error("rule \"match\": Invalid selector")]
    Selector,
    #[error("rule \"index\": Invalid index")]
    Index,
    #[error("rule \"index\": Unclosed index expression")]
    OpenIndex,
    #[error("rule \"number\": Invalid number literal")]
    Number,
    #[error("rule \"string\": Unterminated string literal")]
    OpenText,
    #[error("rule \"string\": invalid syntax")]
    Escape,
}

pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    is_too_deep: bool,
    /// The farthest place where something was missing, and what.
    farthest: usize,
    expected: BTreeSet<Expected>,
    faults: Vec<SyntaxError>,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Result<Self, FilterError> {
        if text.len() > limit::FILTER_BYTES {
            return Err(FilterError::TooLong);
        }
        let (expected, faults) = Default::default();
        Ok(Self { text, at: 0, depth: 0, is_too_deep: false, farthest: 0, expected, faults })
    }

    pub(super) fn finish(self, expression: Option<Expression>) -> Result<Expression, FilterError> {
        match expression {
            _ if self.is_too_deep => Err(FilterError::TooDeep),
            Some(expression) if self.faults.is_empty() => Ok(expression),
            _ if !self.faults.is_empty() => Err(FilterError::Syntax(self.faults)),
            _ => {
                let missing = self.error(self.farthest, What::Expected(self.expected.clone()));
                Err(FilterError::Syntax(vec![missing]))
            }
        }
    }

    fn error(&self, offset: usize, what: What) -> SyntaxError {
        let (mut line, mut column) = (1, 0);
        let upto = self.text[offset..].chars().next().map_or(offset, |character| offset + character.len_utf8());
        for character in self.text[..upto].chars() {
            column += 1;
            if character == '\n' {
                (line, column) = (line + 1, 0);
            }
        }
        if upto == offset {
            column += 1;
        }
        SyntaxError { line, column, offset, what }
    }

    /// Notes a mistake here; reading goes on, in vain.
    pub(super) fn fault(&mut self, fault: Fault) {
        self.fault_at(self.at, fault);
    }

    pub(super) fn fault_at(&mut self, offset: usize, fault: Fault) {
        let error = self.error(offset, What::Fault(fault));
        if !self.faults.contains(&error) {
            self.faults.push(error);
        }
    }

    fn missing(&mut self, expected: Expected) {
        if self.at > self.farthest {
            self.farthest = self.at;
            self.expected.clear();
        }
        if self.at == self.farthest {
            self.expected.insert(expected);
        }
    }

    /// Tries to read something; if it is not there, the place stays what it was.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.at;
        let result = read(self);
        if result.is_none() {
            self.at = before;
        }
        result
    }

    /// Reads something that may hold itself.
    pub(super) fn nested<T>(&mut self, read: fn(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth == limit::FILTER_DEPTH {
            self.is_too_deep = true;
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub(super) fn place(&self) -> usize {
        self.at
    }

    pub(super) fn since(&self, place: usize) -> &'t str {
        &self.text[place..self.at]
    }

    /// Takes one character, whichever it is.
    pub(super) fn take(&mut self) -> Option<char> {
        let next = self.text[self.at..].chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn word(&mut self, word: &'static str) -> bool {
        let found = self.text[self.at..].starts_with(word);
        if found {
            self.at += word.len();
        } else {
            self.missing(Expected::Word(word));
        }
        found
    }

    /// One character of a class of ASCII characters.
    pub(super) fn one(&mut self, class: &'static str, is_in: fn(u8) -> bool) -> bool {
        let found = self.peek().is_some_and(is_in);
        if found {
            self.at += 1;
        } else {
            self.missing(Expected::Class(class));
        }
        found
    }

    /// As many of a class as there are.
    pub(super) fn many(&mut self, class: &'static str, is_in: fn(u8) -> bool) {
        while self.one(class, is_in) {}
    }

    /// Space that has to be there.
    pub(super) fn space(&mut self) -> bool {
        let before = self.at;
        self.skip();
        self.at > before
    }

    /// Space that may be there.
    pub(super) fn skip(&mut self) {
        self.many(r"[ \t\r\n]", |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    }

    /// Words, each with space before it.
    pub(super) fn phrase(&mut self, words: &[&'static str]) -> bool {
        let all = |cursor: &mut Self| words.iter().all(|word| cursor.space() && cursor.word(word)).then_some(());
        self.attempt(all).is_some()
    }

    /// Words, each with space around it.
    pub(super) fn spaced(&mut self, words: &[&'static str]) -> bool {
        self.attempt(|cursor| (cursor.phrase(words) && cursor.space()).then_some(())).is_some()
    }

    pub(super) fn end(&mut self) -> bool {
        let is_end = self.at == self.text.len();
        if !is_end {
            self.missing(Expected::End);
        }
        is_end
    }
}
