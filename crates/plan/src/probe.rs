//! Startup, readiness and liveness of one container, as a machine that is told results and asked what is due.
//!
//! Knows no socket: who runs a probe reports whether it passed.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Container, Probe};
use proconsul_base::time::Instant;

/// Which probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Holds the others back until it has passed.
    Startup,
    /// Says whether the container may get traffic.
    Readiness,
    /// Says whether the container must be started again.
    Liveness,
}

/// What a result leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing new.
    Same,
    /// Readiness or having started changed: the status is to be written.
    Changed,
    /// The container is to be killed and started again, with this grace period instead of the pod's, if there is one.
    Restart {
        /// Seconds.
        grace: Option<i64>,
    },
}

/// The probes of one run of a container. A restarted container gets a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probes {
    list: Vec<One>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct One {
    kind: Kind,
    period: Duration,
    successes_wanted: i32,
    failures_allowed: i32,
    grace: Option<i64>,
    due: Instant,
    /// How many results of the same sort came in a row; above zero for passes, below for failures.
    streak: i32,
    holds: bool,
}

impl Probes {
    /// The probes of a container that started now.
    pub fn new(container: &Container, now: Instant) -> Self {
        let kinds = [
            (Kind::Startup, &container.startup_probe),
            (Kind::Readiness, &container.readiness_probe),
            (Kind::Liveness, &container.liveness_probe),
        ];
        let list = kinds.into_iter().filter_map(|(kind, probe)| Some(One::new(kind, probe.as_ref()?, now))).collect();
        Self { list }
    }

    /// The probe that is due next, and when. `None` when there is nothing to ask for.
    pub fn next(&self) -> Option<(Kind, Instant)> {
        let is_held =
            |one: &&One| one.kind == Kind::Startup && one.holds || one.kind != Kind::Startup && !self.is_started();
        self.list.iter().filter(|one| !is_held(one)).min_by_key(|one| one.due).map(|one| (one.kind, one.due))
    }

    /// A probe that was due passed or failed.
    pub fn result(&mut self, kind: Kind, has_passed: bool, now: Instant) -> Verdict {
        let Some(one) = self.list.iter_mut().find(|one| one.kind == kind) else { return Verdict::Same };
        let held = one.holds;
        one.record(has_passed, now);
        match (kind, one.holds) {
            (Kind::Startup | Kind::Liveness, false) if one.streak <= -one.failures_allowed => {
                Verdict::Restart { grace: one.grace }
            }
            (Kind::Startup | Kind::Readiness, holds) if holds != held => Verdict::Changed,
            _ => Verdict::Same,
        }
    }

    /// Whether the startup probe has passed, or there is none.
    pub fn is_started(&self) -> bool {
        self.holds(Kind::Startup)
    }

    /// Whether the readiness probe says so, or there is none; never before the container has started.
    pub fn is_ready(&self) -> bool {
        self.is_started() && self.holds(Kind::Readiness)
    }

    fn holds(&self, kind: Kind) -> bool {
        self.list.iter().find(|one| one.kind == kind).is_none_or(|one| one.holds)
    }
}

impl One {
    fn new(kind: Kind, probe: &Probe, now: Instant) -> Self {
        let seconds = |value: Option<i32>, default: u64| {
            Duration::from_secs(value.and_then(|value| u64::try_from(value).ok()).unwrap_or(default))
        };
        Self {
            kind,
            period: seconds(probe.period_seconds, 10).max(Duration::from_secs(1)),
            successes_wanted: probe.success_threshold.unwrap_or(1).max(1),
            failures_allowed: probe.failure_threshold.unwrap_or(3).max(1),
            grace: probe.termination_grace_period_seconds,
            due: now + seconds(probe.initial_delay_seconds, 0),
            streak: 0,
            holds: kind == Kind::Liveness,
        }
    }

    fn record(&mut self, has_passed: bool, now: Instant) {
        self.due = now + self.period;
        let step = if has_passed { 1 } else { -1 };
        self.streak = if self.streak.signum() == step { self.streak.saturating_add(step) } else { step };
        if self.streak >= self.successes_wanted {
            self.holds = true;
        } else if self.streak <= -self.failures_allowed {
            self.holds = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn probes(container: serde_json::Value) -> Probes {
        Probes::new(&serde_json::from_value(container).unwrap(), Instant::ZERO)
    }

    fn at(seconds: u64) -> Instant {
        Instant::ZERO + Duration::from_secs(seconds)
    }

    #[test]
    fn a_container_without_probes_is_ready_at_once() {
        let probes = probes(json!({"name": "c"}));
        assert!(probes.is_ready());
        assert_eq!(probes.next(), None);
    }

    #[test]
    fn startup_holds_the_others_back() {
        let mut probes = probes(json!({
            "name": "c", "startupProbe": {"periodSeconds": 2, "failureThreshold": 2}, "readinessProbe": {}, "livenessProbe": {}
        }));
        assert_eq!(probes.next(), Some((Kind::Startup, at(0))));
        assert_eq!(probes.result(Kind::Startup, false, at(0)), Verdict::Same);
        assert_eq!(probes.next(), Some((Kind::Startup, at(2))));
        assert_eq!(probes.result(Kind::Startup, true, at(2)), Verdict::Changed);
        assert!(probes.is_started() && !probes.is_ready());
        assert_eq!(probes.next(), Some((Kind::Readiness, at(0))));
        assert_eq!(probes.result(Kind::Readiness, true, at(2)), Verdict::Changed);
        assert!(probes.is_ready());
        assert_eq!(probes.next(), Some((Kind::Liveness, at(0))));
    }

    #[test]
    fn readiness_is_lost_only_after_its_threshold_and_never_restarts() {
        let mut probes = probes(json!({"name": "c", "readinessProbe": {"failureThreshold": 2}}));
        assert_eq!(probes.result(Kind::Readiness, true, at(0)), Verdict::Changed);
        assert_eq!(probes.result(Kind::Readiness, false, at(10)), Verdict::Same);
        assert!(probes.is_ready());
        assert_eq!(probes.result(Kind::Readiness, false, at(20)), Verdict::Changed);
        assert_eq!(probes.result(Kind::Readiness, false, at(30)), Verdict::Same);
    }

    #[test]
    fn liveness_restarts_after_its_threshold() {
        let mut probes = probes(json!({
            "name": "c", "livenessProbe": {"initialDelaySeconds": 5, "failureThreshold": 2, "terminationGracePeriodSeconds": 3}
        }));
        assert_eq!(probes.next(), Some((Kind::Liveness, at(5))));
        assert_eq!(probes.result(Kind::Liveness, false, at(5)), Verdict::Same);
        assert_eq!(probes.result(Kind::Liveness, true, at(15)), Verdict::Same);
        assert_eq!(probes.result(Kind::Liveness, false, at(25)), Verdict::Same);
        assert_eq!(probes.result(Kind::Liveness, false, at(35)), Verdict::Restart { grace: Some(3) });
    }
}
