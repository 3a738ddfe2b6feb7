//! Whether a condition holds for a record.

use serde_json::Value;

use crate::check::{Condition, Test, Wanted};
use crate::parse::Operator;
use crate::shape::Shape;

pub(crate) fn holds(condition: &Condition, shape: &Shape, record: &Value) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| holds(part, shape, record)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, shape, record)),
        Condition::Not(inner) => !holds(inner, shape, record),
        Condition::Test(test) => test_at(test, &test.selector, shape, record),
    }
}

/// Follows the names that are left. Of a list of records one has to fit.
fn test_at(test: &Test, names: &[String], shape: &Shape, value: &Value) -> bool {
    let Some((name, rest)) = names.split_first() else { return test_here(test, shape, value) };
    match shape {
        Shape::List(element) => {
            value.as_array().is_some_and(|records| records.iter().any(|record| test_at(test, names, element, record)))
        }
        Shape::Map(below) => match value.get(name) {
            Some(value) => test_at(test, rest, below, value),
            // What go-bexpr says of a name that is not there, `matches` included.
            None => !matches!(test.operator, Operator::Equal | Operator::In | Operator::IsNotEmpty),
        },
        _ => match shape.below(name) {
            Some(below) => test_at(test, rest, below, value.get(name).unwrap_or(&Value::Null)),
            None => false,
        },
    }
}

fn test_here(test: &Test, shape: &Shape, value: &Value) -> bool {
    match test.operator {
        Operator::Equal | Operator::Matches => fits(&test.wanted, value),
        Operator::NotEqual | Operator::NotMatches => !fits(&test.wanted, value),
        Operator::In => contains(&test.wanted, shape, value),
        Operator::NotIn => !contains(&test.wanted, shape, value),
        Operator::IsEmpty => is_empty(value),
        Operator::IsNotEmpty => !is_empty(value),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether the value is the wanted one. What is not there counts as empty, zero, false.
fn fits(wanted: &Wanted, value: &Value) -> bool {
    match wanted {
        Wanted::Text(wanted) => text(value) == wanted,
        Wanted::Integer(wanted) => value.as_i64().unwrap_or_default() == *wanted,
        Wanted::Float(wanted) => value.as_f64().unwrap_or_default() == *wanted,
        Wanted::Boolean(wanted) => value.as_bool().unwrap_or_default() == *wanted,
        Wanted::Pattern(pattern) => pattern.is_match(text(value)),
        Wanted::Nothing => false,
    }
}

fn contains(wanted: &Wanted, shape: &Shape, value: &Value) -> bool {
    match (shape, wanted) {
        (Shape::Text, Wanted::Text(wanted)) => text(value).contains(&**wanted),
        (Shape::Map(_), Wanted::Text(wanted)) => value.get(wanted).is_some(),
        _ => value.as_array().is_some_and(|values| values.iter().any(|value| fits(wanted, value))),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => true,
    }
}
