//! Who is connected: how many from where, and who is to be cut off.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use tokio::task::AbortHandle;

use crate::progress::{Clock, Progress};

/// All connections of one door, over all its listeners.
#[derive(Debug)]
pub(crate) struct Connections {
    clock: Arc<Clock>,
    per_client_max: AtomicUsize,
    max: usize,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    last: u64,
    open: HashMap<u64, Entry>,
    clients: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Entry {
    progress: Arc<Progress>,
    cut: Option<AbortHandle>,
}

/// A place among the connections; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    connections: Arc<Connections>,
    client: IpAddr,
    number: u64,
    progress: Arc<Progress>,
}

impl Connections {
    pub(crate) fn new(per_client_max: usize, max: usize) -> Arc<Self> {
        let per_client_max = AtomicUsize::new(per_client_max);
        Arc::new(Self { clock: Clock::new(), per_client_max, max, table: Mutex::default() })
    }

    /// From now on each client may have so many; those that are open stay.
    pub(crate) fn allow(&self, per_client_max: usize) {
        self.per_client_max.store(per_client_max, Ordering::Relaxed);
    }

    /// A place for one more connection of this client; `None` when it, or all together, have too many.
    pub(crate) fn admit(self: &Arc<Self>, client: IpAddr) -> Option<Place> {
        let mut table = self.table.lock();
        let theirs = table.clients.get(&client).copied().unwrap_or(0);
        if theirs >= self.per_client_max.load(Ordering::Relaxed) || table.open.len() >= self.max {
            return None;
        }
        let progress = Arc::new(Progress::new(self.clock.clone()));
        table.clients.insert(client, theirs + 1);
        table.last += 1;
        let number = table.last;
        table.open.insert(number, Entry { progress: progress.clone(), cut: None });
        drop(table);
        Some(Place { connections: self.clone(), client, number, progress })
    }

    /// Tells how to cut a connection off; does nothing when it has ended already.
    pub(crate) fn can_cut(&self, number: u64, cut: AbortHandle) {
        if let Some(entry) = self.table.lock().open.get_mut(&number) {
            entry.cut = Some(cut);
        }
    }

    /// A second is over: cuts off who had its time, and lets rest who is silent. To be called each second.
    pub(crate) fn sweep(&self) {
        let now = self.clock.advance();
        for entry in self.table.lock().open.values() {
            match &entry.cut {
                Some(cut) if entry.progress.is_stuck(now) => cut.abort(),
                _ => entry.progress.rest_if_silent(now),
            }
        }
    }
}

impl Place {
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn client(&self) -> IpAddr {
        self.client
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The same, to be held for longer than a request.
    pub(crate) fn watcher(&self) -> &Arc<Progress> {
        &self.progress
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.connections.table.lock();
        table.open.remove(&self.number);
        if let Some(theirs) = table.clients.get_mut(&self.client) {
            *theirs -= 1;
            if *theirs == 0 {
                table.clients.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_client_has_its_share_and_all_together_theirs() {
        let connections = Connections::new(2, 3);
        let client = |last| IpAddr::from(Ipv4Addr::new(192, 0, 2, last));
        let first = connections.admit(client(1));
        let second = connections.admit(client(1));
        assert!(first.is_some() && second.is_some());
        assert!(connections.admit(client(1)).is_none(), "the client's own limit");
        let third = connections.admit(client(2));
        assert!(third.is_some());
        assert!(connections.admit(client(3)).is_none(), "the limit of all");
        drop(first);
        assert!(connections.admit(client(1)).is_some());
        drop((second, third));
        assert!(connections.table.lock().clients.is_empty());
    }
}
