//! A message arrives, or not, or twice, wherever its address leads by now.

use bytes::Bytes;
use proconsul_base::id::ClusterId;
use proconsul_raft::{Message, StepError};

use super::World;
use crate::network::{Content, Packet};
use crate::property::Violation;
use crate::report::Event;

impl World {
    pub(super) fn deliver(&mut self) -> Result<(), Violation> {
        let Some(packet) = self.network.take(&mut self.rng) else { return Ok(()) };
        if !self.is_healed {
            if self.rng.chance(1, 60) {
                self.lost(packet);
                return Ok(());
            }
            if self.rng.chance(1, 80) && !matches!(packet.content, Content::Snapshot { .. }) {
                self.report.count(Event::Doubled);
                self.network.send(packet.clone());
            }
        }
        let at = self.hosts.iter().position(|host| host.address == packet.address && host.process.is_some());
        let Some(place) = at.filter(|place| !self.network.is_cut(packet.source, *place)) else {
            self.lost(packet);
            return Ok(());
        };
        // The handshake names both ends: whoever has the address now may be somebody else.
        if self.hosts[place].identity.raft_id != packet.to {
            self.report.count(Event::Refused);
            self.lost(packet);
            return Ok(());
        }
        self.report.count(Event::Delivered);
        self.arrive(place, packet)
    }

    fn arrive(&mut self, place: usize, packet: Packet) -> Result<(), Violation> {
        match packet.content.clone() {
            Content::Bootstrap(message) => {
                if let Some(bootstrap) = self.hosts[place].bootstrap_mut() {
                    bootstrap.received(packet.from, message);
                }
                self.bootstrap(place)
            }
            Content::Raft { cluster, bytes } => {
                if self.is_of(place, cluster)? {
                    self.raft(place, &bytes)
                } else {
                    Ok(())
                }
            }
            Content::Snapshot { cluster, file, message } => {
                if !self.is_of(place, cluster)? {
                    self.lost(packet);
                    return Ok(());
                }
                self.snapshot(place, &packet, &file, message)
            }
        }
    }

    fn raft(&mut self, place: usize, bytes: &Bytes) -> Result<(), Violation> {
        let Some(running) = self.hosts[place].running_mut() else { return Ok(()) };
        let server = running.id();
        let message = Message::decode(bytes).map_err(|error| Violation::Storage {
            place,
            reason: format!("a peer's message cannot be read: {error}"),
        })?;
        match running.core.step(message) {
            Err(error @ StepError::LogLost { .. }) => Err(Violation::LogLost { server, error }),
            Ok(()) | Err(StepError::NotForMe { .. }) => self.after(place),
        }
    }

    fn snapshot(&mut self, place: usize, packet: &Packet, file: &Bytes, message: Message) -> Result<(), Violation> {
        let Some(running) = self.hosts[place].running_mut() else { return Ok(()) };
        let received = running.receive(file, message);
        self.stored(place, received)?;
        self.snapshot_ends(packet, true);
        self.after(packet.source)?;
        self.after(place)
    }

    /// Whether the server belongs to the cluster that speaks to it; one that belongs to none may be taken in by this.
    fn is_of(&mut self, place: usize, cluster: ClusterId) -> Result<bool, Violation> {
        if let Some(bootstrap) = self.hosts[place].bootstrap_mut() {
            bootstrap.contacted(cluster);
            self.bootstrap(place)?;
            self.join(place, cluster)?;
        }
        Ok(self.hosts[place].running().is_some_and(|running| running.cluster == cluster))
    }
}
