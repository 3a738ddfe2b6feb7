//! Looks at the Raft configuration all the time: whoever answers must tell of three voters.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use super::http;
use super::wait::repeat;

/// Somebody who looks at these addresses, whether a server is there or not.
pub(crate) struct Voters {
    over: Arc<AtomicBool>,
    looks: Arc<AtomicUsize>,
    watcher: JoinHandle<Vec<String>>,
}

impl Voters {
    pub(crate) fn watch(servers: Vec<SocketAddr>) -> Self {
        let (over, looks) = <(Arc<AtomicBool>, Arc<AtomicUsize>)>::default();
        let (is_over, count) = (Arc::clone(&over), Arc::clone(&looks));
        let watcher = thread::spawn(move || {
            let mut wrong = Vec::new();
            repeat(|| {
                for &server in &servers {
                    let Some(answer) = look(server) else { continue };
                    count.fetch_add(1, Ordering::Relaxed);
                    wrong.extend(answer.err());
                }
                is_over.load(Ordering::Relaxed).then_some(())
            });
            wrong
        });
        Self { over, looks, watcher }
    }

    /// Fails unless there were three voters at every look.
    #[track_caller]
    pub(crate) fn were_always_three(self) {
        self.over.store(true, Ordering::Relaxed);
        let wrong = self.watcher.join().expect("the watcher does not panic");
        assert!(self.looks.load(Ordering::Relaxed) > 0, "nobody ever answered");
        assert!(wrong.is_empty(), "not three voters: {wrong:#?}");
    }
}

fn look(server: SocketAddr) -> Option<Result<(), String>> {
    let answer = http::get(server, "/v1/operator/raft/configuration?stale").ok()?;
    if answer.status != 200 {
        return Some(Err(format!("{server}: {answer:?}")));
    }
    let told = answer.json();
    let voters = told["Servers"].as_array().expect("a list").iter().filter(|peer| peer["Voter"] == true).count();
    Some(if voters == 3 { Ok(()) } else { Err(format!("{server}: {told}")) })
}
