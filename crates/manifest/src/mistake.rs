//! What can be wrong with a manifest, where, and what to do about it.

use std::fmt;

use crate::validate::FieldError;
use crate::{Kind, Path};

/// One mistake, with its place. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// The name of the source, as given to [`crate::read`].
    pub file: String,
    /// Line of the field, or of what should hold it.
    pub line: usize,
    /// Column of the field, or of what should hold it.
    pub column: usize,
    /// The object, as far as it could be told: `StatefulSet "web"`.
    pub object: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    /// Not YAML.
    #[error("error converting YAML to JSON: {0}")]
    Syntax(String),
    /// Larger than Kubernetes takes.
    #[error("the text is {bytes} bytes long, {limit} are taken at most: split it into several files")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The most.
        limit: usize,
    },
    /// The top of a document is a list or a single value.
    #[error("a document must be a mapping with apiVersion, kind and metadata, this one is {0}")]
    NoObject(&'static str),
    /// `kind` or `apiVersion` is not there.
    #[error("Object '{0}' is missing: every document needs apiVersion and kind")]
    NoType(&'static str),
    /// A kind that is not served.
    #[error("no matches for kind {kind:?} in version {api_version:?}: served are {}", served())]
    Unserved {
        /// As written.
        kind: String,
        /// As written.
        api_version: String,
    },
    /// A served kind under another version.
    #[error("no matches for kind {:?} in version {api_version:?}: write apiVersion: {}", kind.name(), kind.api_version())]
    Version {
        /// The kind meant.
        kind: Kind,
        /// As written.
        api_version: String,
    },
    /// A field Kubernetes does not have.
    #[error("strict decoding error: unknown field \"{path}\": {}", unknown_advice(path, nearest.as_deref()))]
    UnknownField {
        /// Its path.
        path: Path,
        /// A field of that place with a similar name.
        nearest: Option<String>,
    },
    /// Fields that stand beside the mapping they belong into, because they are not indented.
    #[error("{}", misplaced_text(fields, *line_first, *line_last, parent))]
    Misplaced {
        /// The fields, by path as written.
        fields: Vec<Path>,
        /// The first line of them.
        line_first: usize,
        /// The last line of them.
        line_last: usize,
        /// The empty mapping they belong into.
        parent: Path,
    },
    /// A key given twice.
    #[error("strict decoding error: duplicate field \"{path}\": it stands on line {first_line} already, keep one")]
    DuplicateField {
        /// Its path.
        path: Path,
        /// Where it stands first.
        first_line: usize,
    },
    /// A value of another type than the field has.
    #[error("json: cannot unmarshal {found} into Go struct field {owner}.{} of type {expected}{advice}", path.without_indexes())]
    WrongType {
        /// What stands there, in the words of Go's decoder.
        found: String,
        /// The type that has the field.
        owner: String,
        /// The field's path.
        path: Path,
        /// The field's type.
        expected: String,
        /// What to write instead; empty, or begins with a colon.
        advice: &'static str,
    },
    /// A number with a unit that is none.
    #[error(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$': {path} is {text:?}"
    )]
    Quantity {
        /// The field's path.
        path: Path,
        /// As written.
        text: String,
    },
    /// Bytes that are not base64.
    #[error("illegal base64 data in {path}: encode the bytes, or use stringData in a Secret")]
    Base64 {
        /// The field's path.
        path: Path,
    },
    /// A time that is not RFC 3339.
    #[error("parsing time {text:?} in {path}: write it as 2006-01-02T15:04:05Z")]
    Time {
        /// The field's path.
        path: Path,
        /// As written.
        text: String,
    },
    /// A value that breaks a rule.
    #[error(transparent)]
    Invalid(#[from] FieldError),
    /// The same object twice in one set.
    #[error("the object stands in {file} line {line} already: give one of them another name, or remove it")]
    Repeated {
        /// Where it stands first.
        file: String,
        /// Where it stands first.
        line: usize,
    },
}

impl Problem {
    /// The API server's words for what only strict validation refuses, without the words in front; none for other
    /// problems.
    pub fn strict_texts(&self) -> Vec<String> {
        match self {
            Self::UnknownField { path, .. } => vec![unknown(path)],
            Self::Misplaced { fields, .. } => fields.iter().map(unknown).collect(),
            Self::DuplicateField { path, .. } => vec![format!("duplicate field \"{path}\"")],
            _ => Vec::new(),
        }
    }
}

fn unknown(path: &Path) -> String {
    format!("unknown field \"{path}\"")
}

fn unknown_advice(path: &Path, nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("did you mean {nearest:?}?"),
        None => format!(
            "{} has no such field, remove it or pass --validate=warn",
            path.parent()
                .filter(|parent| !parent.as_str().is_empty())
                .map_or("the object".to_owned(), |parent| parent.to_string())
        ),
    }
}

fn misplaced_text(fields: &[Path], line_first: usize, line_last: usize, parent: &Path) -> String {
    let texts: Vec<String> = fields.iter().map(unknown).collect();
    let names: Vec<&str> = fields.iter().map(|field| field.as_str().rsplit('.').next().unwrap_or_default()).collect();
    let (stands, them, lines) = match (names.len(), line_first == line_last) {
        (1, true) => ("stands", "it", format!("line {line_first}")),
        (1, false) => ("stands", "it", format!("lines {line_first} to {line_last}")),
        _ => ("stand", "them", format!("lines {line_first} to {line_last}")),
    };
    format!(
        "strict decoding error: {}: {} {stands} outside {parent}, which is empty; indent {lines} by two spaces to put {them} under \"{parent}:\"",
        texts.join(", "),
        names.join(", "),
    )
}

fn served() -> String {
    let names: Vec<String> = Kind::ALL.iter().map(|kind| format!("{} ({})", kind.name(), kind.api_version())).collect();
    names.join(", ")
}

impl Mistake {
    /// What to say when the mistake was let pass: `2-pvc.yaml:10:2: PersistentVolumeClaim "nfs": unknown field "spec.capacity", left out`.
    pub fn warning(&self) -> String {
        let is_duplicate = matches!(self.problem, Problem::DuplicateField { .. });
        let left_out = if is_duplicate { "the last one counts" } else { "left out" };
        format!("{}{}, {left_out}", self.place(), self.problem.strict_texts().join(", "))
    }

    /// File, line, column and object, ready to be followed by what is wrong.
    fn place(&self) -> String {
        let object = self.object.iter().map(|object| format!("{object}: ")).collect::<String>();
        format!("{}:{}:{}: {object}", self.file, self.line, self.column)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.place(), self.problem)
    }
}

impl std::error::Error for Mistake {}
