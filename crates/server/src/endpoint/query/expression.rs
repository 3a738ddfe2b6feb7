//! `${name.suffix}` and `${match(1)}` in the texts of a template: read and filled in.
//!
//! The part of HIL, HashiCorp's interpolation language, that the documentation of prepared queries names: variables, `match`,
//! numbers and texts as its arguments, `$${` for a plain `${`. There is no arithmetic.

use std::iter::Peekable;
use std::str::CharIndices;

/// The text is not written as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("syntax error")]
pub(super) struct SyntaxError;

/// Why a text cannot be filled in. Places count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum EvaluationError {
    /// A variable that does not exist.
    #[error("1:{0}: unknown variable accessed: {1}")]
    Variable(usize, String),
    /// A function that does not exist.
    #[error("1:{0}: unknown function called: {1}")]
    Function(usize, String),
    /// Not as many arguments as the function takes.
    #[error("1:{0}: match: expected 1 arguments, got {1}")]
    Arguments(usize, usize),
    /// A text where a number is needed.
    #[error("__builtin_StringToInt: strconv.ParseInt: parsing {0:?}: invalid syntax")]
    Number(String),
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// What stands for itself.
    Text(String),
    /// What is to be filled in.
    Hole(Expression),
}

/// What stands between `${` and `}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    Text(String),
    Number(i64),
    Variable { place: usize, name: String },
    Call { place: usize, name: String, arguments: Vec<Expression> },
}

/// What can be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope<'a> {
    /// `name.full`: the name asked for.
    pub(super) full: &'a str,
    /// `name.prefix`: the template's own name.
    pub(super) prefix: &'a str,
    /// `name.suffix`: the rest of the name.
    pub(super) suffix: &'a str,
    /// What `match(N)` refers to; none when the regular expression does not match.
    pub(super) groups: Vec<String>,
}

/// Reads a text.
pub(super) fn parse(text: &str) -> Result<Vec<Piece>, SyntaxError> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(place) = rest.find("${") {
        if rest[..place].ends_with('$') {
            // An escape: the first dollar goes, the brace opens nothing.
            plain.push_str(&rest[..place - 1]);
            plain.push_str("${");
            rest = &rest[place + 2..];
            continue;
        }
        plain.push_str(&rest[..place]);
        pieces.push(Piece::Text(std::mem::take(&mut plain)));
        let before = text.len() - rest.len() + place + 2;
        let mut hole = Hole { text, before, left: text[before..].char_indices().peekable() };
        let expression = hole.expression()?;
        hole.expect('}')?;
        pieces.push(Piece::Hole(expression));
        rest = hole.rest();
    }
    plain.push_str(rest);
    pieces.push(Piece::Text(plain));
    Ok(pieces)
}

/// Reads one expression.
struct Hole<'a> {
    text: &'a str,
    /// Where the expression begins in the text, in bytes.
    before: usize,
    left: Peekable<CharIndices<'a>>,
}

impl<'a> Hole<'a> {
    fn at(&mut self) -> usize {
        self.left.peek().map_or(self.text.len(), |(place, _)| self.before + place)
    }

    fn rest(&mut self) -> &'a str {
        let at = self.at();
        &self.text[at..]
    }

    fn skip_space(&mut self) {
        while self.left.next_if(|(_, char)| char.is_whitespace()).is_some() {}
    }

    fn expect(&mut self, wanted: char) -> Result<(), SyntaxError> {
        self.skip_space();
        self.left.next_if(|(_, char)| *char == wanted).map(drop).ok_or(SyntaxError)
    }

    fn expression(&mut self) -> Result<Expression, SyntaxError> {
        self.skip_space();
        match self.left.peek() {
            Some((_, '"')) => self.literal(),
            Some((_, '-' | '0'..='9')) => {
                let digits = self.word(|char| char.is_ascii_digit() || char == '-');
                digits.parse().map(Expression::Number).map_err(|_| SyntaxError)
            }
            Some((_, char)) if char.is_alphabetic() || *char == '_' => self.named(),
            _ => Err(SyntaxError),
        }
    }

    fn literal(&mut self) -> Result<Expression, SyntaxError> {
        self.expect('"')?;
        let mut text = String::new();
        loop {
            match self.left.next().ok_or(SyntaxError)?.1 {
                '"' => return Ok(Expression::Text(text)),
                '\\' => text.push(self.left.next().ok_or(SyntaxError)?.1),
                char => text.push(char),
            }
        }
    }

    fn named(&mut self) -> Result<Expression, SyntaxError> {
        let at = self.at();
        let place = self.text[..at].chars().count() + 1;
        let name = self.word(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | '*'));
        self.skip_space();
        if self.left.next_if(|(_, char)| *char == '(').is_none() {
            return Ok(Expression::Variable { place, name });
        }
        let mut arguments = Vec::new();
        self.skip_space();
        if self.left.next_if(|(_, char)| *char == ')').is_some() {
            return Ok(Expression::Call { place, name, arguments });
        }
        loop {
            arguments.push(self.argument()?);
            if self.left.next_if(|(_, char)| *char == ',').is_none() {
                self.expect(')')?;
                return Ok(Expression::Call { place, name, arguments });
            }
        }
    }

    /// An argument is no call: nothing but `match` can be called, and it gives no number.
    fn argument(&mut self) -> Result<Expression, SyntaxError> {
        self.skip_space();
        let argument = match self.left.peek() {
            Some((_, char)) if char.is_alphabetic() || *char == '_' => {
                let at = self.at();
                let place = self.text[..at].chars().count() + 1;
                let name = self.word(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | '*'));
                Expression::Variable { place, name }
            }
            _ => self.expression()?,
        };
        self.skip_space();
        Ok(argument)
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> String {
        std::iter::from_fn(|| self.left.next_if(|(_, char)| belongs(*char))).map(|(_, char)| char).collect()
    }
}

/// Fills in the holes of a text.
pub(super) fn evaluate(pieces: &[Piece], scope: &Scope<'_>) -> Result<String, EvaluationError> {
    let values = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => Ok(text.clone()),
        Piece::Hole(expression) => value(expression, scope),
    });
    values.collect()
}

fn value(expression: &Expression, scope: &Scope<'_>) -> Result<String, EvaluationError> {
    match expression {
        Expression::Text(text) => Ok(text.clone()),
        Expression::Number(number) => Ok(number.to_string()),
        Expression::Variable { place, name } => variable(*place, name, scope).map(str::to_owned),
        Expression::Call { place, name, arguments } => match (&**name, &arguments[..]) {
            ("match", [argument]) => {
                let number = value(argument, scope)?;
                let group: i64 = number.parse().map_err(|_| EvaluationError::Number(number))?;
                let group = usize::try_from(group).ok().and_then(|group| scope.groups.get(group));
                Ok(group.cloned().unwrap_or_default())
            }
            ("match", others) => Err(EvaluationError::Arguments(*place, others.len())),
            _ => Err(EvaluationError::Function(*place, name.clone())),
        },
    }
}

fn variable<'a>(place: usize, name: &str, scope: &Scope<'a>) -> Result<&'a str, EvaluationError> {
    match name {
        "name.full" => Ok(scope.full),
        "name.prefix" => Ok(scope.prefix),
        "name.suffix" => Ok(scope.suffix),
        // Segments are a matter of the enterprise edition: here every agent is in the one without a name.
        "agent.segment" => Ok(""),
        _ => Err(EvaluationError::Variable(place, name.to_owned())),
    }
}
