//! A small sweep with every test run; the large one is `cargo xtask sim`.

use proconsul_sim::{Event, Options, Plant, Sweep, run, sweep};

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

#[test]
fn bugs_that_show_soon_are_found_soon() {
    for plant in [Plant::StaleRead, Plant::LostSnapshotTail, Plant::NoGeneration, Plant::OldIdentity] {
        let options = Options { plant: Some(plant), ..Options::steps(10_000) };
        assert!((0..40).any(|seed| run(seed, options).is_err()), "{plant:?} was not found");
    }
}
