//! From text to an expression.
//!
//! ```text
//! or         = and { _ "or" _ and }
//! and        = not { _ "and" _ not }
//! not        = "not" _ not | group
//! group      = "(" or ")" | comparison
//! comparison = selector ( "==" | "!=" | [not] "contains" | [not] "matches" ) value
//!            | selector "is" [not] "empty"
//!            | value [not] "in" selector
//! selector   = name { "." name | "[" text "]" }
//! value      = selector | number | text
//! ```
//!
//! A `_` is space that has to be there; `==`, `!=`, parentheses and brackets may have space around them. Each alternative is tried
//! as written, so that what was expected at the farthest mistake is what Consul says was expected.

mod cursor;
mod word;

use std::fmt;

pub use self::cursor::SyntaxError;
use self::cursor::{Cursor, Fault};
use crate::error::FilterError;

/// What an expression says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expression {
    /// All of these hold.
    All(Vec<Expression>),
    /// One of these holds.
    Any(Vec<Expression>),
    /// This does not hold.
    Not(Box<Expression>),
    /// A field is compared.
    Comparison(Comparison),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// The names that lead to the field.
    pub(crate) selector: Vec<String>,
    pub(crate) operator: Operator,
    /// What it is compared with; empty where the operator takes nothing.
    pub(crate) value: String,
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `in`, and `contains` the other way round.
    In,
    /// `not in`, `not contains`
    NotIn,
    /// `is empty`
    IsEmpty,
    /// `is not empty`
    IsNotEmpty,
    /// `matches`
    Matches,
    /// `not matches`
    NotMatches,
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "Equal",
            Self::NotEqual => "Not Equal",
            Self::In => "In",
            Self::NotIn => "Not In",
            Self::IsEmpty => "Is Empty",
            Self::IsNotEmpty => "Is Not Empty",
            Self::Matches => "Matches",
            Self::NotMatches => "Not Matches",
        })
    }
}

/// Reads an expression.
pub(crate) fn parse(text: &str) -> Result<Expression, FilterError> {
    let mut cursor = Cursor::new(text)?;
    cursor.skip();
    let expression = or(&mut cursor).filter(|_| {
        cursor.skip();
        cursor.end()
    });
    cursor.finish(expression)
}

type Part = fn(&mut Cursor<'_>) -> Option<Expression>;

fn or(cursor: &mut Cursor<'_>) -> Option<Expression> {
    chain(cursor, "or", and, Expression::Any)
}

fn and(cursor: &mut Cursor<'_>) -> Option<Expression> {
    chain(cursor, "and", not, Expression::All)
}

fn chain(
    cursor: &mut Cursor<'_>,
    word: &'static str,
    part: Part,
    join: fn(Vec<Expression>) -> Expression,
) -> Option<Expression> {
    let first = part(cursor)?;
    let mut more = Vec::new();
    while let Some(next) =
        cursor.attempt(|cursor| (cursor.space() && cursor.word(word) && cursor.space()).then(|| part(cursor))?)
    {
        more.push(next);
    }
    if more.is_empty() {
        return Some(first);
    }
    more.insert(0, first);
    Some(join(more))
}

fn not(cursor: &mut Cursor<'_>) -> Option<Expression> {
    let negated = cursor.attempt(|cursor| {
        let is_negated = cursor.word("not") && cursor.space();
        is_negated.then(|| cursor.nested(not))?.map(|inner| Expression::Not(Box::new(inner)))
    });
    negated.or_else(|| group(cursor))
}

fn group(cursor: &mut Cursor<'_>) -> Option<Expression> {
    let grouped = cursor.attempt(|cursor| {
        if !cursor.word("(") {
            return None;
        }
        cursor.skip();
        let inner = cursor.nested(or)?;
        cursor.skip();
        if cursor.word(")") {
            return Some(inner);
        }
        cursor.fault(Fault::Parentheses);
        None
    });
    grouped.or_else(|| comparison(cursor).map(Expression::Comparison))
}

fn comparison(cursor: &mut Cursor<'_>) -> Option<Comparison> {
    cursor
        .attempt(|cursor| {
            let selector = word::selector(cursor)?;
            let operator = with_value(cursor)?;
            Some(Comparison { selector, operator, value: word::value(cursor)? })
        })
        .or_else(|| {
            cursor.attempt(|cursor| {
                let selector = word::selector(cursor)?;
                Some(Comparison { selector, operator: without_value(cursor)?, value: String::new() })
            })
        })
        .or_else(|| {
            cursor.attempt(|cursor| {
                let value = word::value(cursor)?;
                let operator = within(cursor)?;
                let Some(selector) = word::selector(cursor) else {
                    cursor.fault(Fault::Selector);
                    return None;
                };
                Some(Comparison { selector, operator, value })
            })
        })
}

fn with_value(cursor: &mut Cursor<'_>) -> Option<Operator> {
    for (sign, operator) in [("==", Operator::Equal), ("!=", Operator::NotEqual)] {
        let found = cursor.attempt(|cursor| {
            cursor.skip();
            cursor.word(sign).then(|| cursor.skip())
        });
        if found.is_some() {
            return Some(operator);
        }
    }
    let words: [(&[&str], _); 4] = [
        (&["contains"], Operator::In),
        (&["not", "contains"], Operator::NotIn),
        (&["matches"], Operator::Matches),
        (&["not", "matches"], Operator::NotMatches),
    ];
    words.into_iter().find(|(words, _)| cursor.spaced(words)).map(|(_, operator)| operator)
}

fn without_value(cursor: &mut Cursor<'_>) -> Option<Operator> {
    let words: [(&[&str], _); 2] =
        [(&["is", "empty"], Operator::IsEmpty), (&["is", "not", "empty"], Operator::IsNotEmpty)];
    words.into_iter().find(|(words, _)| cursor.phrase(words)).map(|(_, operator)| operator)
}

fn within(cursor: &mut Cursor<'_>) -> Option<Operator> {
    let words: [(&[&str], _); 2] = [(&["in"], Operator::In), (&["not", "in"], Operator::NotIn)];
    words.into_iter().find(|(words, _)| cursor.spaced(words)).map(|(_, operator)| operator)
}
