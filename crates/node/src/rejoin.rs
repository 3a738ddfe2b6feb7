//! The members a client agent knew, kept on disk, so that it finds its cluster again after a restart without being told where.
//!
//! The file is serf's, `serf/local.snapshot` in the data directory, so that an agent can take the place of a Consul agent:
//!
//! ```text
//! alive: <name> <ip>:<port>
//! not-alive: <name>
//! leave                        everything before it counts only with rejoin_after_leave
//! ```
//!
//! Lines of other kinds are Lamport times; they are learned anew from whoever is joined.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proconsul_base::limit;
use proconsul_base::rand::Rng;
use proconsul_gossip::{Handle as Gossip, Status, View};
use tokio::task::spawn_blocking;

use crate::identity;

/// News that comes within this time is written together.
const LULL: Duration = Duration::from_millis(500);

/// Where the members are kept.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    path: PathBuf,
    counts_after_leave: bool,
}

impl Memory {
    /// In this data directory. With `counts_after_leave` an agent that left finds its cluster again, too.
    pub(crate) fn new(data_dir: &Path, counts_after_leave: bool) -> Self {
        Self { path: data_dir.join("serf/local.snapshot"), counts_after_leave }
    }

    /// Joins one of the members that were known, in random order, unless there are none.
    pub(crate) async fn rejoin(&self, gossip: &Gossip, mut rng: Rng) {
        let known = match std::fs::read_to_string(&self.path) {
            Ok(text) => known(&text, &gossip.local().name, self.counts_after_leave),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => {
                tracing::warn!(target: "agent.client.serf.lan", path = %self.path.display(), %error, "the members known before cannot be read");
                return;
            }
        };
        let mut known: Vec<_> = known.into_iter().collect();
        rng.shuffle(&mut known);
        for (name, address) in &known {
            tracing::info!(target: "agent.client.serf.lan", name, %address, "serf: Attempting re-join to previously known node");
            if gossip.join(&[*address]).await.is_ok_and(|report| report.reached > 0) {
                tracing::info!(target: "agent.client.serf.lan", name, %address, "serf: Re-joined to previously known node");
                return;
            }
        }
        if !known.is_empty() {
            tracing::warn!(target: "agent.client.serf.lan", "serf: Failed to re-join any previously known node");
        }
    }

    /// Keeps the file at what gossip sees, until gossip stops.
    pub(crate) async fn follow(self, gossip: Gossip) {
        let mut view = gossip.view();
        let mut written = String::new();
        loop {
            let text = written_form(&view.borrow_and_update());
            if text != written {
                written.clone_from(&text);
                self.write(text).await;
            }
            tokio::time::sleep(LULL).await;
            if view.changed().await.is_err() {
                return;
            }
        }
    }

    /// Remembers that the agent leaves: after that it does not come back by itself.
    pub(crate) async fn leave(&self, gossip: &Gossip) {
        let text = written_form(&gossip.view().borrow());
        self.write(text + "leave\n").await;
    }

    async fn write(&self, text: String) {
        let path = self.path.clone();
        let done = spawn_blocking(move || {
            std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
            identity::replace(&path, &text)
        })
        .await;
        if let Ok(Err(error)) = done {
            tracing::warn!(target: "agent.client.serf.lan", path = %self.path.display(), %error, "the members cannot be kept for the next start");
        }
    }
}

/// An agent that leaves on purpose ends the file with that.
fn written_form(view: &View) -> String {
    let alive = view.members.iter().filter(|member| member.status == Status::Alive).take(limit::REJOIN_MEMBERS);
    let mut text: String = alive.map(|member| format!("alive: {} {}\n", member.name, member.address)).collect();
    if view.local.status != Status::Alive {
        text.push_str("leave\n");
    }
    text
}

/// Who was alive at the end of the file, but for the agent itself.
fn known(text: &str, me: &str, counts_after_leave: bool) -> BTreeMap<String, SocketAddr> {
    let mut known = BTreeMap::new();
    for line in text.lines() {
        if let Some(alive) = line.strip_prefix("alive: ") {
            // A name may hold blanks; an address does not.
            if let Some((name, Ok(address))) = alive.rsplit_once(' ').map(|(name, address)| (name, address.parse())) {
                known.insert(name.to_owned(), address);
            }
        } else if let Some(name) = line.strip_prefix("not-alive: ") {
            known.remove(name);
        } else if line == "leave" && !counts_after_leave {
            known.clear();
        }
    }
    known.remove(me);
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_consul_is_understood() {
        let text = "alive: c1 127.48.0.2:8301\nalive: s1 127.48.0.1:8301\nalive: s2 127.48.0.3:8301\nclock: 1\n\
                    event-clock: 2\nnot-alive: s2\n";
        let address = SocketAddr::from(([127, 48, 0, 1], 8301));
        assert_eq!(known(text, "c1", false), BTreeMap::from([("s1".to_owned(), address)]));
        let left = format!("{text}leave\n");
        assert_eq!(known(&left, "c1", false), BTreeMap::new());
        assert_eq!(known(&left, "c1", true).len(), 1);
        assert_eq!(known("alive: s1\nalive: s2 nowhere\n\u{0}rubbish", "c1", false), BTreeMap::new());
    }
}
