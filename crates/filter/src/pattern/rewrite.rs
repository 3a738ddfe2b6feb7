//! A pattern outside of classes: groups, repetitions, escapes.

use std::iter::Peekable;
use std::str::CharIndices;

use super::{PatternError, class};

/// How often a repetition may count, in Go.
const COUNT_MAX: u32 = 1000;

pub(super) struct Reader<'p> {
    pub(super) pattern: &'p str,
    pub(super) rest: Peekable<CharIndices<'p>>,
    pub(super) out: String,
    groups: usize,
    /// Where the operator begins that would be repeated next, when the last thing was one.
    repeated_from: Option<usize>,
    has_operand: bool,
}

pub(super) fn rewrite(pattern: &str) -> Result<String, PatternError> {
    let rest = pattern.char_indices().peekable();
    let out = String::with_capacity(pattern.len() + 16);
    let mut reader = Reader { pattern, rest, out, groups: 0, repeated_from: None, has_operand: false };
    while let Some((at, character)) = reader.rest.next() {
        reader.part(at, character)?;
    }
    if reader.groups > 0 {
        return Err(PatternError::Syntax("missing closing )", pattern.to_owned()));
    }
    Ok(reader.out)
}

impl Reader<'_> {
    fn part(&mut self, at: usize, character: char) -> Result<(), PatternError> {
        let repeated_from = self.repeated_from.take();
        match character {
            '\\' => {
                self.escape(at)?;
                self.has_operand = true;
            }
            '[' => {
                class::class(self, at)?;
                self.has_operand = true;
            }
            '(' => self.open(at)?,
            ')' => self.close()?,
            '|' => {
                self.out.push('|');
                self.has_operand = false;
            }
            '*' | '+' | '?' => self.repeat(at, at + 1, repeated_from)?,
            '{' => match self.counts(at) {
                Some(end) => self.repeat(at, end, repeated_from)?,
                None => self.literal('{'),
            },
            '.' | '^' | '$' => {
                self.out.push(character);
                self.has_operand = true;
            }
            other => self.literal(other),
        }
        Ok(())
    }

    fn literal(&mut self, character: char) {
        self.out.push_str(&regex::escape(character.encode_utf8(&mut [0; 4])));
        self.has_operand = true;
    }

    /// The whole text of the pattern from here to there.
    pub(super) fn slice(&self, from: usize, to: usize) -> String {
        self.pattern[from..to].to_owned()
    }

    /// Where the next character begins.
    pub(super) fn place(&mut self) -> usize {
        self.rest.peek().map_or(self.pattern.len(), |(at, _)| *at)
    }

    pub(super) fn skip_to(&mut self, end: usize) {
        while self.rest.next_if(|(at, _)| *at < end).is_some() {}
    }

    fn open(&mut self, at: usize) -> Result<(), PatternError> {
        self.groups += 1;
        self.has_operand = false;
        if !self.pattern[at..].starts_with("(?") {
            self.out.push('(');
            return Ok(());
        }
        let end = match self.pattern[at + 2..].strip_prefix("P<") {
            Some(name) => at + 4 + self.name(at, name)?,
            None => self.flags(at)?,
        };
        self.out.push_str(&self.pattern[at..end]);
        if self.out.ends_with(')') {
            self.groups -= 1;
        }
        self.skip_to(end);
        Ok(())
    }

    fn name(&self, at: usize, rest: &str) -> Result<usize, PatternError> {
        let Some(end) = rest.find('>') else {
            return Err(PatternError::Syntax("invalid named capture", self.slice(at, self.pattern.len())));
        };
        let is_name = rest[..end].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if end == 0 || !is_name || rest.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(PatternError::Syntax("invalid named capture", self.slice(at, at + 5 + end)));
        }
        Ok(end + 1)
    }

    /// The end of `(?flags)` or `(?flags:`.
    fn flags(&self, at: usize) -> Result<usize, PatternError> {
        let mut is_negated = false;
        for (place, flag) in self.pattern[at + 2..].char_indices() {
            let end = at + 2 + place + flag.len_utf8();
            match flag {
                'i' | 'm' | 's' | 'U' => {}
                '-' if !is_negated => is_negated = true,
                ':' | ')' => return Ok(end),
                _ => return Err(PatternError::Syntax("invalid or unsupported Perl syntax", self.slice(at, end))),
            }
        }
        Err(PatternError::Syntax("missing closing )", self.pattern.to_owned()))
    }

    fn close(&mut self) -> Result<(), PatternError> {
        if self.groups == 0 {
            return Err(PatternError::Syntax("unexpected )", self.pattern.to_owned()));
        }
        self.groups -= 1;
        self.out.push(')');
        self.has_operand = true;
        Ok(())
    }

    fn repeat(&mut self, from: usize, end: usize, repeated_from: Option<usize>) -> Result<(), PatternError> {
        if !self.has_operand {
            return Err(PatternError::Syntax("missing argument to repetition operator", self.slice(from, end)));
        }
        if let Some(before) = repeated_from {
            return Err(PatternError::Syntax("invalid nested repetition operator", self.slice(before, end)));
        }
        if self.pattern[from..].starts_with('{') && !self.is_valid_count(from, end) {
            return Err(PatternError::Syntax("invalid repeat count", self.slice(from, end)));
        }
        self.out.push_str(&self.pattern[from..end]);
        self.skip_to(end);
        if self.rest.next_if(|(_, next)| *next == '?').is_some() {
            self.out.push('?');
        }
        self.repeated_from = Some(from);
        Ok(())
    }

    /// The end of `{n}`, `{n,}` or `{n,m}`; anything else is plain text.
    fn counts(&self, at: usize) -> Option<usize> {
        let end = at + self.pattern[at..].find('}')?;
        let (least, most) = self.pattern[at + 1..end].split_once(',').unwrap_or((&self.pattern[at + 1..end], ""));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        (!least.is_empty() && is_number(least) && is_number(most)).then_some(end + 1)
    }

    fn is_valid_count(&self, from: usize, end: usize) -> bool {
        let inside = &self.pattern[from + 1..end - 1];
        let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
        let number = |text: &str| text.parse().ok().filter(|count: &u32| *count <= COUNT_MAX);
        match (number(least), number(most)) {
            (Some(least), Some(most)) => least <= most,
            (Some(_), None) => most.is_empty(),
            (None, _) => false,
        }
    }

    fn escape(&mut self, at: usize) -> Result<(), PatternError> {
        match self.rest.peek().map(|(_, next)| *next) {
            Some('Q') => self.quoted(at + 2),
            Some('C') => self.put("(?s:.)"),
            Some('A') => self.put(r"\A"),
            Some('z') => self.put(r"\z"),
            Some('b') => self.put(r"(?-u:\b)"),
            Some('B') => self.put(r"(?-u:\B)"),
            Some('d' | 'D' | 's' | 'S' | 'w' | 'W' | 'p' | 'P') | None => {
                let part = class::escape(self, at)?;
                self.out.push_str(&part);
            }
            Some(_) => {
                let character = class::character(self, at)?;
                self.literal(character);
            }
        }
        Ok(())
    }

    fn put(&mut self, part: &str) {
        self.rest.next();
        self.out.push_str(part);
    }

    fn quoted(&mut self, from: usize) {
        let inside = &self.pattern[from..];
        let (text, end) = match inside.find(r"\E") {
            Some(length) => (&inside[..length], from + length + 2),
            None => (inside, self.pattern.len()),
        };
        self.out.push_str(&regex::escape(text));
        self.skip_to(end);
    }
}
