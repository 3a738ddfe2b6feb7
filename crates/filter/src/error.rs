//! Why an expression is no filter, in Consul's words.

use proconsul_base::limit;

use crate::number::NumberError;
use crate::parse::{Operator, SyntaxError};
use crate::pattern::PatternError;

/// Why an expression is no filter for these records.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// It cannot be read; all that was found wrong, in the order found.
    #[error("{FAILED}: {}", lines(.0))]
    Syntax(Vec<SyntaxError>),
    /// The records have no such field.
    #[error("{FAILED}: Selector {0:?} is not valid")]
    Selector(String),
    /// The field is of a kind that the operator does not go with.
    #[error("{FAILED}: Invalid match operator \"{operator}\" for selector {selector:?}")]
    Operator {
        /// The operator.
        operator: Operator,
        /// The field.
        selector: String,
    },
    /// The value is not of the field's kind.
    #[error("{FAILED}: Failed to coerce value {value:?} for selector {selector:?}: {source}")]
    Value {
        /// The value.
        value: String,
        /// The field.
        selector: String,
        /// What is wrong with it.
        source: NumberError,
    },
    /// The value is no regular expression.
    #[error("{FAILED}: Failed to compile regular expression {pattern:?}: {source}")]
    Pattern {
        /// The value.
        pattern: String,
        /// What is wrong with it.
        source: PatternError,
    },
    /// Longer than is read.
    #[error("{FAILED}: the expression is longer than {} bytes", limit::FILTER_BYTES)]
    TooLong,
    /// Nested deeper than is read.
    #[error("{FAILED}: parentheses and 'not' are nested deeper than {} levels", limit::FILTER_DEPTH)]
    TooDeep,
    /// More regular expressions than are compiled.
    #[error("{FAILED}: there are more than {} regular expressions", limit::FILTER_PATTERNS)]
    TooManyPatterns,
}

const FAILED: &str = "Failed to create boolean expression evaluator";

impl FilterError {
    /// What is wrong, without the words that stand in front when a filter is read.
    pub fn reason(&self) -> String {
        let told = self.to_string();
        told.strip_prefix(FAILED).and_then(|rest| rest.strip_prefix(": ")).map_or(told.clone(), str::to_owned)
    }
}

fn lines(errors: &[SyntaxError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
