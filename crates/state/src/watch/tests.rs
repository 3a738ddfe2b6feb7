//! Who is woken by what, without a runtime: a watch is asked whether it has changed.

use std::mem::size_of;

use proconsul_base::limit;

use super::{Table, Topic, Watch, Watches};
use crate::wake::Wake;

fn wake(watches: &Watches, key: &str) {
    watches.wake([Wake::Key(key.into())].into_iter());
}

#[test]
fn a_write_wakes_its_key_and_the_prefixes_it_is_under() {
    let watches = Watches::new();
    let concerned = [Topic::Key("a/b"), Topic::Prefix(""), Topic::Prefix("a"), Topic::Prefix("a/b")];
    let others = [Topic::Key("a"), Topic::Key("a/"), Topic::Prefix("a/b/"), Topic::Prefix("b"), Topic::Key("a/bc")];
    let awake: Vec<Watch<'_>> = concerned.iter().map(|topic| watches.watch(*topic)).collect();
    let asleep: Vec<Watch<'_>> = others.iter().map(|topic| watches.watch(*topic)).collect();
    wake(&watches, "a/b");
    awake.iter().zip(concerned).for_each(|(watch, topic)| assert!(watch.has_changed(), "{topic:?}"));
    asleep.iter().zip(others).for_each(|(watch, topic)| assert!(!watch.has_changed(), "{topic:?}"));
}

#[test]
fn a_table_and_its_rows_are_watched_apart() {
    let watches = Watches::new();
    let topics = [Topic::Table(Table::Services), Topic::Row(Table::Services, "web"), Topic::Row(Table::Nodes, "web")];
    let awake = |watches: &Watches, change: Wake| {
        let all = topics.map(|topic| watches.watch(topic));
        watches.wake([change].into_iter());
        all.map(|watch| watch.has_changed())
    };
    assert_eq!(awake(&watches, Wake::Table(Table::Services)), [true, false, false]);
    assert_eq!(awake(&watches, Wake::Row(Table::Services, "web".into())), [false, true, false]);
    assert_eq!(awake(&watches, Wake::Row(Table::Services, "db".into())), [false, false, false]);
}

#[test]
fn a_watched_length_is_forgotten_with_its_last_watch() {
    let watches = Watches::new();
    let first = watches.watch(Topic::Prefix("abc"));
    let second = watches.watch(Topic::Prefix("xyz"));
    assert_eq!(watches.lengths.read().len(), 1);
    drop(first);
    assert_eq!(watches.lengths.read().len(), 1);
    drop(second);
    assert!(watches.lengths.read().is_empty());
}

#[test]
fn with_too_many_lengths_a_watch_still_wakes() {
    let watches = Watches::new();
    let long = "x".repeat(4 * limit::WATCHED_PREFIX_LENGTHS);
    let all: Vec<Watch<'_>> = (1..long.len()).map(|bytes| watches.watch(Topic::Prefix(&long[..bytes]))).collect();
    let other = watches.watch(Topic::Prefix("y"));
    assert!(watches.lengths.read().len() <= limit::WATCHED_PREFIX_LENGTHS + 1);
    wake(&watches, &long);
    assert!(all.iter().all(Watch::has_changed));
    assert!(!other.has_changed());
}

#[test]
fn a_parked_watch_is_small() {
    let watches = Watches::new();
    let mut watch = watches.watch(Topic::Key("a"));
    assert!(size_of_val(&watch.changed()) <= 128);
    assert!(size_of::<Watch<'_>>() <= 64);
}
