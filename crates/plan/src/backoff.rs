//! How long a container that ended waits before it is started again.

use std::time::Duration;

/// The kubelet's first pause after the first, immediate restart.
pub const FIRST: Duration = Duration::from_secs(10);
/// The longest pause.
pub const LONGEST: Duration = Duration::from_secs(300);
/// A container that ran this long is forgiven its past.
pub const FORGIVEN_AFTER: Duration = Duration::from_secs(600);

/// The pauses of one container of one pod. A recreated pod starts with a fresh one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backoff {
    next: Option<Duration>,
}

impl Backoff {
    /// The container ended after running for `ran`. The answer is how long after its end it may start again: at once the first
    /// time, then 10 s, doubling to 5 min.
    pub fn ended(&mut self, ran: Duration) -> Duration {
        if ran >= FORGIVEN_AFTER {
            self.next = None;
        }
        let pause = self.next.unwrap_or(Duration::ZERO);
        self.next = Some(if pause.is_zero() { FIRST } else { (pause * 2).min(LONGEST) });
        pause
    }

    /// As after `restarts` restarts in a row, for a runtime that was itself started again.
    pub fn after(restarts: u32) -> Self {
        let mut backoff = Self::default();
        // Six steps reach the longest pause.
        (0..restarts.min(8)).for_each(|_| {
            backoff.ended(Duration::ZERO);
        });
        backoff
    }
}

/// The kubelet's message of a container that waits: `back-off 40s restarting failed container=c pod=web-0_default(uid)`.
pub fn message(pause: Duration, container: &str, pod: &str, namespace: &str, uid: &str) -> String {
    let pause = proconsul_base::text::duration::format(pause);
    format!("back-off {pause} restarting failed container={container} pod={pod}_{namespace}({uid})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes_and_a_long_run_resets_them() {
        let mut backoff = Backoff::default();
        let crash = Duration::from_secs(1);
        let pauses: Vec<u64> = (0..8).map(|_| backoff.ended(crash).as_secs()).collect();
        assert_eq!(pauses, [0, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(backoff.ended(FORGIVEN_AFTER).as_secs(), 0);
        assert_eq!(backoff.ended(crash).as_secs(), 10);
    }

    #[test]
    fn the_pauses_go_on_where_they_were_when_the_runtime_restarts() {
        let mut backoff = Backoff::default();
        (0..3).for_each(|_| {
            backoff.ended(Duration::ZERO);
        });
        assert_eq!(Backoff::after(3), backoff);
    }

    #[test]
    fn the_message_is_the_kubelets() {
        assert_eq!(
            message(Duration::from_secs(40), "c", "web-0", "default", "u"),
            "back-off 40s restarting failed container=c pod=web-0_default(u)"
        );
    }
}
