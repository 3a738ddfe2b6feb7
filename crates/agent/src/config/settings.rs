//! The settings of all sources, merged: later sources win, lists are joined. Nothing is defaulted or understood here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::key;
use super::origin::Origin;

/// One value, of the kind that its key takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Boolean(bool),
    Integer(i64),
    /// A number with a fraction, in whole thousandths.
    Thousandths(i64),
    Text(String),
    Duration(Duration),
    Texts(Vec<String>),
    Map(BTreeMap<String, String>),
}

/// What was set, and where last.
#[derive(Debug, Default)]
pub(super) struct Settings {
    values: BTreeMap<&'static str, (Setting, Origin)>,
}

/// The values of all keys that were set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written(BTreeMap<&'static str, Setting>);

impl Written {
    /// The keys that were set otherwise, or not at all, in `before`, and those that are set no more.
    pub(super) fn different_from(&self, before: &Self) -> Vec<&'static str> {
        let all: BTreeSet<_> = self.0.keys().chain(before.0.keys()).copied().collect();
        all.into_iter().filter(|key| self.0.get(key) != before.0.get(key)).collect()
    }
}

impl Settings {
    /// Everything that was set, without the places.
    pub(super) fn written(&self) -> Written {
        Written(self.values.iter().map(|(key, (setting, _))| (*key, setting.clone())).collect())
    }

    /// Takes one more setting; the caller has checked that it is of the key's kind.
    pub(super) fn add(&mut self, path: &'static str, setting: Setting, origin: Origin) {
        match (self.values.get_mut(path), setting) {
            (Some((Setting::Texts(before), _)), Setting::Texts(more)) => before.extend(more),
            (Some((Setting::Map(before), _)), Setting::Map(more)) => before.extend(more),
            (_, setting) => {
                self.values.insert(path, (setting, origin));
            }
        }
    }

    pub(super) fn origin(&self, path: &str) -> Option<&Origin> {
        self.get(path).map(|(_, origin)| origin)
    }

    pub(super) fn boolean(&self, path: &str) -> Option<bool> {
        match self.get(path)? {
            (Setting::Boolean(value), _) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn integer(&self, path: &str) -> Option<i64> {
        match self.get(path)? {
            (Setting::Integer(value), _) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn thousandths(&self, path: &str) -> Option<i64> {
        match self.get(path)? {
            (Setting::Thousandths(value), _) => Some(*value),
            _ => None,
        }
    }

    /// A text; an empty one counts as not set, as in Consul.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        match self.get(path)? {
            (Setting::Text(value), _) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    pub(super) fn duration(&self, path: &str) -> Option<Duration> {
        match self.get(path)? {
            (Setting::Duration(value), _) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn texts(&self, path: &str) -> &[String] {
        match self.get(path) {
            Some((Setting::Texts(values), _)) => values,
            _ => &[],
        }
    }

    pub(super) fn map(&self, path: &str) -> BTreeMap<String, String> {
        match self.get(path) {
            Some((Setting::Map(values), _)) => values.clone(),
            _ => BTreeMap::new(),
        }
    }

    fn get(&self, path: &str) -> Option<&(Setting, Origin)> {
        debug_assert!(key::find(path).is_some(), "{path} is in the table of keys");
        self.values.get(path)
    }
}
