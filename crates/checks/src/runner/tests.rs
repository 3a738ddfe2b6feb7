//! When attempts are made and told, mostly on virtual time.

use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};

use super::*;
use crate::network::Network;
use crate::tcp::Tcp;
use crate::thresholds::Thresholds;

const INTERVAL: Duration = Duration::from_secs(10);

/// Whoever is asked by no network: the outcome is the same each time.
fn broken(thresholds: Thresholds) -> Repeated {
    let tcp = Tcp { target: "no address".to_owned(), timeout: INTERVAL, network: Network::default() };
    Repeated { probe: Probe::Tcp(tcp), interval: INTERVAL, thresholds }
}

fn start(repeated: Repeated, seed: u64) -> (Runner, mpsc::Receiver<Report>) {
    let (reports, heard) = mpsc::channel(1);
    (Runner::start("web".into(), repeated, Rng::seeded(seed), reports), heard)
}

#[tokio::test(start_paused = true)]
async fn the_first_attempt_comes_at_a_random_point_of_the_interval_and_the_others_after_it() {
    let mut firsts = Vec::new();
    for seed in 0..8 {
        let began = Instant::now();
        let (_runner, mut reports) = start(broken(Thresholds::default()), seed);
        let report = reports.recv().await.unwrap();
        assert_eq!((&*report.id, report.outcome.status), ("web", Status::Critical));
        let first = Instant::now();
        assert!(first - began <= INTERVAL, "{:?}", first - began);
        firsts.push(first - began);
        reports.recv().await.unwrap();
        // Timers have a grain of a millisecond.
        assert!((INTERVAL..INTERVAL + Duration::from_millis(2)).contains(&first.elapsed()), "{:?}", first.elapsed());
    }
    firsts.sort();
    firsts.dedup();
    assert!(firsts.len() > 4, "{firsts:?}");
}

#[tokio::test(start_paused = true)]
async fn only_what_reaches_its_threshold_is_told() {
    let began = Instant::now();
    let (_runner, mut reports) = start(broken(Thresholds::new(0, 0, 3)), 1);
    reports.recv().await.unwrap();
    assert!(began.elapsed() >= INTERVAL * 2);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_runner_asks_no_more() {
    let (runner, mut reports) = start(broken(Thresholds::default()), 1);
    reports.recv().await.unwrap();
    drop(runner);
    while reports.recv().await.is_some() {}
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_holds_the_check_up_and_no_reports_pile_up() {
    let (_runner, mut reports) = start(broken(Thresholds::default()), 1);
    tokio::time::sleep(INTERVAL * 100).await;
    // One waits in the queue, one in the runner.
    reports.recv().await.unwrap();
    reports.recv().await.unwrap();
    assert!(timeout(INTERVAL / 2, reports.recv()).await.is_err());
}

#[tokio::test]
async fn a_server_that_comes_back_passes_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap().to_string();
    drop(listener);
    let tcp = Tcp { target: target.clone(), timeout: INTERVAL, network: Network::default() };
    let interval = Duration::from_millis(1);
    let repeated = Repeated { probe: Probe::Tcp(tcp), interval, thresholds: Thresholds::default() };
    let (_runner, mut reports) = start(repeated, 1);
    assert_eq!(reports.recv().await.unwrap().outcome.status, Status::Critical);
    let _listener = TcpListener::bind(&target).await.unwrap();
    while reports.recv().await.unwrap().outcome.status != Status::Passing {}
}
