//! The registry is one for the process, so each test has metrics of its own; what closes intervals is one test.

use super::*;
use crate::filter::{Filter, Rule};
use crate::label::Label;
use crate::meter::{Counter, Sample};

static REQUESTS: Counter = Counter::new("test.requests");
static WORK: Sample = Sample::labelled("test.work", const { &[Label::fixed("op", "set")] });
static HIDDEN: Counter = Counter::new("hidden.all");
static LEVEL: Gauge = Gauge::new("test.level");
static BY_SERVICE: Family = Family::counters("test.service", "service");
static CROWDED: Family = Family::samples_named("crowded");

/// Held by each test: the one that closes intervals also lets go what was not counted for long.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn count() {
    REQUESTS.one();
    REQUESTS.add(3.0);
    WORK.took(std::time::Duration::from_micros(250));
    LEVEL.set(7.0);
    BY_SERVICE.one("web");
    HIDDEN.one();
}

/// Everything a series has counted, whichever test closes intervals meanwhile.
fn counted(meter: &Meter) -> u64 {
    let _registry = REGISTRY.lock();
    let mut total = meter.ledger().total;
    total.merge(&meter.peek());
    total.count
}

fn counter<'a>(interval: &'a Interval, name: &str) -> Option<&'a Series> {
    interval.counters.iter().find(|series| series.name == name)
}

#[test]
fn an_interval_is_shown_when_it_is_over_and_sums_live_on() {
    let _alone = ONE_AT_A_TIME.lock();
    let rules = vec![Rule::parse("-consul.hidden").unwrap()];
    let filter = Filter { rules, ..Filter::default() };
    show_as(View { filter, retention_secs: 60, ..View::default() });
    tick(1_795_467_553);
    count();
    let running = interval(1_795_467_553);
    assert_eq!(running.timestamp, "2026-11-23 20:59:10 +0000 UTC");
    assert_eq!(counter(&running, "consul.test.requests").unwrap().sum, 4.0);

    tick(1_795_467_560);
    REQUESTS.one();
    let over = interval(1_795_467_565);
    assert_eq!(over.timestamp, "2026-11-23 20:59:10 +0000 UTC");
    let requests = counter(&over, "consul.test.requests").unwrap();
    assert_eq!((requests.count, requests.sum, requests.min, requests.max, requests.rate), (2, 4.0, 1.0, 3.0, 0.4));
    assert!(over.gauges.iter().any(|level| level.name == "consul.test.level" && level.value == 7.0));
    let work = over.samples.iter().find(|series| series.name == "consul.test.work").unwrap();
    assert_eq!((work.sum, work.labels["op"].as_str()), (0.25, "set"));
    assert_eq!(counter(&over, "consul.test.service").unwrap().labels["service"], "web");
    assert_eq!(counter(&over, "consul.hidden.all"), None);

    let text = prometheus(1_795_467_565).unwrap();
    assert!(text.contains("\nconsul_test_requests 5\n"), "{text}");
    assert!(text.contains("\nconsul_test_work{op=\"set\",quantile=\"0.5\"} 0.25"), "{text}");
    assert!(text.contains("\nconsul_test_work_count{op=\"set\"} 1\n"), "{text}");
    assert!(!text.contains("hidden"), "{text}");

    tick(1_795_467_570);
    tick(1_795_467_580);
    assert_eq!(counter(&interval(1_795_467_581), "consul.test.requests"), None);
    assert!(prometheus(1_795_467_630).unwrap().contains("consul_test_requests 5"));
    let late = prometheus(1_795_467_631).unwrap();
    assert!(!late.contains("consul_test_requests"), "after the retention time: {late}");
    REQUESTS.one();
    let again = prometheus(1_795_467_640).unwrap();
    assert!(again.contains("\nconsul_test_requests 6\n"), "it goes on where it was: {again}");
}

#[test]
fn label_sets_beyond_the_bound_are_counted_together() {
    let _alone = ONE_AT_A_TIME.lock();
    for number in 0..proconsul_base::limit::METRIC_LABELS + 10 {
        CROWDED.of(&number.to_string()).add(1.0);
    }
    assert_eq!(counted(&CROWDED.of("_other")), 10);
    let mut members = 0;
    CROWDED.each(|_| members += 1);
    assert_eq!(members, proconsul_base::limit::METRIC_LABELS + 1);
}

#[test]
fn threads_add_to_one_tally() {
    let _alone = ONE_AT_A_TIME.lock();
    static SHARED: Counter = Counter::new("test.shared");
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| (0..1000).for_each(|_| SHARED.one()));
        }
    });
    assert_eq!(counted(SHARED.meter()), 12_000);
}
