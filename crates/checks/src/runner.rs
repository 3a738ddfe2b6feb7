//! When a probe is carried out: for the first time at a random point of its interval, then again and again, never twice at once.

use std::sync::Arc;
use std::time::Duration;

use proconsul_base::rand::Rng;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::outcome::{Outcome, Status};
use crate::plan::Repeated;
use crate::probe::Probe;

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The check.
    pub id: Arc<str>,
    /// What came of it.
    pub outcome: Outcome,
}

/// A probe that is repeated until this is dropped; an attempt that is under way ends then.
#[derive(Debug)]
pub struct Runner {
    _task: JoinSet<()>,
}

impl Runner {
    /// Starts. Whoever is slow to take reports slows the check, not the memory.
    pub fn start(id: Arc<str>, repeated: Repeated, rng: Rng, reports: mpsc::Sender<Report>) -> Self {
        let mut task = JoinSet::new();
        let Repeated { probe, interval, thresholds } = repeated;
        task.spawn(async move {
            let mut thresholds = thresholds;
            repeat(
                &id,
                &probe,
                interval,
                rng,
                |outcome| {
                    let report = thresholds.after(outcome).map(|outcome| Report { id: Arc::clone(&id), outcome });
                    if report.is_none() {
                        tracing::debug!(target: "agent", check = %id, "Check has not reached its threshold");
                    }
                    report
                },
                reports,
            )
            .await;
        });
        Self { _task: task }
    }
}

async fn repeat(
    id: &str,
    probe: &Probe,
    interval: Duration,
    mut rng: Rng,
    mut judge: impl FnMut(Outcome) -> Option<Report>,
    reports: mpsc::Sender<Report>,
) {
    // So that checks of the same interval do not all come at once.
    sleep(rng.duration_below(interval)).await;
    loop {
        let outcome = probe.run().await;
        log(id, &outcome);
        if let Some(report) = judge(outcome)
            && reports.send(report).await.is_err()
        {
            return;
        }
        sleep(interval).await;
    }
}

fn log(id: &str, outcome: &Outcome) {
    match outcome.status {
        Status::Passing => tracing::debug!(target: "agent", check = id, "Check is passing"),
        Status::Warning => tracing::warn!(target: "agent", check = id, "Check is now warning"),
        Status::Critical => {
            tracing::warn!(target: "agent", check = id, output = outcome.output, "Check is now critical");
        }
    }
}

#[cfg(test)]
mod tests;
