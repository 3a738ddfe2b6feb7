//! One document against the schema of its kind: known fields are kept, everything else is a mistake with its place.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::jiff::Timestamp;
use proconsul_base::text::nearest::nearest;
use serde_json::{Map, Value};

use crate::schema::{Definition, Schema, Shape};
use crate::yaml::{Content, Entry, Mark, Node};
use crate::{Kind, Path, Problem, quantity};

/// What a document holds.
pub(crate) struct Decoded {
    /// Its known fields.
    pub(crate) value: Value,
    /// Where each field stands.
    pub(crate) marks: BTreeMap<Path, Mark>,
    /// What is wrong, in the order of the text.
    pub(crate) problems: Vec<(Mark, Problem)>,
}

/// Reads a document as an object of this kind.
pub(crate) fn decode(node: &Node, kind: Kind) -> Decoded {
    let schema = Schema::get();
    let mut decoder = Decoder { schema, marks: BTreeMap::new(), problems: Vec::new() };
    let Content::Mapping(entries) = &node.content else {
        return Decoded { value: Value::Null, marks: decoder.marks, problems: decoder.problems };
    };
    let value = decoder.object(entries, schema.kind(kind), &Path::root());
    decoder.problems.sort_by_key(|(mark, _)| (mark.line, mark.column));
    Decoded { value, marks: decoder.marks, problems: decoder.problems }
}

struct Decoder {
    schema: &'static Schema,
    marks: BTreeMap<Path, Mark>,
    problems: Vec<(Mark, Problem)>,
}

impl Decoder {
    fn object(&mut self, entries: &[Entry], definition: &Definition, path: &Path) -> Value {
        let mut fields = Map::new();
        let mut strangers: Vec<&Entry> = Vec::new();
        for (position, entry) in entries.iter().enumerate() {
            let here = path.field(&entry.key);
            if let Some(first) = entries[..position].iter().find(|earlier| earlier.key == entry.key) {
                let problem = Problem::DuplicateField { path: here.clone(), first_line: first.mark.line };
                self.problems.push((entry.mark, problem));
            }
            let Some(shape) = definition.properties.get(&entry.key) else {
                strangers.push(entry);
                continue;
            };
            self.marks.insert(here.clone(), entry.mark);
            match self.value(&entry.value, shape, &definition.name, &here) {
                Some(value) => fields.insert(entry.key.clone(), value),
                None => fields.remove(&entry.key),
            };
        }
        self.strangers(strangers, entries, definition, path);
        Value::Object(fields)
    }

    /// Unknown fields: those that an empty mapping beside them would take were meant to be indented under it.
    fn strangers(&mut self, strangers: Vec<&Entry>, entries: &[Entry], definition: &Definition, path: &Path) {
        let mut left = strangers;
        for (name, shape) in &definition.properties {
            let Shape::Object(inner) = shape else { continue };
            let is_empty = |entry: &Entry| entry.key == *name && entry.value.content == Content::Null;
            if !entries.iter().any(is_empty) {
                continue;
            }
            let inner = self.schema.definition(inner);
            let (belonging, others) = left.into_iter().partition(|entry| inner.properties.contains_key(&entry.key));
            left = others;
            self.misplaced(belonging, path, path.field(name));
        }
        for entry in left {
            let here = path.field(&entry.key);
            let near = nearest(&entry.key, definition.properties.keys().map(String::as_str)).map(str::to_owned);
            self.problems.push((entry.mark, Problem::UnknownField { path: here, nearest: near }));
        }
    }

    fn misplaced(&mut self, entries: Vec<&Entry>, path: &Path, parent: Path) {
        let Some(first) = entries.first() else { return };
        let problem = Problem::Misplaced {
            fields: entries.iter().map(|entry| path.field(&entry.key)).collect(),
            line_first: first.mark.line,
            line_last: entries.iter().map(|entry| entry.value.last_line()).max().unwrap_or(first.mark.line),
            parent,
        };
        self.problems.push((first.mark, problem));
    }

    /// The value in this shape; `None` for null, which is as if the field were not there, and for a mistake.
    fn value(&mut self, node: &Node, shape: &Shape, owner: &str, path: &Path) -> Option<Value> {
        match (shape, &node.content) {
            (_, Content::Null) => None,
            (Shape::Object(name), Content::Mapping(entries)) => {
                Some(self.object(entries, self.schema.definition(name), path))
            }
            (Shape::Map(inner), Content::Mapping(entries)) => Some(self.map(entries, inner, owner, path)),
            (Shape::List(inner), Content::List(items)) => Some(self.list(items, inner, owner, path)),
            (Shape::Any, _) | (Shape::Text | Shape::IntOrText, Content::Text(_)) | (Shape::Bool, Content::Bool(_)) => {
                Some(node.to_json())
            }
            (Shape::Integer { is_wide }, Content::Number(number)) if fits(number, *is_wide) => Some(node.to_json()),
            (Shape::IntOrText, Content::Number(number)) if fits(number, false) => Some(node.to_json()),
            (Shape::Quantity, Content::Text(text)) => self.quantity(node, text, path),
            (Shape::Quantity, Content::Number(number)) => self.quantity(node, &number.to_string(), path),
            (Shape::Bytes, Content::Text(text)) => {
                let is_right = serde_json::from_value::<ByteString>(Value::String(text.clone())).is_ok();
                self.checked(node, is_right, || Problem::Base64 { path: path.clone() })
            }
            (Shape::Time, Content::Text(text)) => {
                let is_right = text.parse::<Timestamp>().is_ok();
                self.checked(node, is_right, || Problem::Time { path: path.clone(), text: text.clone() })
            }
            _ => {
                self.problems.push((node.mark, wrong_type(node, shape, owner, path)));
                None
            }
        }
    }

