//! `?filter=`: Consul's filter expressions (go-bexpr), parsed, checked against the shape of a record, and evaluated on records.
//!
//! Grammar, meaning and error texts are those measured on Consul 1.8.7. Knows no record of its own and no endpoint.

mod check;
mod error;
mod evaluate;
mod number;
mod parse;
pub mod pattern;
mod shape;

pub use error::FilterError;
pub use number::NumberError;
pub use parse::SyntaxError;
pub use pattern::PatternError;
pub use shape::Shape;

use serde_json::Value;

/// A filter for records of one shape.
#[derive(Clone, Debug)]
pub struct Filter {
    shape: &'static Shape,
    condition: check::Condition,
}

impl Filter {
    /// Reads an expression. Its selectors, operators and values have to fit the shape.
    ///
    /// ```
    /// use proconsul_filter::{Filter, Shape};
    ///
    /// static NODE: Shape = Shape::Record(&[("Node", Shape::Text), ("Meta", Shape::Map(&Shape::Text))]);
    ///
    /// let filter = Filter::new("Meta.rack == r1 and Node != db", &NODE)?;
    /// assert!(filter.matches(&serde_json::json!({"Node": "web", "Meta": {"rack": "r1"}})));
    /// # Ok::<(), proconsul_filter::FilterError>(())
    /// ```
    pub fn new(expression: &str, shape: &'static Shape) -> Result<Self, FilterError> {
        let condition = check::check(parse::parse(expression)?, shape)?;
        Ok(Self { shape, condition })
    }

    /// Whether a record of the shape is wanted. A field that is missing or `null` counts as empty.
    pub fn matches(&self, record: &Value) -> bool {
        evaluate::holds(&self.condition, self.shape, record)
    }
}

#[cfg(test)]
mod tests;
