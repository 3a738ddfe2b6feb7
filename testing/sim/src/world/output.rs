//! What servers say: to the network, to clients, and to the properties.

use proconsul_raft::{Message, Refused, SendSnapshot};

use super::World;
use crate::network::{Content, Packet};
use crate::property::Violation;
use crate::report::Event;
use crate::server::{Output, Stage};

impl World {
    pub(super) fn output(&mut self, place: usize, output: Output) -> Result<(), Violation> {
        match output {
            Output::Send(message) => {
                self.votes.sent(&message)?;
                self.send(place, &message);
                Ok(())
            }
            Output::SendSnapshot(send, file) => {
                self.send_snapshot(place, send, file);
                Ok(())
            }
            Output::Applied(entry, digest, ticket) => self.applied(place, &entry, digest, ticket),
            Output::Installed(index, digest) => {
                self.report.count(Event::SnapshotInstalled);
                self.tell(|| format!("s{place} installs a snapshot up to {index}"));
                let server = self.hosts[place].identity.raft_id;
                self.history.stands(server, index, digest)
            }
            Output::Refused(ticket, refused) => {
                self.refused(ticket, refused);
                Ok(())
            }
            Output::Read(ticket, index) => {
                self.report.count(Event::Read);
                self.reads.answer(ticket, index)
            }
            Output::Fetched => {
                self.report.count(Event::Fetched);
                Ok(())
            }
        }
    }

    fn applied(
        &mut self,
        place: usize,
        entry: &proconsul_base::entry::Entry,
        digest: u64,
        ticket: Option<u64>,
    ) -> Result<(), Violation> {
        let Some(running) = self.hosts[place].running() else { return Ok(()) };
        let (server, cluster) = (running.id(), running.cluster);
        self.report.count(Event::Applied);
        self.clusters.decides(cluster)?;
        if self.history.applied(server, entry, digest)? {
            self.report.count(Event::Committed);
            self.writes.applied(self.history.ticket(entry.index), entry.index)?;
        }
        match ticket {
            Some(ticket) if entry.kind == proconsul_base::entry::EntryKind::Command => {
                self.report.count(Event::Written);
                self.writes.acknowledge(ticket, entry.index, &self.history)
            }
            _ => Ok(()),
        }
    }

    fn refused(&mut self, ticket: u64, refused: Refused) {
        if self.reads.forget(ticket) {
            self.report.count(Event::ReadRefused);
            return;
        }
        match refused {
            Refused::Overwritten => {
                self.report.count(Event::WriteOverwritten);
                self.writes.lose(ticket);
            }
            _ => self.report.count(Event::WriteRefused),
        }
    }

    fn send(&mut self, place: usize, message: &Message) {
        let Some(running) = self.hosts[place].running() else { return };
        let cluster = running.cluster;
        let mut bytes = Vec::new();
        message.encode_into(&mut bytes);
        self.post(place, message.to, Content::Raft { cluster, bytes: bytes.into() });
    }

    fn send_snapshot(&mut self, place: usize, send: SendSnapshot, file: Option<bytes::Bytes>) {
        let Some(running) = self.hosts[place].running_mut() else { return };
        let (cluster, to) = (running.cluster, send.to);
        match file {
            Some(file) => {
                self.report.count(Event::SnapshotSent);
                self.post(place, to, Content::Snapshot { cluster, file, message: send.message });
            }
            // Removed meanwhile; the next attempt sends a newer one.
            None => running.core.snapshot_sent(to, false),
        }
    }

    /// Puts something on its way to wherever the sender believes the peer to be.
    pub(super) fn post(&mut self, place: usize, to: proconsul_base::id::RaftId, content: Content) {
        let host = &self.hosts[place];
        let from = host.identity.raft_id;
        let address = host.process.as_ref().and_then(|process| process.book.get(&to).copied());
        let Some(address) = address else {
            self.lost(Packet { source: place, address: usize::MAX, from, to, content });
            return;
        };
        if let Some(pushed_out) = self.network.send(Packet { source: place, address, from, to, content }) {
            self.lost(pushed_out);
        }
    }

    /// Something will not arrive. Of a snapshot its sender notices.
    pub(super) fn lost(&mut self, packet: Packet) {
        self.report.count(Event::Lost);
        if matches!(packet.content, Content::Snapshot { .. }) {
            self.report.count(Event::SnapshotLost);
            self.snapshot_ends(&packet, false);
        }
    }

    pub(super) fn snapshot_ends(&mut self, packet: &Packet, is_ok: bool) {
        let host = &mut self.hosts[packet.source];
        if host.identity.raft_id != packet.from {
            return;
        }
        if let Some(Stage::Running(running)) = host.process.as_mut().map(|process| &mut process.stage) {
            running.core.snapshot_sent(packet.to, is_ok);
        }
    }
}
