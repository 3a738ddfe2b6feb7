//! Why a body cannot be read, in the words of Go's `encoding/json`.

use std::fmt;

use proconsul_base::text::duration::DurationError;

use super::{FromJson, Json};

/// Why a body is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    /// It is no JSON.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// A value of another kind.
    #[error("json: cannot unmarshal {found} into {place} of type {expected}")]
    Kind {
        /// What stands there.
        found: String,
        /// Where.
        place: Place,
        /// Go's name of the type that belongs there.
        expected: String,
    },
    /// A field that the record does not have.
    #[error("json: unknown field {0:?}{namespaces}", namespaces = namespaces(_0))]
    UnknownField(String),
    /// A text that is no duration.
    #[error(transparent)]
    Duration(#[from] DurationError),
    /// A duration that is neither text nor number.
    #[error("strconv.ParseFloat: parsing {0:?}: invalid syntax")]
    NotANumber(String),
    /// A text that is no base64.
    #[error("illegal base64 data at input byte {0}")]
    Base64(usize),
}

impl DecodeError {
    /// A value of another kind than `T` takes.
    pub(crate) fn kind<T: FromJson>(json: &Json<'_>) -> Self {
        Self::kind_in(json.kind().to_owned(), T::type_name().into_owned())
    }

    /// A number that `T` cannot hold.
    pub(crate) fn number<T: FromJson>(number: &str) -> Self {
        Self::kind_in(format!("number {number}"), T::type_name().into_owned())
    }

    /// A value where an object of any form belongs.
    pub(crate) fn of_map(json: &Json<'_>) -> Self {
        Self::kind_in(json.kind().to_owned(), "map[string]interface {}".to_owned())
    }

    /// The same without a word about the enterprise edition, as the agent's own endpoints tell it.
    pub(crate) fn plain(&self) -> String {
        match self {
            Self::UnknownField(name) => format!("json: unknown field {name:?}"),
            other => other.to_string(),
        }
    }

    fn kind_in(found: String, expected: String) -> Self {
        Self::Kind { found, place: Place::default(), expected }
    }

    /// The same mistake seen from the record around it. `is_whole`: what is inside the field is not told apart.
    pub(crate) fn inside(mut self, record: &'static str, field: &str, is_whole: bool) -> Self {
        if let Self::Kind { place, .. } = &mut self {
            if is_whole {
                *place = Place::default();
            }
            place.record = Some(place.record.unwrap_or(record));
            place.fields.insert(0, field.to_owned());
        }
        self
    }
}

/// Where in a body a value stands.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The innermost record.
    record: Option<&'static str>,
    /// The fields from the outermost record on.
    fields: Vec<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.record {
            Some(record) => write!(f, "Go struct field {record}.{}", self.fields.join(".")),
            None => f.write_str("Go value"),
        }
    }
}

/// Why a text is no JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SyntaxError {
    /// Nothing but space.
    #[error("EOF")]
    Empty,
    /// It ends within a value.
    #[error("unexpected EOF")]
    End,
    /// A byte that cannot stand where it does.
    #[error("invalid character {quoted} {within}", quoted = quoted(*.0), within = .1)]
    Character(u8, &'static str),
    /// Nested deeper than is read.
    #[error("exceeded max depth")]
    Depth,
}

/// A byte as Go quotes it in these messages: taken for the character of that number.
fn quoted(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => r#"'"'"#.to_owned(),
        b'\\' => r"'\\'".to_owned(),
        0x07 => r"'\a'".to_owned(),
        0x08 => r"'\b'".to_owned(),
        0x0b => r"'\v'".to_owned(),
        0x0c => r"'\f'".to_owned(),
        b'\n' | b'\r' | b'\t' => format!("'{}'", (byte as char).escape_default()),
        0..0x20 | 0x7f => format!(r"'\x{byte:02x}'"),
        0x80..=0xa0 | 0xad => format!(r"'\u{byte:04x}'"),
        _ => format!("'{}'", byte as char),
    }
}

/// What is added about a field that only the enterprise edition has.
fn namespaces(field: &str) -> &'static str {
    if field == "Namespace" { " - Namespaces are a Consul Enterprise feature" } else { "" }
}
