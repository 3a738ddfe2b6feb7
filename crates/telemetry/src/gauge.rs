//! How much there is of something.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use crate::event::{Event, Happened};
use crate::registry;

/// A level, as it was last told. An interval in which it was not told does not show it.
#[derive(Debug)]
pub struct Gauge {
    pub(crate) name: &'static str,
    value: AtomicU32,
    was_told: AtomicBool,
    is_known: AtomicBool,
    updated_secs: AtomicU64,
}

impl Gauge {
    /// A gauge of this name, without the prefix that all names have.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            value: AtomicU32::new(0),
            was_told: AtomicBool::new(false),
            is_known: AtomicBool::new(false),
            updated_secs: AtomicU64::new(0),
        }
    }

    /// Tells the level.
    pub fn set(&'static self, value: f32) {
        if !self.is_known.swap(true, Ordering::Relaxed) {
            registry::know_gauge(self);
        }
        self.value.store(value.to_bits(), Ordering::Relaxed);
        self.was_told.store(true, Ordering::Release);
        if registry::mode() & registry::EVENTS != 0 {
            registry::happened(Event {
                name: self.name.into(),
                labels: (&[]).into(),
                happened: Happened::Leveled,
                value,
            });
        }
    }

    /// The level, if it was told in the running interval.
    pub(crate) fn peek(&self) -> Option<f32> {
        self.was_told.load(Ordering::Acquire).then(|| self.level())
    }

    /// The level, if it was told in the interval that ends now.
    pub(crate) fn take(&self, now_secs: u64) -> Option<f32> {
        let was_told = self.was_told.swap(false, Ordering::Acquire);
        was_told.then(|| {
            self.updated_secs.store(now_secs, Ordering::Relaxed);
            self.level()
        })
    }

    pub(crate) fn level(&self) -> f32 {
        f32::from_bits(self.value.load(Ordering::Relaxed))
    }

    /// When it was last told, by the intervals that are over.
    pub(crate) fn updated_secs(&self) -> u64 {
        self.updated_secs.load(Ordering::Relaxed)
    }
}
