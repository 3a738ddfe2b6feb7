//! How servers that know nothing yet become one cluster, exactly once. A pure machine: knows no address, disk or clock.
//!
//! Each server durably promises itself to at most one attempt: a cluster id, an initiator and the first members. Only the initiator may
//! start its attempt, and only with the promises of all members. So two attempts cannot both start, because they would need the
//! same server's promise. The initiator is the lowest Raft id of those seen, so usually there is only one.
//!
//! - A server that belongs to a cluster promises nothing; one that sees such a server starts nothing and waits to be added.
//! - An initiator whose members changed gives its attempt up, durably, and tells the others to release it. It is the only one that
//!   could have started it, so nothing is lost.
//! - A promise to an initiator whose Raft identity is gone (its name has another now) is void for the same reason.
//! - A promised server takes the attempt for started when a Raft peer of that cluster speaks to it.
//!
//! The driver carries out each [`Action`], calls [`Bootstrap::stored`] when a promise is durable, and [`Bootstrap::seen`] whenever
//! gossip has news and every second or so, since lost messages are only sent again then.

mod message;
mod promise;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use proconsul_base::id::{ClusterId, RaftId};
use proconsul_base::rand::Rng;

pub use self::message::BootstrapMessage;
use self::promise::Promise;
use crate::codec::Malformed;
use crate::membership::{Membership, Server};

/// A living server as gossip shows it, oneself not among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Who.
    pub server: Server,
    /// The cluster it belongs to.
    pub cluster: Option<ClusterId>,
    /// How many servers it was told to expect.
    pub expect: usize,
}

/// What the driver is to do, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Make this durable in place of the promise before; `None` takes it away. Then [`Bootstrap::stored`]; nothing follows before.
    Store(Option<Bytes>),
    /// Send, to the peer of this identity only. It may get lost.
    Send(RaftId, BootstrapMessage),
    /// Make [`crate::genesis`] of this membership durable together with the cluster id, then start the core. The last action.
    Start {
        /// The cluster.
        cluster: ClusterId,
        /// Its first voters.
        membership: Membership,
    },
}

/// One server's part in it.
#[derive(Debug)]
pub struct Bootstrap {
    me: Server,
    expect: usize,
    rng: Rng,
    promise: Option<Promise>,
    /// An initiator only: who has promised.
    promised: BTreeSet<RaftId>,
    stage: Stage,
    /// Servers that were seen to belong to a cluster and are not known to be gone. Not being seen any more is not being gone.
    members_seen: BTreeMap<RaftId, Server>,
    actions: VecDeque<Action>,
    /// A store was handed out and is not reported done.
    awaits_disk: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Open,
    /// A promise is on its way to disk. News and messages are dropped meanwhile; they come again.
    Storing,
    /// Belongs to a cluster, or is about to.
    Member,
}

impl Bootstrap {
    /// Begins from what is durable: the last promise stored and the cluster this server belongs to. `expect` is how many servers
    /// make up the new cluster; 0 never initiates.
    pub fn new(
        me: Server,
        expect: usize,
        durable: Option<&Bytes>,
        cluster: Option<ClusterId>,
        rng: Rng,
    ) -> Result<Self, Malformed> {
        Ok(Self {
            me,
            expect,
            rng,
            promise: durable.map(Promise::decode).transpose()?,
            promised: BTreeSet::new(),
            stage: if cluster.is_some() { Stage::Member } else { Stage::Open },
            members_seen: BTreeMap::new(),
            actions: VecDeque::new(),
            awaits_disk: false,
        })
    }

    /// The next thing to do.
    pub fn next_action(&mut self) -> Option<Action> {
        if self.awaits_disk {
            return None;
        }
        let action = self.actions.pop_front();
        self.awaits_disk = matches!(action, Some(Action::Store(_)));
        action
    }

    /// Whether this server may be added to a cluster that others have started: it belongs to none and has promised itself to none.
    pub fn may_join(&self) -> bool {
        self.stage == Stage::Open && self.promise.is_none()
    }

    /// Who is alive now.
    pub fn seen(&mut self, peers: &[Peer]) {
        if self.stage != Stage::Open {
            return;
        }
        let has_successor = |old: &Server| peers.iter().any(|peer| succeeds(&peer.server, old));
        self.members_seen.retain(|_, old| !has_successor(old));
        let members = peers.iter().filter(|peer| peer.cluster.is_some());
        self.members_seen.extend(members.map(|peer| (peer.server.raft_id, peer.server.clone())));
        match &self.promise {
            Some(promise) if promise.initiator == self.me.raft_id => self.pursue(peers),
            Some(promise) if promise.is_void(&self.me, peers) => self.store(None),
            // Said again, because the initiator may have given up and its release was lost: then it answers with another.
            Some(promise) => {
                let (initiator, cluster) = (promise.initiator, promise.cluster);
                self.send(initiator, BootstrapMessage::Promised { cluster });
            }
            None => self.initiate(peers),
        }
    }

    /// A message from the peer of this identity.
    pub fn received(&mut self, from: RaftId, message: BootstrapMessage) {
        match message {
            BootstrapMessage::Ask { cluster, members } => self.asked(from, cluster, members),
            BootstrapMessage::Promised { cluster } => self.promised_by(from, cluster),
            // Gossip tells the rest: that there is a cluster, or who initiates instead.
            BootstrapMessage::Refused { .. } => {}
            BootstrapMessage::Release { cluster } => self.released(from, cluster),
        }
    }

