//! The services and checks that this agent holds, with what surrounds them: a clock, chance, one change at a time.
//!
//! The same for servers and client agents. What is right and what is wrong, `agent::local` says.

mod calls;

use std::time::Instant as Clock;

use parking_lot::Mutex;
use proconsul_agent::Config;
use proconsul_agent::local::{Scripts, Settings, Shared, State};
use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;

/// How much of an output is kept, in bytes: Consul's `DefaultBufSize`.
const OUTPUT_BYTES: usize = 4096;

/// What the agent holds.
pub(crate) struct LocalState {
    pub(crate) held: Shared,
    rng: Mutex<Rng>,
    began: Clock,
    /// Whoever plans a change holds this until it is made.
    turn: tokio::sync::Mutex<()>,
}

impl LocalState {
    /// Of an agent with this configuration; it holds nothing yet.
    pub(crate) fn new(config: &Config, rng: Rng) -> Self {
        let settings = Settings {
            node_name: config.node_name.as_str().into(),
            sidecar_ports: Some(21_000..=21_255),
            check_update_interval: std::time::Duration::from_secs(300),
            discard_check_output: false,
            scripts: Scripts::default(),
        };
        Self {
            held: Shared::new(State::new(settings)),
            rng: Mutex::new(rng),
            began: Clock::now(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The time on the clock that checks are counted by.
    pub(crate) fn now(&self) -> Instant {
        Instant::ZERO + self.began.elapsed()
    }

    /// What carrying a check out said.
    #[expect(dead_code, reason = "for whoever carries checks out")]
    pub(crate) fn update_check(&self, id: &str, status: &str, output: &str) {
        let (now, rng) = (self.now(), &mut *self.rng.lock());
        self.held.change(|state| state.update_check(id, status, output, now, rng));
    }
}
