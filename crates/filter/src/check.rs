//! From an expression to a condition: every selector leads to a field, every operator goes with it, every value is of its kind.

use proconsul_base::limit;
use regex::Regex;

use crate::error::FilterError;
use crate::number::{self, NumberError};
use crate::parse::{Comparison, Expression, Operator};
use crate::pattern;
use crate::shape::Shape;

/// What has to hold for a record.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
}

/// One comparison, checked.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub(crate) selector: Vec<String>,
    pub(crate) operator: Operator,
    pub(crate) wanted: Wanted,
}

/// What a field is compared with.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    Nothing,
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Pattern(Regex),
}

pub(crate) fn check(expression: Expression, shape: &Shape) -> Result<Condition, FilterError> {
    let mut checker = Checker { shape, patterns: 0 };
    checker.condition(expression)
}

struct Checker<'s> {
    shape: &'s Shape,
    patterns: usize,
}

impl Checker<'_> {
    fn condition(&mut self, expression: Expression) -> Result<Condition, FilterError> {
        Ok(match expression {
            Expression::All(parts) => Condition::All(self.conditions(parts)?),
            Expression::Any(parts) => Condition::Any(self.conditions(parts)?),
            Expression::Not(inner) => Condition::Not(Box::new(self.condition(*inner)?)),
            Expression::Comparison(comparison) => Condition::Test(self.test(comparison)?),
        })
    }

    fn conditions(&mut self, parts: Vec<Expression>) -> Result<Vec<Condition>, FilterError> {
        parts.into_iter().map(|part| self.condition(part)).collect()
    }

    fn test(&mut self, comparison: Comparison) -> Result<Test, FilterError> {
        let Comparison { selector, operator, value } = comparison;
        let mut shape = self.shape;
        for (place, name) in selector.iter().enumerate() {
            shape = shape.below(name).ok_or_else(|| FilterError::Selector(selector[..=place].join(".")))?;
        }
        let path = selector.join(".");
        if !goes_with(operator, shape) {
            return Err(FilterError::Operator { operator, selector: path });
        }
        let wanted = match operator {
            Operator::IsEmpty | Operator::IsNotEmpty => Wanted::Nothing,
            Operator::Matches | Operator::NotMatches => self.pattern(value)?,
            _ => wanted(shape, &value).map_err(|source| FilterError::Value { value, selector: path, source })?,
        };
        Ok(Test { selector, operator, wanted })
    }

    fn pattern(&mut self, value: String) -> Result<Wanted, FilterError> {
        self.patterns += 1;
        if self.patterns > limit::FILTER_PATTERNS {
            return Err(FilterError::TooManyPatterns);
        }
        let compiled = pattern::compile(&value);
        compiled.map(Wanted::Pattern).map_err(|source| FilterError::Pattern { pattern: value, source })
    }
}

fn goes_with(operator: Operator, shape: &Shape) -> bool {
    use Operator::{Equal, In, IsEmpty, IsNotEmpty, Matches, NotEqual, NotIn, NotMatches};
    match shape {
        Shape::Text => matches!(operator, Equal | NotEqual | In | NotIn | Matches | NotMatches),
        Shape::Integer | Shape::Float | Shape::Boolean => matches!(operator, Equal | NotEqual),
        Shape::List(Shape::Record(_)) => matches!(operator, IsEmpty | IsNotEmpty),
        Shape::List(_) | Shape::Map(_) => matches!(operator, In | NotIn | IsEmpty | IsNotEmpty),
        Shape::Record(_) => false,
    }
}

fn wanted(shape: &Shape, value: &str) -> Result<Wanted, NumberError> {
    match shape {
        Shape::Integer => number::integer(value).map(Wanted::Integer),
        Shape::Float => number::float(value).map(Wanted::Float),
        Shape::Boolean => number::boolean(value).map(Wanted::Boolean),
        Shape::List(element) => wanted(element, value),
        Shape::Text | Shape::Map(_) | Shape::Record(_) => Ok(Wanted::Text(value.to_owned())),
    }
}