    /// A Raft peer of this cluster speaks to this server.
    pub fn contacted(&mut self, cluster: ClusterId) {
        if self.stage == Stage::Open && self.promise.as_ref().is_some_and(|promise| promise.cluster == cluster) {
            self.start();
        }
    }

    /// The promise of the last [`Action::Store`] is durable.
    pub fn stored(&mut self) {
        if self.stage != Stage::Storing {
            return;
        }
        self.stage = Stage::Open;
        self.awaits_disk = false;
        let Some(promise) = self.promise.clone() else { return };
        if promise.initiator == self.me.raft_id {
            self.ask(&promise);
        } else {
            self.send(promise.initiator, BootstrapMessage::Promised { cluster: promise.cluster });
        }
    }

    /// Who would be the first members now: the lowest identities of those who expect the same, if there are enough of them.
    fn first_members(&self, peers: &[Peer]) -> Option<Membership> {
        let fits = peers.iter().filter(|peer| peer.expect == self.expect && peer.cluster.is_none());
        let mut members: Vec<Server> = fits.map(|peer| peer.server.clone()).chain([self.me.clone()]).collect();
        members.sort();
        members.dedup_by_key(|server| server.raft_id);
        members.truncate(self.expect);
        (self.expect > 0 && members.len() == self.expect).then(|| Membership::of_voters(members))
    }

    fn initiate(&mut self, peers: &[Peer]) {
        let Some(members) = self.first_members(peers).filter(|_| self.members_seen.is_empty()) else { return };
        if members.voters.first().is_some_and(|first| first.raft_id == self.me.raft_id) {
            let cluster = ClusterId::random(&mut self.rng);
            self.store(Some(Promise { cluster, initiator: self.me.raft_id, members }));
        }
    }

    /// Goes on with one's own attempt, or gives it up.
    fn pursue(&mut self, peers: &[Peer]) {
        let Some(promise) = self.promise.clone() else { return };
        let has_changed = self.first_members(peers).is_some_and(|members| members != promise.members);
        if !self.members_seen.is_empty() || has_changed {
            self.store(None);
            let others = promise.members.voters.iter().filter(|server| server.raft_id != self.me.raft_id);
            let release =
                |server: &Server| Action::Send(server.raft_id, BootstrapMessage::Release { cluster: promise.cluster });
            self.actions.extend(others.map(release));
        } else {
            self.ask(&promise);
        }
    }

    /// Asks those who have not promised yet; starts when nobody is left.
    fn ask(&mut self, promise: &Promise) {
        self.promised.insert(self.me.raft_id);
        let missing: Vec<_> = promise.members.voters.iter().map(|server| server.raft_id).collect();
        let missing: Vec<_> = missing.into_iter().filter(|id| !self.promised.contains(id)).collect();
        if missing.is_empty() {
            return self.start();
        }
        for id in missing {
            let members = promise.members.clone();
            self.send(id, BootstrapMessage::Ask { cluster: promise.cluster, members });
        }
    }

    fn asked(&mut self, from: RaftId, cluster: ClusterId, members: Membership) {
        if self.stage == Stage::Storing || !members.is_voter(self.me.raft_id) || !members.is_voter(from) {
            return;
        }
        match &self.promise {
            _ if self.stage == Stage::Member => self.send(from, BootstrapMessage::Refused { is_member: true }),
            None if self.members_seen.is_empty() => self.store(Some(Promise { cluster, initiator: from, members })),
            Some(promise) if promise.cluster == cluster => self.send(from, BootstrapMessage::Promised { cluster }),
            _ => self.send(from, BootstrapMessage::Refused { is_member: false }),
        }
    }

    fn promised_by(&mut self, from: RaftId, cluster: ClusterId) {
        let is_mine = |promise: &Promise| promise.cluster == cluster && promise.initiator == self.me.raft_id;
        match self.promise.clone() {
            _ if self.stage != Stage::Open => {}
            Some(promise) if is_mine(&promise) => {
                self.promised.insert(from);
                if promise.members.voters.iter().all(|server| self.promised.contains(&server.raft_id)) {
                    self.start();
                }
            }
            // An attempt given up long ago; the question must have been late.
            _ => self.send(from, BootstrapMessage::Release { cluster }),
        }
    }

    fn released(&mut self, from: RaftId, cluster: ClusterId) {
        let matches = |promise: &Promise| promise.cluster == cluster && promise.initiator == from;
        if self.stage == Stage::Open && self.promise.as_ref().is_some_and(matches) {
            self.store(None);
        }
    }

    fn store(&mut self, promise: Option<Promise>) {
        self.promised.clear();
        self.actions.push_back(Action::Store(promise.as_ref().map(Promise::encode)));
        self.promise = promise;
        self.stage = Stage::Storing;
    }

    fn start(&mut self) {
        let Some(promise) = self.promise.clone() else { return };
        self.stage = Stage::Member;
        self.actions.push_back(Action::Start { cluster: promise.cluster, membership: promise.members });
    }

    fn send(&mut self, to: RaftId, message: BootstrapMessage) {
        self.actions.push_back(Action::Send(to, message));
    }
}

/// Whether this server stands in the place of another whose identity is gone.
fn succeeds(new: &Server, old: &Server) -> bool {
    new.raft_id != old.raft_id && (new.name == old.name || new.node_id == old.node_id)
}
