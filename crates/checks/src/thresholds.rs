//! How many attempts in a row must agree before a check changes.

use crate::outcome::{Outcome, Status};

/// Counts attempts in a row. Zeros ask for one attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Thresholds {
    success_before_passing: u64,
    failures_before_warning: u64,
    failures_before_critical: u64,
    successes: u64,
    failures: u64,
}

impl Thresholds {
    /// From what a user asked for; a warning comes with the critical state unless it is asked for earlier.
    pub(crate) fn new(
        success_before_passing: i64,
        failures_before_warning: i64,
        failures_before_critical: i64,
    ) -> Self {
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        let failures_before_critical = count(failures_before_critical);
        Self {
            success_before_passing: count(success_before_passing),
            failures_before_warning: match count(failures_before_warning) {
                0 => failures_before_critical,
                given => given,
            },
            failures_before_critical,
            ..Self::default()
        }
    }

    /// What is to be told after this attempt; `None` while too few agree.
    pub(crate) fn after(&mut self, outcome: Outcome) -> Option<Outcome> {
        if outcome.status == Status::Critical {
            self.successes = 0;
            self.failures += 1;
            if self.failures >= self.failures_before_critical {
                return Some(outcome);
            }
            let warns = self.failures >= self.failures_before_warning;
            return warns.then_some(Outcome { status: Status::Warning, ..outcome });
        }
        self.failures = 0;
        self.successes += 1;
        (self.successes >= self.success_before_passing).then_some(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::Status::{Critical, Passing, Warning};
    use super::*;

    fn told(mut thresholds: Thresholds, attempts: &[Status]) -> Vec<Option<Status>> {
        let attempt = |&status| Outcome { status, output: String::new() };
        attempts.iter().map(|status| thresholds.after(attempt(status)).map(|outcome| outcome.status)).collect()
    }

    #[test]
    fn without_thresholds_each_attempt_is_told() {
        let attempts = [Passing, Critical, Warning, Critical];
        assert_eq!(told(Thresholds::new(0, 0, 0), &attempts), attempts.map(Some));
    }

    #[test]
    fn a_check_passes_after_so_many_successes_in_a_row_of_which_a_warning_is_one() {
        let attempts = [Passing, Critical, Passing, Warning, Passing];
        assert_eq!(
            told(Thresholds::new(2, 0, 0), &attempts),
            [None, Some(Critical), None, Some(Warning), Some(Passing)]
        );
    }

    #[test]
    fn a_check_is_critical_after_so_many_failures_in_a_row() {
        let attempts = [Critical, Critical, Passing, Critical, Critical, Critical];
        let expected = [None, None, Some(Passing), None, None, Some(Critical)];
        assert_eq!(told(Thresholds::new(0, 0, 3), &attempts), expected);
    }

    #[test]
    fn a_warning_may_come_before_the_critical_state() {
        let attempts = [Critical; 4];
        assert_eq!(told(Thresholds::new(0, 2, 3), &attempts), [None, Some(Warning), Some(Critical), Some(Critical)]);
    }
}
