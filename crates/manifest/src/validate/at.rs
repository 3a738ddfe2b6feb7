//! Walking through an object with the path at hand, and collecting what is wrong.

use serde_json::Value;

use super::{Fault, FieldError};
use crate::Path;

/// A value and its path. A field that is not there is null.
#[derive(Clone, Debug)]
pub(super) struct At<'a> {
    pub(super) path: Path,
    pub(super) value: &'a Value,
}

impl<'a> At<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { path: Path::root(), value }
    }

    /// A field, or a field of a field: `a.b`.
    pub(super) fn field(&self, name: &str) -> Self {
        let value = name.split('.').try_fold(self.value, |value, name| value.get(name)).unwrap_or(&Value::Null);
        Self { path: self.path.field(name), value }
    }

    /// The entries of a list, none when it is not there.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> + use<'a> {
        let path = self.path.clone();
        let items = self.value.as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().enumerate().map(move |(index, value)| Self { path: path.index(index), value })
    }

    /// The entries of a map with their keys.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Self)> + use<'a> {
        let path = self.path.clone();
        let entries = self.value.as_object().into_iter().flatten();
        entries.map(move |(key, value)| (key.as_str(), Self { path: path.key(key), value }))
    }

    /// The text, empty when it is not there.
    pub(super) fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or_default()
    }

    pub(super) fn int(&self) -> Option<i64> {
        self.value.as_i64()
    }

    pub(super) fn is_true(&self) -> bool {
        self.value.as_bool() == Some(true)
    }

    /// Whether the field is there.
    pub(super) fn is_set(&self) -> bool {
        !self.value.is_null()
    }

    /// Whether the field is not there, or has nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        match self.value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        }
    }
}

/// What is wrong, in the order it was found.
#[derive(Debug, Default)]
pub(super) struct Errors(Vec<FieldError>);

impl Errors {
    pub(super) fn add(&mut self, path: &Path, fault: Fault) {
        self.0.push(FieldError { field: path.to_string(), fault });
    }

    pub(super) fn required(&mut self, at: &At<'_>, detail: &str) {
        self.add(&at.path, Fault::Required(detail.to_owned()));
    }

    pub(super) fn invalid(&mut self, at: &At<'_>, detail: impl Into<String>) {
        self.add(&at.path, Fault::Invalid { value: at.value.clone(), detail: detail.into() });
    }

    pub(super) fn forbidden(&mut self, at: &At<'_>, detail: &str) {
        self.add(&at.path, Fault::Forbidden(detail.to_owned()));
    }

    pub(super) fn duplicate(&mut self, at: &At<'_>) {
        self.add(&at.path, Fault::Duplicate(at.value.clone()));
    }

    pub(super) fn not_found(&mut self, at: &At<'_>) {
        self.add(&at.path, Fault::NotFound(at.value.clone()));
    }

    /// The value must be one of these.
    pub(super) fn one_of(&mut self, at: &At<'_>, supported: &'static [&'static str]) {
        if !supported.contains(&at.text()) {
            self.add(&at.path, Fault::Unsupported { value: at.value.clone(), supported });
        }
    }

    /// As [`Self::one_of`], when it is there.
    pub(super) fn one_of_if_set(&mut self, at: &At<'_>, supported: &'static [&'static str]) {
        if !at.is_empty() {
            self.one_of(at, supported);
        }
    }

    /// The number, when there is one, may not be below zero.
    pub(super) fn not_negative(&mut self, at: &At<'_>) {
        if at.int().is_some_and(|value| value < 0) {
            self.invalid(at, "must be greater than or equal to 0");
        }
    }

    /// The value must follow the rules, whose broken ones `check` names.
    pub(super) fn follow(&mut self, at: &At<'_>, check: fn(&str) -> Vec<String>) {
        for detail in check(at.text()) {
            self.invalid(at, detail);
        }
    }

    pub(super) fn into_vec(self) -> Vec<FieldError> {
        self.0
    }
}
