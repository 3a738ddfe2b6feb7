//! YAML as Kubernetes reads it: version 1.1 scalars, JSON's data model, and the place of every value. Knows no Kubernetes kind.

mod load;
mod scalar;
mod write;

use serde_json::{Map, Number, Value};

pub use load::{SyntaxError, load};
pub use write::write;

/// A place in a text; line and column count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub mark: Mark,
    /// What it is.
    pub content: Content,
}

/// The forms a value has in JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Nothing, `null` or `~`.
    Null,
    /// `true`, `yes`, `on` and their opposites.
    Bool(bool),
    /// A number; `0644` is octal.
    Number(Number),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the text, each key as often as it stands there.
    Mapping(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, as the text JSON would have.
    pub key: String,
    /// Where the key stands.
    pub mark: Mark,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// The value as JSON; of keys given twice the last one counts.
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(value) => Value::Bool(*value),
            Content::Number(value) => Value::Number(value.clone()),
            Content::Text(value) => Value::String(value.clone()),
            Content::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Content::Mapping(entries) => Value::Object(
                entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect::<Map<_, _>>(),
            ),
        }
    }

    /// The value of a key of a mapping; of keys given twice the last one.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Content::Mapping(entries) = &self.content else { return None };
        entries.iter().rev().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The text, when it is one.
    pub fn text(&self) -> Option<&str> {
        let Content::Text(text) = &self.content else { return None };
        Some(text)
    }

    /// The last line the value reaches, from its parts; a text of several lines counts as its first.
    pub fn last_line(&self) -> usize {
        let parts: usize = match &self.content {
            Content::List(items) => items.iter().map(Self::last_line).max().unwrap_or_default(),
            Content::Mapping(entries) => entries.iter().map(|entry| entry.value.last_line()).max().unwrap_or_default(),
            _ => 0,
        };
        parts.max(self.mark.line)
    }
}
