//! Every metric of this process that has been used: closes intervals and shows them.
//!
//! A metric makes itself known when it is used for the first time. All nodes of one process count together, as in go-metrics.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use parking_lot::Mutex;
use proconsul_base::limit::METRIC_EVENTS;

use crate::INTERVAL_SECS;
use crate::event::Event;
use crate::family::Family;
use crate::gauge::Gauge;
use crate::interval::{Interval, Level, Series};
use crate::meter::{Kind, Meter};
use crate::spread::quantile;
use crate::text::prometheus::{Exposed, Shown};
use crate::view::View;

/// Nothing beyond the tally of each interval.
pub(crate) const PLAIN: u8 = 0;
/// The spread of samples is kept as well, for quantiles.
pub(crate) const SPREADS: u8 = 1;
/// Each event is kept for a sink.
pub(crate) const EVENTS: u8 = 2;

static MODE: AtomicU8 = AtomicU8::new(PLAIN);
static REGISTRY: Mutex<Registry> = Mutex::new(Registry::NEW);
static EVENT_QUEUE: Mutex<VecDeque<Event>> = Mutex::new(VecDeque::new());
static LOST: AtomicU64 = AtomicU64::new(0);

/// Shares that the Prometheus form tells, as go-metrics' does.
const QUANTILES: [f64; 3] = [0.5, 0.9, 0.99];

struct Registry {
    meters: Vec<&'static Meter>,
    families: Vec<&'static Family>,
    gauges: Vec<&'static Gauge>,
    view: Option<Arc<View>>,
    finished: Option<Arc<Interval>>,
    /// Which interval runs, counted since 1970.
    running: Option<u64>,
}

/// Says how metrics are shown from now on.
pub fn show_as(view: View) {
    let spreads = if view.retention_secs > 0 { SPREADS } else { PLAIN };
    MODE.fetch_and(!SPREADS, Ordering::Relaxed);
    MODE.fetch_or(spreads, Ordering::Relaxed);
    REGISTRY.lock().view = Some(Arc::new(view));
}

/// How metrics are shown.
pub fn view() -> Arc<View> {
    REGISTRY.lock().view()
}

/// Tells the time, at least once in ten seconds: when the interval that runs is over, the next begins.
pub fn tick(now_secs: u64) {
    let mut registry = REGISTRY.lock();
    let slot = now_secs / INTERVAL_SECS;
    let running = registry.running.replace(slot);
    if running.is_some_and(|running| running < slot) {
        registry.close(now_secs);
    }
}

/// The last interval that is over.
pub fn finished() -> Option<Arc<Interval>> {
    REGISTRY.lock().finished.clone()
}

/// The last interval that is over; before there is one, what has been counted so far.
pub fn interval(now_secs: u64) -> Arc<Interval> {
    REGISTRY.lock().interval(now_secs)
}

/// Everything since the start in the text form of Prometheus; `None` when that form is off.
pub fn prometheus(now_secs: u64) -> Option<String> {
    let mut registry = REGISTRY.lock();
    let view = registry.view();
    (view.retention_secs > 0).then(|| crate::text::prometheus::text(registry.exposed(&view, now_secs)))
}

/// Whether each event is kept until [`take_events`] takes it. There is a bound; events beyond it are only counted.
pub fn keep_events(is_wanted: bool) {
    if is_wanted {
        MODE.fetch_or(EVENTS, Ordering::Relaxed);
    } else {
        MODE.fetch_and(!EVENTS, Ordering::Relaxed);
        EVENT_QUEUE.lock().clear();
    }
}

/// The events since it was last called, and how many were lost.
pub fn take_events() -> (VecDeque<Event>, u64) {
    (std::mem::take(&mut *EVENT_QUEUE.lock()), LOST.swap(0, Ordering::Relaxed))
}

pub(crate) fn mode() -> u8 {
    MODE.load(Ordering::Relaxed)
}

pub(crate) fn happened(event: Event) {
    let mut events = EVENT_QUEUE.lock();
    if events.len() < METRIC_EVENTS {
        events.push_back(event);
    } else {
        LOST.fetch_add(1, Ordering::Relaxed);
    }
}

#[inline]
pub(crate) fn know(meter: &'static Meter) {
    if !meter.is_known.load(Ordering::Relaxed) {
        know_first(meter);
    }
}