    fn checked(&mut self, node: &Node, is_right: bool, problem: impl FnOnce() -> Problem) -> Option<Value> {
        if is_right {
            return Some(node.to_json());
        }
        self.problems.push((node.mark, problem()));
        None
    }

    fn quantity(&mut self, node: &Node, text: &str, path: &Path) -> Option<Value> {
        if quantity::parse(text).is_ok() {
            return Some(Value::String(text.to_owned()));
        }
        self.problems.push((node.mark, Problem::Quantity { path: path.clone(), text: text.to_owned() }));
        None
    }

    fn map(&mut self, entries: &[Entry], inner: &Shape, owner: &str, path: &Path) -> Value {
        let mut fields = Map::new();
        for (position, entry) in entries.iter().enumerate() {
            let here = path.key(&entry.key);
            if let Some(first) = entries[..position].iter().find(|earlier| earlier.key == entry.key) {
                let problem = Problem::DuplicateField { path: path.field(&entry.key), first_line: first.mark.line };
                self.problems.push((entry.mark, problem));
            }
            self.marks.insert(here.clone(), entry.mark);
            // A null in a map of texts is an empty text, as Go's decoder has it.
            let value = match entry.value.content {
                Content::Null => {
                    Some(Value::String(String::new())).filter(|_| matches!(inner, Shape::Text | Shape::Bytes))
                }
                _ => self.value(&entry.value, inner, owner, &here),
            };
            if let Some(value) = value {
                fields.insert(entry.key.clone(), value);
            }
        }
        Value::Object(fields)
    }

    fn list(&mut self, items: &[Node], inner: &Shape, owner: &str, path: &Path) -> Value {
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let here = path.index(index);
            self.marks.insert(here.clone(), item.mark);
            // A null entry is an empty one, so that the entries behind it keep their positions.
            let value = match item.content {
                Content::Null => None,
                _ => self.value(item, inner, owner, &here),
            };
            values.push(value.unwrap_or_else(|| empty(inner)));
        }
        Value::Array(values)
    }
}

fn empty(shape: &Shape) -> Value {
    match shape {
        Shape::Object(_) | Shape::Map(_) => Value::Object(Map::new()),
        Shape::List(_) => Value::Array(Vec::new()),
        Shape::Bool => Value::Bool(false),
        Shape::Integer { .. } | Shape::IntOrText => Value::from(0),
        Shape::Quantity => Value::from("0"),
        Shape::Text | Shape::Bytes | Shape::Time => Value::from(""),
        Shape::Any => Value::Null,
    }
}

fn fits(number: &serde_json::Number, is_wide: bool) -> bool {
    number.as_i64().is_some_and(|value| is_wide || i32::try_from(value).is_ok())
}

fn wrong_type(node: &Node, shape: &Shape, owner: &str, path: &Path) -> Problem {
    let found = match (&node.content, shape) {
        (Content::Null, _) => "null".to_owned(),
        (Content::Bool(_), _) => "bool".to_owned(),
        (Content::Number(number), Shape::Integer { .. }) => format!("number {number}"),
        (Content::Number(_), _) => "number".to_owned(),
        (Content::Text(_), _) => "string".to_owned(),
        (Content::List(_), _) => "array".to_owned(),
        (Content::Mapping(_), _) => "object".to_owned(),
    };
    let advice = match (shape, &node.content) {
        (Shape::Text | Shape::Bytes | Shape::Time, Content::Bool(_) | Content::Number(_)) => {
            ": put the value in quotes"
        }
        (Shape::Integer { .. } | Shape::Bool, Content::Text(_)) => ": write the value without quotes",
        (Shape::Integer { is_wide: false }, Content::Number(_)) => ": a whole number of 32 bits is expected",
        (Shape::Integer { is_wide: true }, Content::Number(_)) => ": a whole number of 64 bits is expected",
        (Shape::List(_), _) => ": begin each entry with a dash",
        (Shape::Object(_) | Shape::Map(_), _) => ": write its fields on lines of their own, indented",
        _ => "",
    };
    Problem::WrongType { found, owner: owner.to_owned(), path: path.clone(), expected: shape.go_type(), advice }
}
