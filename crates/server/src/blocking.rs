//! Waiting for an index: a read that parks until what it shows has changed, or until its time is over.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_calls::read::{QueryTime, Wait};
use proconsul_state::store::Store;
use proconsul_state::watch::{Topic, Watch};
use tokio::time::{Instant, timeout_at};

/// The time one read waits: up to a sixteenth is added, so that reads that began together do not end together.
fn patience(time: QueryTime, wait: Wait, rng: &Mutex<Rng>) -> Duration {
    let asked = time.at_most(wait);
    asked + rng.lock().duration_below(asked / 16)
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended<T> {
    /// The index has passed the caller's.
    Passed(T, Index),
    /// The time is over.
    TimeOver,
}

/// What a waiting read depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topics<'a> {
    /// One topic, as nearly all do.
    One(Topic<'a>),
    /// Either of two.
    Either(Topic<'a>, Topic<'a>),
}

impl<'a> From<Topic<'a>> for Topics<'a> {
    fn from(topic: Topic<'a>) -> Self {
        Self::One(topic)
    }
}

/// The eyes of a waiting read. Those that have two keep what the second needs in a box, so that the others stay small.
struct Eyes<'a> {
    first: Watch<'a>,
    second: Option<Box<Watch<'a>>>,
}

impl<'a> Eyes<'a> {
    fn on(store: &'a Store, topics: Topics<'_>) -> Self {
        match topics {
            Topics::One(topic) => Self { first: store.watch(topic), second: None },
            Topics::Either(one, other) => Self { first: store.watch(one), second: Some(Box::new(store.watch(other))) },
        }
    }

    async fn changed(&mut self) {
        let Self { first, second } = self;
        let Some(second) = second else { return first.changed().await };
        let either = async {
            tokio::select! {
                () = first.changed() => {}
                () = second.changed() => {}
            }
        };
        Box::pin(either).await;
    }
}

/// Looks until the index has passed the caller's. A look that finds no newer index parks until a topic changes.
pub(crate) async fn wait<T>(
    store: &Arc<Store>,
    topics: Topics<'_>,
    wait: Wait,
    time: QueryTime,
    rng: &Mutex<Rng>,
    look: impl Fn(&Store) -> (T, Index),
) -> Ended<T> {
    let deadline = Instant::now() + patience(time, wait, rng);
    let mut eyes = Eyes::on(store, topics);
    loop {
        let (value, index) = look(store);
        if index > wait.index {
            return Ended::Passed(value, index);
        }
        drop(value);
        if timeout_at(deadline, eyes.changed()).await.is_err() {
            return Ended::TimeOver;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_has_consuls_default_limit_and_jitter() {
        let rng = Mutex::new(Rng::seeded(1));
        let of = |at_most: Option<u64>| {
            let wait = Wait { index: Index(1), at_most: at_most.map(Duration::from_secs) };
            patience(QueryTime::default(), wait, &rng).as_secs_f64()
        };
        for _ in 0..1000 {
            assert!((300.0..318.75).contains(&of(None)));
            assert!((300.0..318.75).contains(&of(Some(0))), "no time at all means the default");
            assert!((16.0..17.0).contains(&of(Some(16))));
            assert!((600.0..637.5).contains(&of(Some(86_400))));
        }
    }
}
