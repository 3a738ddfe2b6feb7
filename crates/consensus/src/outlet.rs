//! Where the consensus thread's work goes: to connections, to the snapshot folder, to readers of old entries. Nothing here
//! waits: each job runs beside the consensus thread and reports back through its inbox.

use std::io;
use std::sync::Arc;

use proconsul_base::entry::SnapshotMark;
use proconsul_raft::{Fetch, Membership, Message, SendSnapshot};
use proconsul_storage::disk::Disk;
use proconsul_storage::log::LogReader;
use tokio::runtime;

use crate::apply;
use crate::driver::{Input, Outlets};
use crate::identity::Retire;
use crate::link::Links;
use crate::mailbox::Mailbox;
use crate::snapshot::{Sending, Shelf};
use crate::start::Removed;

pub(crate) struct Outlet<D: Disk> {
    pub(crate) links: Links,
    pub(crate) sending: Arc<Sending<D>>,
    pub(crate) shelf: Shelf<D>,
    pub(crate) reader: LogReader<D>,
    pub(crate) inbox: Arc<Mailbox<Input>>,
    pub(crate) apply: Arc<Mailbox<apply::Job>>,
    pub(crate) runtime: runtime::Handle,
    pub(crate) fatal: Arc<dyn Fn(String) + Send + Sync>,
    pub(crate) retire: Retire,
    pub(crate) removed: Removed,
}

impl<D: Disk> Outlets for Outlet<D> {
    fn send(&self, messages: &[Message]) {
        self.links.send(messages);
    }

    fn send_snapshot(&self, snapshot: SendSnapshot) {
        let (sending, inbox) = (Arc::clone(&self.sending), Arc::clone(&self.inbox));
        self.runtime.spawn(async move {
            let to = snapshot.to;
            let sent = sending.send(snapshot).await;
            if let Err(error) = &sent {
                tracing::warn!(target: "agent.server.snapshot", peer = %to, %error, "failed to send snapshot");
            }
            inbox.put(Input::SnapshotSent { to, ok: sent.is_ok() });
        });
    }

    fn fetch(&self, fetch: Fetch) {
        let (reader, inbox) = (self.reader.clone(), Arc::clone(&self.inbox));
        self.runtime.spawn_blocking(move || {
            let max_bytes = usize::try_from(fetch.max_bytes).unwrap_or(usize::MAX);
            let entries = reader.entries(fetch.first, fetch.end, max_bytes).unwrap_or_else(|error| {
                // Gone meanwhile (compacted) or damaged: none, so that the peer gets a snapshot instead.
                tracing::warn!(target: "agent.server.raft", first = %fetch.first, end = %fetch.end, %error, "entries not read from the log");
                Vec::new()
            });
            inbox.put(Input::Fetched { number: fetch.number, entries });
        });
    }

    fn install_snapshot(&self, mark: SnapshotMark) {
        let shelf = self.shelf.clone();
        let open = Box::new(move || {
            let (membership, contents) = shelf.open(mark)?;
            Ok((membership, Box::new(contents) as Box<dyn io::Read + Send>))
        });
        self.apply.put(apply::Job::Restore { mark, open });
    }

    fn removed(&self) {
        let (retire, removed) = (Arc::clone(&self.retire), Arc::clone(&self.removed));
        self.runtime.spawn_blocking(move || match retire() {
            Ok(()) => removed(),
            Err(error) => {
                tracing::error!(target: "agent.server.raft", %error, "failed to give the Raft identity up after the removal");
            }
        });
    }

    fn fatal(&self, reason: String) {
        (self.fatal)(reason);
    }

    fn members_changed(&self, members: &Membership) {
        self.links.retain(|peer| members.contains(peer));
    }
}
