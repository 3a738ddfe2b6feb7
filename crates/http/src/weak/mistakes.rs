//! What was wrong with a document, all of it.

use std::cell::RefCell;

use proconsul_base::text::mistakes;

/// The mistakes so far.
#[derive(Debug, Default)]
pub(crate) struct Mistakes {
    wrong: RefCell<Vec<String>>,
    unknown: RefCell<Vec<String>>,
}

/// Why a document cannot be read; Consul's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WeakError {
    /// Values that cannot become what they should be.
    #[error("{} error(s) decoding:\n\n* {}", .0.len(), .0.join("\n* "))]
    Values(Vec<String>),
    /// Fields that the document does not have.
    #[error("{}", mistakes::list(.0))]
    Fields(Vec<String>),
    /// No document at all, but this.
    #[error("'' expected a map, got '{0}'")]
    NoMap(&'static str),
    /// A document of unknown kind.
    #[error("Payload does not contain a kind/Kind key at the top level")]
    NoKind,
    /// A kind that is no text.
    #[error("Kind value in payload is not a string")]
    KindNoText,
    /// A kind that there is not.
    #[error(transparent)]
    UnknownKind(#[from] proconsul_types::config_entry::UnknownKind),
    /// A document that breaks a rule of its form that no mistake was noted for.
    #[error("the document could not be read; this is a fault of the server")]
    Document,
}

impl Mistakes {
    pub(super) fn note(&self, text: String) {
        self.wrong.borrow_mut().push(text);
    }

    pub(super) fn unknown(&self, field: String) {
        self.unknown.borrow_mut().push(field);
    }

    /// The wrong values, if there are any.
    pub(super) fn or_else(&self) -> Result<(), WeakError> {
        let mut wrong = self.wrong.take();
        wrong.sort();
        if wrong.is_empty() { Ok(()) } else { Err(WeakError::Values(wrong)) }
    }

    /// The wrong values, or else the unknown fields.
    pub(super) fn or_else_unknown(&self) -> Result<(), WeakError> {
        self.or_else()?;
        let told = |field: String| {
            let enterprise = if field.to_lowercase().ends_with("namespace") {
                ", namespaces are a consul enterprise feature"
            } else {
                ""
            };
            format!("invalid config key {field:?}{enterprise}")
        };
        let unknown: Vec<String> = self.unknown.take().into_iter().map(told).collect();
        if unknown.is_empty() { Ok(()) } else { Err(WeakError::Fields(unknown)) }
    }
}
