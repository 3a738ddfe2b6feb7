//! Values of definitions, each of the kind that its key takes. What is wrong is noted, and reading goes on.

use std::collections::BTreeMap;

use proconsul_base::text::duration;
use proconsul_base::text::nearest::nearest;
use proconsul_hcl::{Entry, Node, Object, Position, Value};

use super::DefinitionMistake;
use crate::config::error::Mistake;
use crate::config::origin::Origin;

/// One key of a block.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name {
    /// It stands there once.
    Once(&'static str),
    /// It may stand there again, once for each block of its list.
    List(&'static str),
}

/// Keys that Consul also takes without their underscores.
const ALSO_CLOSED_UP: [&str; 4] =
    ["service_id", "docker_container_id", "tls_skip_verify", "deregister_critical_service_after"];

/// The one key with another name.
const ARGS: (&str, &str) = ("args", "scriptargs");

pub(super) struct Reader<'a> {
    pub(super) origin: &'a dyn Fn(Position) -> Origin,
    pub(super) mistakes: &'a mut Vec<Mistake>,
}

impl Reader<'_> {
    /// The entries of a block whose keys are known, each with its own name; without those that say `null`.
    pub(super) fn entries<'o>(
        &mut self,
        path: &str,
        block: &'o Object,
        names: &'static [Name],
    ) -> Vec<(&'static str, &'o Entry)> {
        let mut found: Vec<(&'static str, &Entry)> = Vec::new();
        for entry in &block.entries {
            let Some(name) = names.iter().find(|name| name.is(&entry.key)) else {
                self.unknown(path, entry, names);
                continue;
            };
            let is_again = found.iter().any(|(known, _)| *known == name.text());
            if is_again && matches!(name, Name::Once(_)) {
                let (origin, key) = ((self.origin)(entry.at), format!("{path}.{}", name.text()));
                self.mistakes.push(Mistake::SecondBlock { origin, key });
            } else if entry.node.value != Value::Null {
                found.push((name.text(), entry));
            }
        }
        found
    }

    pub(super) fn text(&mut self, path: &str, entry: &Entry) -> String {
        match &entry.node.value {
            Value::Text(text) => text.clone(),
            _ => self.other_kind(path, &entry.node, "text in quotes"),
        }
    }

    pub(super) fn boolean(&mut self, path: &str, entry: &Entry) -> bool {
        match &entry.node.value {
            Value::Boolean(truth) => *truth,
            _ => self.other_kind(path, &entry.node, "true or false, without quotes"),
        }
    }

    pub(super) fn integer(&mut self, path: &str, entry: &Entry) -> i64 {
        match &entry.node.value {
            Value::Integer(number) => *number,
            _ => self.other_kind(path, &entry.node, "a whole number, without quotes"),
        }
    }

    /// In nanoseconds.
    pub(super) fn duration(&mut self, path: &str, entry: &Entry) -> i64 {
        let Value::Text(text) = &entry.node.value else {
            return self.other_kind(path, &entry.node, "a length of time in quotes, such as \"30s\"");
        };
        duration::parse_signed(text).unwrap_or_else(|error| {
            self.refuse(entry.node.at, path, DefinitionMistake::Duration(error));
            0
        })
    }

    pub(super) fn texts(&mut self, path: &str, node: &Node) -> Vec<String> {
        const EXPECTED: &str = "a list of texts";
        let Value::List(items) = &node.value else { return self.other_kind(path, node, EXPECTED) };
        let mut texts = Vec::new();
        for item in items {
            match &item.value {
                Value::Text(text) => texts.push(text.clone()),
                _ => return self.other_kind(path, item, EXPECTED),
            }
        }
        texts
    }

    pub(super) fn map(&mut self, path: &str, entry: &Entry) -> BTreeMap<String, String> {
        let Some((_, block)) = self.block(path, entry) else { return BTreeMap::new() };
        block.entries.iter().map(|entry| (entry.key.clone(), self.text(path, entry))).collect()
    }

    /// Anything, as it is handed on to others.
    pub(super) fn config(&mut self, path: &str, entry: &Entry) -> BTreeMap<String, serde_json::Value> {
        let Some((_, block)) = self.block(path, entry) else { return BTreeMap::new() };
        self.anything(block)
    }

    /// All of a block, whatever it is.
    pub(super) fn anything(&self, block: &Object) -> BTreeMap<String, serde_json::Value> {
        block.entries.iter().map(|entry| (entry.key.clone(), json(&entry.node.value))).collect()
    }

    pub(super) fn block<'o>(&mut self, path: &str, entry: &'o Entry) -> Option<(Position, &'o Object)> {
        match &entry.node.value {
            Value::Object(block) => Some((entry.at, block)),
            Value::Null => None,
            _ => self.other_kind(path, &entry.node, "a block"),
        }
    }

    /// The blocks of a list; a block that stands alone is one of them.
    pub(super) fn blocks<'o>(&mut self, path: &str, entry: &'o Entry) -> Vec<(Position, &'o Object)> {
        let Value::List(items) = &entry.node.value else { return self.block(path, entry).into_iter().collect() };
        let mut blocks = Vec::new();
        for item in items {
            match &item.value {
                Value::Object(block) => blocks.push((item.at, block)),
                _ => return self.other_kind(path, item, "a list of blocks"),
            }
        }
        blocks
    }

    pub(super) fn refuse(&mut self, at: Position, path: &str, why: DefinitionMistake) {
        let (origin, key) = ((self.origin)(at), path.to_owned());
        self.mistakes.push(Mistake::Definition { origin, key, why });
    }

    fn other_kind<T: Default>(&mut self, path: &str, node: &Node, expected: &'static str) -> T {
        let (origin, key, found) = ((self.origin)(node.at), path.to_owned(), node.value.kind());
        self.mistakes.push(Mistake::Kind { origin, key, expected, found });
        T::default()
    }

    fn unknown(&mut self, path: &str, entry: &Entry, names: &'static [Name]) {
        let nearest = nearest(&entry.key, names.iter().map(|name| name.text()));
        self.mistakes.push(Mistake::UnknownKey {
            origin: (self.origin)(entry.at),
            key: format!("{path}.{}", entry.key),
            nearest: nearest.map(|name| format!("{path}.{name}")),
        });
    }
}

impl Name {
    fn text(self) -> &'static str {
        match self {
            Self::Once(name) | Self::List(name) => name,
        }
    }

    fn is(self, key: &str) -> bool {
        let name = self.text();
        key.eq_ignore_ascii_case(name)
            || name == ARGS.0 && key.eq_ignore_ascii_case(ARGS.1)
            || ALSO_CLOSED_UP.contains(&name) && key.eq_ignore_ascii_case(&name.replace('_', ""))
    }
}

/// The same value in JSON. A block that comes again is the list of all of them.
fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(truth) => (*truth).into(),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(|item| json(&item.value)).collect(),
        Value::Object(block) => {
            let mut fields = serde_json::Map::new();
            for entry in &block.entries {
                let again = json(&entry.node.value);
                match fields.get_mut(&entry.key) {
                    Some(serde_json::Value::Array(all)) => all.push(again),
                    Some(before) => *before = vec![before.take(), again].into(),
                    None => drop(fields.insert(entry.key.clone(), again)),
                }
            }
            fields.into()
        }
    }
}
