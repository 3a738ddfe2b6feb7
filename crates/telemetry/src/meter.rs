//! What counts and times: one tally for each interval, in as many parts as threads that add to it.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};

use crate::event::{Event, Happened};
use crate::label::Label;
use crate::registry;
use crate::spread::Spread;
use crate::tally::Tally;

/// Parts of one tally. More threads than this share parts, and then may wait for one another for some nanoseconds.
const PARTS: usize = 8;

/// What a series means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Things that happened, and how much of something.
    Counter,
    /// Values, mostly milliseconds.
    Sample,
}

/// One thread's part of a tally, in a cache line of its own.
#[derive(Debug)]
#[repr(align(64))]
struct Part(Mutex<Tally>);

/// What is known of a series beyond the interval that runs.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// Everything since the start, without the interval that runs.
    pub(crate) total: Tally,
    /// When something was last counted, in seconds since 1970.
    pub(crate) updated_secs: u64,
    /// How the values of the last interval were spread.
    pub(crate) spread: Vec<u32>,
}

/// A series of one name and one set of labels.
#[derive(Debug)]
pub struct Meter {
    pub(crate) kind: Kind,
    pub(crate) name: Cow<'static, str>,
    pub(crate) labels: Cow<'static, [Label]>,
    pub(crate) is_known: AtomicBool,
    parts: [Part; PARTS],
    pub(crate) spread: OnceLock<Spread>,
    ledger: Mutex<Ledger>,
}

impl Meter {
    /// A series.
    pub const fn new(kind: Kind, name: Cow<'static, str>, labels: Cow<'static, [Label]>) -> Self {
        Self {
            kind,
            name,
            labels,
            is_known: AtomicBool::new(false),
            parts: [const { Part(Mutex::new(Tally::EMPTY)) }; PARTS],
            spread: OnceLock::new(),
            ledger: Mutex::new(Ledger { total: Tally::EMPTY, updated_secs: 0, spread: Vec::new() }),
        }
    }

    /// Counts one value.
    #[inline]
    pub fn add(&self, value: f32) {
        self.parts[part()].0.lock().add(f64::from(value));
        let mode = registry::mode();
        if mode != registry::PLAIN {
            self.add_beyond(mode, value);
        }
    }

    /// Something took so long; it is shown in milliseconds.
    #[inline]
    pub fn took(&self, time: Duration) {
        self.add(millis(time));
    }

    /// What only some sinks need.
    #[cold]
    fn add_beyond(&self, mode: u8, value: f32) {
        if mode & registry::SPREADS != 0 && self.kind == Kind::Sample {
            self.spread.get_or_init(Spread::default).add(value);
        }
        if mode & registry::EVENTS != 0 {
            let happened = if self.kind == Kind::Counter { Happened::Counted } else { Happened::Sampled };
            registry::happened(Event { name: self.name.clone(), labels: self.labels.clone(), happened, value });
        }
    }

    /// What the running interval has so far.
    pub(crate) fn peek(&self) -> Tally {
        self.gather(|tally| *tally)
    }

    /// What the interval had; the next begins.
    pub(crate) fn take(&self) -> Tally {
        self.gather(|tally| std::mem::replace(tally, Tally::EMPTY))
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock()
    }

    fn gather(&self, mut each: impl FnMut(&mut Tally) -> Tally) -> Tally {
        let mut sum = Tally::EMPTY;
        for part in &self.parts {
            sum.merge(&each(&mut part.0.lock()));
        }
        sum
    }
}

/// The part of this thread.
fn part() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static PART: Cell<usize> = Cell::new(NEXT.fetch_add(1, Ordering::Relaxed) % PARTS);
    }
    // A thread that is ending has no such value any more.
    PART.try_with(Cell::get).unwrap_or(0)
}

/// Counts things that happen.
#[derive(Debug)]
pub struct Counter(Meter);

impl Counter {
    /// A counter of this name, without the prefix that all names have.
    pub const fn new(name: &'static str) -> Self {
        Self(Meter::new(Kind::Counter, Cow::Borrowed(name), Cow::Borrowed(&[])))
    }

    /// One more.
    #[inline]
    pub fn one(&'static self) {
        self.add(1.0);
    }

    /// So much more.
    #[inline]
    pub fn add(&'static self, amount: f32) {
        registry::know(&self.0);
        self.0.add(amount);
    }

    #[cfg(test)]
    pub(crate) fn meter(&self) -> &Meter {
        &self.0
    }
}

/// Measures values, mostly how long things take.
#[derive(Debug)]
pub struct Sample(Meter);

impl Sample {
    /// A sample of this name, without the prefix that all names have.
    pub const fn new(name: &'static str) -> Self {
        Self::labelled(name, &[])
    }

    /// A sample that fixed labels tell from others of its name.
    pub const fn labelled(name: &'static str, labels: &'static [Label]) -> Self {
        Self(Meter::new(Kind::Sample, Cow::Borrowed(name), Cow::Borrowed(labels)))
    }

    /// Something took so long; it is shown in milliseconds.
    #[inline]
    pub fn took(&'static self, time: Duration) {
        self.add(millis(time));
    }

    /// A value.
    #[inline]
    pub fn add(&'static self, value: f32) {
        registry::know(&self.0);
        self.0.add(value);
    }
}

/// Milliseconds, as go-metrics has them.
fn millis(time: Duration) -> f32 {
    time.as_nanos() as f32 / 1e6
}
