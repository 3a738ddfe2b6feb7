//! One broken rule, in the API server's words.

use serde_json::Value;

/// A field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct FieldError {
    /// The field's path.
    pub field: String,
    /// What is wrong.
    pub fault: Fault,
}

/// The ways a field can be wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// It must be there.
    #[error("Required value{}", behind(.0))]
    Required(String),
    /// Its value breaks a rule.
    #[error("Invalid value: {value}: {detail}")]
    Invalid {
        /// The value.
        value: Value,
        /// The rule.
        detail: String,
    },
    /// Its value is none of those there are.
    #[error("Unsupported value: {value}: supported values: {}", quoted(supported))]
    Unsupported {
        /// The value.
        value: Value,
        /// Those there are.
        supported: &'static [&'static str],
    },
    /// It may not be set, or not to this.
    #[error("Forbidden: {0}")]
    Forbidden(String),
    /// The same value stands somewhere else already.
    #[error("Duplicate value: {0}")]
    Duplicate(Value),
    /// It names something that is not there.
    #[error("Not found: {0}")]
    NotFound(Value),
    /// It is too long.
    #[error("Too long: may not be more than {0} bytes")]
    TooLong(usize),
}

impl Fault {
    /// The reason in a Status object's cause.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Required(_) => "FieldValueRequired",
            Self::Invalid { .. } => "FieldValueInvalid",
            Self::Unsupported { .. } => "FieldValueNotSupported",
            Self::Forbidden(_) => "FieldValueForbidden",
            Self::Duplicate(_) => "FieldValueDuplicate",
            Self::NotFound(_) => "FieldValueNotFound",
            Self::TooLong(_) => "FieldValueTooLong",
        }
    }
}

fn behind(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(": {detail}") }
}

fn quoted(values: &[&str]) -> String {
    values.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(", ")
}
