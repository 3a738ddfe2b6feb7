//! A check that somebody else tells how it is, and that turns critical when nobody does for too long.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::outcome::Outcome;
use crate::runner::Report;

/// The timer of such a check; it stops when this is dropped.
#[derive(Debug)]
pub struct Ttl {
    told: watch::Sender<Told>,
    _task: JoinSet<()>,
}

/// When the check was told something last, and what.
#[derive(Debug)]
struct Told {
    at: Instant,
    output: String,
}

impl Ttl {
    /// Starts the timer now.
    pub fn start(id: Arc<str>, ttl: Duration, reports: mpsc::Sender<Report>) -> Self {
        let (told, heard) = watch::channel(Told { at: Instant::now(), output: String::new() });
        let mut task = JoinSet::new();
        task.spawn(follow(id, ttl, heard, reports));
        Self { told, _task: task }
    }

    /// The check was told this; the time begins anew.
    pub fn renew(&self, output: &str) {
        self.told.send_replace(Told { at: Instant::now(), output: output.to_owned() });
    }
}

async fn follow(id: Arc<str>, ttl: Duration, mut heard: watch::Receiver<Told>, reports: mpsc::Sender<Report>) {
    loop {
        let until = heard.borrow_and_update().at + ttl;
        match timeout_at(until, heard.changed()).await {
            Ok(Ok(())) => continue,
            Ok(Err(_)) => return,
            Err(_) => {}
        }
        tracing::warn!(target: "agent", check = %id, "Check missed TTL, is now critical");
        let outcome = Outcome::critical(expired(&heard.borrow().output));
        if reports.send(Report { id: Arc::clone(&id), outcome }).await.is_err() || heard.changed().await.is_err() {
            return;
        }
    }
}

fn expired(last: &str) -> String {
    if last.is_empty() {
        "TTL expired".to_owned()
    } else {
        format!("TTL expired (last output before timeout follows): {last}")
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, sleep};

    use super::*;

    const TTL: Duration = Duration::from_secs(10);

    fn start() -> (Ttl, mpsc::Receiver<Report>, Instant) {
        let (reports, heard) = mpsc::channel(8);
        (Ttl::start("web".into(), TTL, reports), heard, Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_is_told_nothing_expires() {
        let (_ttl, mut reports, began) = start();
        let report = reports.recv().await.unwrap();
        assert_eq!((&*report.id, report.outcome), ("web", Outcome::critical("TTL expired")));
        assert_eq!(began.elapsed(), TTL);
    }

    #[tokio::test(start_paused = true)]
    async fn each_word_begins_the_time_anew_and_the_last_is_remembered() {
        let (ttl, mut reports, began) = start();
        for output in ["first", "fine"] {
            advance(TTL * 9 / 10).await;
            ttl.renew(output);
        }
        let report = reports.recv().await.unwrap();
        let expected = "TTL expired (last output before timeout follows): fine";
        assert_eq!((report.outcome, began.elapsed()), (Outcome::critical(expected), TTL * 28 / 10));
    }

    #[tokio::test(start_paused = true)]
    async fn an_expired_check_is_told_once_and_lives_again_when_it_is_told_something() {
        let (ttl, mut reports, began) = start();
        reports.recv().await.unwrap();
        sleep(TTL * 5).await;
        assert!(reports.try_recv().is_err());
        ttl.renew("");
        assert_eq!(reports.recv().await.unwrap().outcome, Outcome::critical("TTL expired"));
        assert_eq!(began.elapsed(), TTL * 7);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_timer_says_nothing_more() {
        let (ttl, mut reports, _) = start();
        drop(ttl);
        assert!(reports.recv().await.is_none());
    }
}
