//! Clients that write without a pause and remember what was acknowledged.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use super::http::{self, Failure};
use super::wait::wait_until;

/// Running clients.
pub(crate) struct Load {
    progress: Arc<Progress>,
    clients: Vec<JoinHandle<Outcome>>,
}

/// What became of the writes.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Key and value of each write that was acknowledged.
    pub(crate) acknowledged: BTreeMap<String, String>,
    /// What the others were told.
    pub(crate) failed: Vec<String>,
}

#[derive(Default)]
struct Progress {
    over: AtomicBool,
    acknowledged: AtomicUsize,
}

impl Load {
    /// So many clients, each beginning at another one of these servers; each goes on to the next when one refuses connections.
    pub(crate) fn start(servers: &[SocketAddr], clients: usize) -> Self {
        let progress = Arc::new(Progress::default());
        let client = |number: usize| {
            let (progress, mut servers) = (Arc::clone(&progress), servers.to_vec());
            let first = number % servers.len();
            servers.rotate_left(first);
            thread::spawn(move || write(&progress, &mut servers, number))
        };
        let clients = (0..clients).map(client).collect();
        Self { progress, clients }
    }

    /// Waits until so many more writes have been acknowledged.
    pub(crate) fn goes_on_for(&self, writes: usize) {
        let acknowledged = || self.progress.acknowledged.load(Ordering::Relaxed);
        let goal = acknowledged() + writes;
        wait_until("writes are acknowledged", || match acknowledged() {
            enough if enough >= goal => Ok(()),
            fewer => Err(format!("{fewer} of {goal}")),
        });
    }

    pub(crate) fn stop(mut self) -> Outcome {
        self.progress.over.store(true, Ordering::Relaxed);
        let mut all = Outcome::default();
        for client in self.clients.drain(..) {
            let one = client.join().expect("clients do not panic");
            all.acknowledged.extend(one.acknowledged);
            all.failed.extend(one.failed);
        }
        all
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // A test that failed in between leaves no clients behind.
        self.progress.over.store(true, Ordering::Relaxed);
    }
}

impl Outcome {
    /// Fails unless all that was acknowledged is there.
    #[track_caller]
    pub(crate) fn assert_kept(&self, server: SocketAddr) {
        let stored: BTreeMap<String, String> = http::entries(server, "load/").into_iter().collect();
        let lost: Vec<_> = self.acknowledged.iter().filter(|(key, value)| stored.get(*key) != Some(value)).collect();
        assert!(!self.acknowledged.is_empty(), "nothing was written");
        assert!(
            lost.is_empty(),
            "{} of {} acknowledged writes are lost: {lost:?}",
            lost.len(),
            self.acknowledged.len()
        );
    }
}

fn write(progress: &Progress, servers: &mut [SocketAddr], client: usize) -> Outcome {
    let mut outcome = Outcome::default();
    let mut number = 0;
    while !progress.over.load(Ordering::Relaxed) {
        let key = format!("load/{client}/{number}");
        let value = format!("{client} wrote {number}");
        match http::put(servers[0], &format!("/v1/kv/{key}"), &value) {
            Ok(answer) if answer.is_done() => {
                outcome.acknowledged.insert(key, value);
                progress.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            // Nothing was asked: the same again, elsewhere.
            Err(Failure::Refused) => {
                servers.rotate_left(1);
                continue;
            }
            other => outcome.failed.push(format!("{key} at {}: {other:?}", servers[0])),
        }
        number += 1;
    }
    outcome
}
