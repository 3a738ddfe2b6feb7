//! The tree that a text is read into. Every key and every value knows where it stands.

use std::fmt;

/// A place in a text; lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The character of that line.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub at: Position,
    /// The value.
    pub value: Value,
}

impl Node {
    /// The object in it, if it is one.
    pub fn object(&self) -> Option<&Object> {
        match &self.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// JSON's `null`; HCL1 has none.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number without fraction or exponent that fits; HCL1 also writes it `0x1f` and `0644`.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// Text; a heredoc keeps its last newline.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Entries between braces. A labelled block `service "web" { .. }` is an object in an object, as its JSON twin is.
    Object(Object),
}

impl Value {
    /// What kind of value this is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Object(_) => "a block",
        }
    }
}

/// Entries in the order they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    /// All entries; a key may stand there more than once, and what that means is for the reader to decide.
    pub entries: Vec<Entry>,
}

impl Object {
    /// The last entry of this key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }
}

/// One key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, without quotes.
    pub key: String,
    /// Where the key begins.
    pub at: Position,
    /// Its value.
    pub node: Node,
}
