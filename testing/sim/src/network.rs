//! Messages on their way, in any order. Knows addresses and identities, not what is said.

use std::collections::BTreeSet;

use bytes::Bytes;
use proconsul_base::id::{ClusterId, RaftId};
use proconsul_base::rand::Rng;
use proconsul_raft::Message;
use proconsul_raft::bootstrap::BootstrapMessage;

/// More than this many on the way: the oldest is lost.
const MAX: usize = 256;

/// A place that a server may have.
pub(crate) type Address = usize;

/// Something on its way.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    /// Where it comes from, for cuts.
    pub(crate) source: usize,
    /// Where it goes; whoever has the address when it arrives gets it.
    pub(crate) address: Address,
    pub(crate) from: RaftId,
    pub(crate) to: RaftId,
    pub(crate) content: Content,
}

/// What is on its way.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Raft { cluster: ClusterId, bytes: Bytes },
    Snapshot { cluster: ClusterId, file: Bytes, message: Message },
    Bootstrap(BootstrapMessage),
}

/// The network.
#[derive(Debug, Default)]
pub(crate) struct Network {
    packets: Vec<Packet>,
    cuts: BTreeSet<(usize, usize)>,
}

impl Network {
    /// Puts something on its way; answers what was pushed out.
    pub(crate) fn send(&mut self, packet: Packet) -> Option<Packet> {
        self.packets.push(packet);
        (self.packets.len() > MAX).then(|| self.packets.swap_remove(0))
    }

    pub(crate) fn take(&mut self, rng: &mut Rng) -> Option<Packet> {
        (!self.packets.is_empty()).then(|| self.packets.swap_remove(rng.place(self.packets.len())))
    }

    pub(crate) fn cut(&mut self, from: usize, to: usize) {
        self.cuts.insert((from, to));
    }

    pub(crate) fn heal(&mut self) {
        self.cuts.clear();
    }

    pub(crate) fn is_cut(&self, from: usize, to: usize) -> bool {
        self.cuts.contains(&(from, to))
    }
}
