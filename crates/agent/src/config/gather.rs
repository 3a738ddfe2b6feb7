//! From flags and the trees of files to [`Settings`]: each key is found in the table and its value is of the right kind.

use std::collections::BTreeMap;

use proconsul_base::text::duration;
use proconsul_hcl::{Entry, Node, Object, Position, Value};

use super::definition::{self, Defined};
use super::error::Mistake;
use super::key::{self, Key, Kind, Role};
use super::origin::Origin;
use super::settings::{Setting, Settings};
use super::source::{Source, SourceName};
use super::{Invalid, flags};
use crate::flag::Given;

/// What all sources set, with everything found wrong on the way.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) settings: Settings,
    pub(super) defined: Defined,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) warnings: Vec<String>,
}

impl Gathered {
    /// Lists given as flags come first, then files and pieces of HCL, then all other flags: so flags win, and stand first in lists.
    pub(super) fn all(&mut self, given: &Given, sources: &[Source]) {
        let is_list = |name: &str| flags::key_of(name).is_some_and(|key| key.takes == Kind::Texts);
        self.flags(given, is_list);
        sources.iter().for_each(|source| self.source(source));
        self.flags(given, |name| !is_list(name));
    }

    fn flags(&mut self, given: &Given, wanted: impl Fn(&str) -> bool) {
        for (name, text) in given.flags.iter().filter(|(name, _)| wanted(name)) {
            if let Some(key) = flags::key_of(name) {
                self.set(key, &flag_value(key.takes, text), &Origin::Flag(name));
            }
        }
    }

    fn source(&mut self, source: &Source) {
        let origin = |at: Position| match &source.name {
            SourceName::File(place) => Origin::File(place.clone(), at),
            SourceName::Fragment(number) => Origin::Fragment(*number, at),
        };
        match proconsul_hcl::read(&source.text, source.format) {
            Ok(root) => self.block("", &root, &origin),
            Err(error) => self.mistakes.push(Mistake::parse(error, origin)),
        }
    }

    fn block(&mut self, prefix: &str, object: &Object, origin: &dyn Fn(Position) -> Origin) {
        let mut seen: Vec<&str> = Vec::new();
        for Entry { key: name, at, node } in &object.entries {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            if key::is_block(&path) {
                if seen.contains(&name.as_str()) {
                    self.mistakes.push(Mistake::SecondBlock { origin: origin(*at), key: path.clone() });
                }
                seen.push(name);
                match &node.value {
                    Value::Object(inner) => self.block(&path, inner, origin),
                    Value::Null => {}
                    other => self.mistakes.push(Mistake::Kind {
                        origin: origin(node.at),
                        key: path,
                        expected: "a block",
                        found: other.kind(),
                    }),
                }
            } else if let Some(key) = key::find(&path).filter(|key| key.takes.is_definition()) {
                // Several in one file are a list, as in Consul.
                if seen.contains(&name.as_str()) && !key.takes.is_list() {
                    self.mistakes.push(Mistake::SecondBlock { origin: origin(*at), key: path.clone() });
                }
                seen.push(name);
                let entry = Entry { key: name.clone(), at: *at, node: node.clone() };
                definition::read(key.takes, &entry, &mut self.defined, origin, &mut self.mistakes);
            } else if let Some(key) = key::find(&path) {
                self.set(key, &node.value, &origin(*at));
            } else {
                let nearest = key::nearest_to(&path);
                self.mistakes.push(Mistake::UnknownKey { origin: origin(*at), key: path, nearest });
            }
        }
    }

