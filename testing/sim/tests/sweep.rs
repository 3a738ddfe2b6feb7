//! A small sweep with every test run; the large one is `cargo xtask sim`.

use proconsul_sim::{Event, Options, Sweep, run, sweep};

#[test]
fn a_small_sweep_finds_nothing() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let found = sweep(Sweep { first: 0, seeds: 30, threads }, Options::steps(3000), &|_| ());
    let report = found.unwrap_or_else(|(_, failure)| panic!("{failure}"));
    assert_eq!(report.of(Event::Converged), 30);
}

#[test]
fn the_same_seed_gives_the_same_history() {
    let once = run(7, Options::steps(2000)).unwrap_or_else(|failure| panic!("{failure}"));
    let again = run(7, Options::steps(2000)).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(once, again);
}
