//! Series of one name, told apart by labels that come from outside.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::RwLock;
use proconsul_base::limit::METRIC_LABELS;

use crate::label::Label;
use crate::meter::{Kind, Meter};
use crate::registry;

/// The value that all share for whom there is no more room.
const OTHER: &str = "_other";

/// After how long a series that nobody adds to makes room: an hour.
const IDLE_SECS: u64 = 3600;

/// Series told apart by one label. There is a bound on how many; what comes beyond it is counted together.
#[derive(Debug)]
pub struct Family {
    kind: Kind,
    name: &'static str,
    label: Option<&'static str>,
    is_known: AtomicBool,
    members: RwLock<BTreeMap<Box<str>, Arc<Meter>>>,
}

impl Family {
    /// Counters of this name, one for each value of the label.
    pub const fn counters(name: &'static str, label: &'static str) -> Self {
        Self::new(Kind::Counter, name, Some(label))
    }

    /// Samples of this name, one for each value of the label.
    pub const fn samples(name: &'static str, label: &'static str) -> Self {
        Self::new(Kind::Sample, name, Some(label))
    }

    /// Counters whose name ends in what tells them apart.
    pub const fn counters_named(name: &'static str) -> Self {
        Self::new(Kind::Counter, name, None)
    }

    /// Samples whose name ends in what tells them apart.
    pub const fn samples_named(name: &'static str) -> Self {
        Self::new(Kind::Sample, name, None)
    }

    const fn new(kind: Kind, name: &'static str, label: Option<&'static str>) -> Self {
        Self { kind, name, label, is_known: AtomicBool::new(false), members: RwLock::new(BTreeMap::new()) }
    }

    /// One more for this value.
    pub fn one(&'static self, value: &str) {
        self.of(value).add(1.0);
    }

    /// Something took so long, for this value.
    pub fn took(&'static self, value: &str, time: Duration) {
        self.of(value).took(time);
    }

    /// The series of this value; to be kept by those who count often.
    pub fn of(&'static self, value: &str) -> Arc<Meter> {
        if !self.is_known.swap(true, Ordering::Relaxed) {
            registry::know_family(self);
        }
        if let Some(meter) = self.members.read().get(value) {
            return Arc::clone(meter);
        }
        let mut members = self.members.write();
        let value = if members.len() < METRIC_LABELS { value } else { OTHER };
        let made = || Arc::new(self.member(value));
        Arc::clone(members.entry(value.into()).or_insert_with(made))
    }

    /// All series.
    pub(crate) fn each(&self, mut look: impl FnMut(&Meter)) {
        self.members.read().values().for_each(|meter| look(meter));
    }

    /// Forgets series that nobody holds and nobody has added to for long.
    pub(crate) fn forget_idle(&self, now_secs: u64) {
        let is_idle = |meter: &Meter| meter.ledger().updated_secs + IDLE_SECS <= now_secs;
        self.members.write().retain(|_, meter| Arc::strong_count(meter) > 1 || !is_idle(meter));
    }

    fn member(&self, value: &str) -> Meter {
        let (name, labels) = match self.label {
            Some(label) => (
                Cow::Borrowed(self.name),
                vec![Label { name: Cow::Borrowed(label), value: Cow::Owned(value.to_owned()) }],
            ),
            None => (Cow::Owned(format!("{}.{value}", self.name)), Vec::new()),
        };
        Meter::new(self.kind, name, Cow::Owned(labels))
    }
}