    fn set(&mut self, key: &'static Key, value: &Value, origin: &Origin) {
        match key.role {
            Role::Used { .. } => match setting(key.takes, value) {
                Ok(Some(setting)) => self.settings.add(key.path, setting, origin.clone()),
                Ok(None) => {}
                Err(Refused::Kind(found)) => self.mistakes.push(Mistake::Kind {
                    origin: origin.clone(),
                    key: key.path.to_owned(),
                    expected: key.takes.expected(),
                    found,
                }),
                Err(Refused::Value(invalid)) => {
                    self.mistakes.push(Mistake::Value { origin: origin.clone(), key: key.path, invalid });
                }
            },
            _ if is_off(value) => {}
            Role::Harmless { absent } => {
                let warning = format!("{origin}: {} has no effect: {absent} in this version", key.path);
                if !self.warnings.contains(&warning) {
                    self.warnings.push(warning);
                }
            }
            Role::Unsafe { absent } => {
                self.mistakes.push(Mistake::Unsafe { origin: origin.clone(), key: key.path, absent });
            }
        }
    }
}

/// Whether a value turns a feature off rather than on.
fn is_off(value: &Value) -> bool {
    match value {
        Value::Null | Value::Boolean(false) => true,
        Value::Boolean(true) | Value::Integer(_) | Value::Float(_) => false,
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Object(object) => object.entries.is_empty(),
    }
}

/// A flag's text as the value that a file would have; the parser has checked switches and numbers.
fn flag_value(kind: Kind, text: &str) -> Value {
    let item = |text: &str| Node { at: Position { line: 1, column: 1 }, value: Value::Text(text.to_owned()) };
    match kind {
        Kind::Boolean => Value::Boolean(text == "true"),
        Kind::Integer => text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Integer),
        Kind::Texts => Value::List(vec![item(text)]),
        Kind::Map => {
            let (name, value) = text.split_once(':').unwrap_or((text, ""));
            let entry = Entry { key: name.to_owned(), at: Position { line: 1, column: 1 }, node: item(value) };
            Value::Object(Object { entries: vec![entry] })
        }
        Kind::Any if matches!(text, "true" | "false") => Value::Boolean(text == "true"),
        Kind::Number | Kind::Text | Kind::Duration | Kind::Any => Value::Text(text.to_owned()),
        // No flag sets these.
        Kind::Service | Kind::Services | Kind::Check | Kind::Checks | Kind::Watches => Value::Null,
    }
}

/// Why a value is not taken.
enum Refused {
    /// It is of this kind instead.
    Kind(&'static str),
    /// It is of the right kind and breaks a rule.
    Value(Invalid),
}

/// The setting in a value; `None` for JSON's `null`, which sets nothing. Kinds are not converted, as in Consul.
fn setting(kind: Kind, value: &Value) -> Result<Option<Setting>, Refused> {
    let text = |node: &Node| match &node.value {
        Value::Text(text) => Ok(text.clone()),
        other => Err(Refused::Kind(other.kind())),
    };
    let setting = match (kind, value) {
        (_, Value::Null) => return Ok(None),
        (Kind::Boolean, Value::Boolean(truth)) => Setting::Boolean(*truth),
        (Kind::Integer, Value::Integer(number)) => Setting::Integer(*number),
        (Kind::Number, Value::Integer(number)) => Setting::Thousandths(number.saturating_mul(1000)),
        // Beyond the range of whole numbers it saturates: nobody counts so far.
        (Kind::Number, Value::Float(number)) => Setting::Thousandths((number * 1000.0) as i64),
        (Kind::Text, Value::Text(text)) => Setting::Text(text.trim().to_owned()),
        (Kind::Duration, Value::Text(text)) => {
            Setting::Duration(duration::parse(text).map_err(|error| Refused::Value(Invalid::Duration(error)))?)
        }
        (Kind::Texts, Value::List(items)) => Setting::Texts(items.iter().map(text).collect::<Result<_, _>>()?),
        (Kind::Map, Value::Object(object)) => {
            let pair = |entry: &Entry| Ok((entry.key.clone(), text(&entry.node)?));
            Setting::Map(object.entries.iter().map(pair).collect::<Result<BTreeMap<_, _>, Refused>>()?)
        }
        (_, other) => return Err(Refused::Kind(other.kind())),
    };
    Ok(Some(setting))
}
