//! The further names that found records point to: a node or service whose address is a name is told with that name's addresses.

use std::collections::BTreeMap;

use crate::address::{self, Address};
use crate::answer::instance::{self, Place};
use crate::health;
use crate::lookup::Found;
use crate::message::{Question, Record, kind};
use crate::name::Name;
use crate::question::Asked;
use crate::settings::Settings;

/// How many names deep is followed.
pub const DEPTH: usize = 3;

/// What names that were followed led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chased(BTreeMap<Box<[u8]>, Vec<Record>>);

impl Chased {
    /// Takes what a name led to.
    pub fn insert(&mut self, name: &Name, records: Vec<Record>) {
        self.0.insert(name.to_lowercase().as_bytes().into(), records);
    }

    /// What a name led to; nothing when it was not followed.
    pub(crate) fn of(&self, name: &Name) -> &[Record] {
        match self.0.is_empty() {
            true => &[],
            false => self.0.get(name.to_lowercase().as_bytes()).map_or(&[], Vec::as_slice),
        }
    }
}

/// The names to follow for this answer, each once.
pub fn targets(asked: &Asked, found: &Found<'_>, question: &Question, settings: &Settings) -> Vec<Name> {
    let mut targets: Vec<Name> = Vec::new();
    let mut add = |text: &str| {
        if let Ok(name) = Name::from_text(text)
            && !targets.contains(&name)
        {
            targets.push(name);
        }
    };
    match found {
        Found::Node(node) if question.kind != kind::TXT => {
            if let Some(Address::Name(name)) = address::of_node(node, question.kind).map(address::read) {
                add(name);
            }
        }
        Found::Instances(instances) if matches!(asked, Asked::Service(_)) => {
            let named = instances.iter().filter(|one| instance::may_have_name(one));
            for told in named.filter(|one| health::is_told(one, settings.only_passing)) {
                if let Some(Place::Name(name)) = instance::place(told, question) {
                    add(name);
                }
            }
        }
        Found::Queried { instances, .. } => {
            for told in instances.iter().filter(|one| instance::may_have_name(one)) {
                if let Some(Place::Name(name)) = instance::place(told, question) {
                    add(name);
                }
            }
        }
        _ => {}
    }
    targets
}