#[cold]
fn know_first(meter: &'static Meter) {
    if !meter.is_known.swap(true, Ordering::Relaxed) {
        REGISTRY.lock().meters.push(meter);
    }
}

pub(crate) fn know_family(family: &'static Family) {
    REGISTRY.lock().families.push(family);
}

pub(crate) fn know_gauge(gauge: &'static Gauge) {
    REGISTRY.lock().gauges.push(gauge);
}

impl Registry {
    const NEW: Self = Self {
        meters: Vec::new(),
        families: Vec::new(),
        gauges: Vec::new(),
        view: None,
        finished: None,
        running: None,
    };

    fn view(&mut self) -> Arc<View> {
        Arc::clone(self.view.get_or_insert_default())
    }

    fn close(&mut self, now_secs: u64) {
        let view = self.view();
        let begun = (now_secs - now_secs % INTERVAL_SECS).saturating_sub(INTERVAL_SECS);
        let mut interval = Interval::begun(begun);
        for gauge in &self.gauges {
            if let Some((value, name)) = gauge.take(now_secs).zip(view.gauge(gauge.name)) {
                interval.gauges.push(Level { name, value, labels: Default::default() });
            }
        }
        self.each(|meter| {
            let tally = meter.take();
            let mut ledger = meter.ledger();
            ledger.spread = meter.spread.get().map(|spread| spread.take()).unwrap_or_default();
            if tally.count > 0 {
                ledger.total.merge(&tally);
                ledger.updated_secs = now_secs;
                add(&mut interval, &view, meter, &tally);
            }
        });
        for family in &self.families {
            family.forget_idle(now_secs);
        }
        self.finished = Some(Arc::new(interval.sorted()));
    }

    fn interval(&mut self, now_secs: u64) -> Arc<Interval> {
        if let Some(finished) = &self.finished {
            return Arc::clone(finished);
        }
        let view = self.view();
        let mut interval = Interval::begun(now_secs - now_secs % INTERVAL_SECS);
        for gauge in &self.gauges {
            if let Some((value, name)) = gauge.peek().zip(view.gauge(gauge.name)) {
                interval.gauges.push(Level { name, value, labels: Default::default() });
            }
        }
        self.each(|meter| {
            let tally = meter.peek();
            if tally.count > 0 {
                add(&mut interval, &view, meter, &tally);
            }
        });
        Arc::new(interval.sorted())
    }

    fn exposed(&self, view: &View, now_secs: u64) -> Vec<Exposed> {
        let is_kept = |updated_secs: u64| now_secs.saturating_sub(updated_secs) <= view.retention_secs;
        let mut exposed = Vec::new();
        for gauge in &self.gauges {
            if let Some(name) =
                view.gauge(gauge.name).filter(|_| gauge.peek().is_some() || is_kept(gauge.updated_secs()))
            {
                exposed.push(Exposed { name, labels: Vec::new(), shown: Shown::Gauge(f64::from(gauge.level())) });
            }
        }
        self.each(|meter| {
            let (running, ledger) = (meter.peek(), meter.ledger());
            let mut total = ledger.total;
            total.merge(&running);
            if total.count == 0 || (running.count == 0 && !is_kept(ledger.updated_secs)) {
                return;
            }
            let Some(name) = view.meter(&meter.name) else { return };
            let shown = match meter.kind {
                Kind::Counter => Shown::Counter(total.sum),
                Kind::Sample => {
                    let recent = meter.spread.get().map(|spread| spread.counts()).unwrap_or_default();
                    let quantiles = QUANTILES.map(|share| (share, quantile(share, [&recent, &ledger.spread])));
                    Shown::Summary { quantiles, sum: total.sum, count: total.count }
                }
            };
            exposed.push(Exposed { name, labels: meter.labels.to_vec(), shown });
        });
        exposed
    }

    fn each(&self, mut look: impl FnMut(&Meter)) {
        self.meters.iter().for_each(|meter| look(meter));
        self.families.iter().for_each(|family| family.each(&mut look));
    }
}

fn add(interval: &mut Interval, view: &View, meter: &Meter, tally: &crate::tally::Tally) {
    let Some(name) = view.meter(&meter.name) else { return };
    let series = Series::of(name, &meter.labels, tally);
    match meter.kind {
        Kind::Counter => interval.counters.push(series),
        Kind::Sample => interval.samples.push(series),
    }
}

#[cfg(test)]
mod tests;
