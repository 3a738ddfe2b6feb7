//! The listening end between servers: Raft messages, calls and snapshots, each from a peer whose identity fits.

use std::sync::Arc;

use bytes::Bytes;
use proconsul_base::id::ClusterId;
use proconsul_raft::{Kind, Message};
use proconsul_rpc::call::{self, Failed, Handler};
use proconsul_rpc::frame;
use proconsul_rpc::hello::{Hello, Identity, Service, Verdict};
use proconsul_rpc::listen::{Gate, judge_identity};
use proconsul_storage::disk::Disk;
use tokio::net::TcpStream;

use crate::driver::Input;
use crate::error::Unavailable;
use crate::founding::Founding;
use crate::handle::Handle;
use crate::snapshot::Receiving;
use crate::wire::{self, Certainty};

/// Who answers on the server port.
pub struct ServerGate<D: Disk> {
    pub(crate) handle: Handle,
    pub(crate) founding: Founding,
    pub(crate) receiving: Receiving<D>,
}

impl<D: Disk> Gate for ServerGate<D> {
    fn identity(&self) -> Identity {
        self.founding.belonging.identity()
    }

    fn judge(&self, hello: &Hello) -> Verdict {
        match judge_identity(self.identity(), hello) {
            Verdict::Welcome if hello.service == Service::Calls => Verdict::Welcome,
            // Raft and snapshots only from a server that belongs to a cluster which this one belongs to, or may join.
            Verdict::Welcome => match hello.from.cluster {
                Some(cluster) if self.founding.may_belong_to(cluster) => Verdict::Welcome,
                Some(_) => Verdict::OtherCluster,
                None => Verdict::NotServed,
            },
            refused => refused,
        }
    }

    async fn take(self: Arc<Self>, hello: Hello, stream: TcpStream) {
        match (hello.service, hello.from.cluster) {
            (Service::Calls, _) => call::serve(stream, self).await,
            (Service::Raft, Some(cluster)) => self.take_messages(hello, cluster, stream).await,
            (Service::Snapshot, Some(cluster)) => self.take_snapshot(cluster, stream).await,
            _ => {}
        }
    }
}

impl<D: Disk> ServerGate<D> {
    async fn take_messages(&self, hello: Hello, cluster: ClusterId, stream: TcpStream) {
        let mut frames = frame::Reader::new(stream);
        while let Ok(Some(bytes)) = frames.next().await {
            match Message::decode(&bytes) {
                // A snapshot counts only when its file has come: that is another connection's business.
                Ok(message) if message.from == hello.from.raft_id && !matches!(message.kind, Kind::Snapshot { .. }) => {
                    // Adoption makes this server a member, so it waits for a real message: a handshake costs nothing.
                    if !self.founding.adopt(cluster).await {
                        return;
                    }
                    self.handle.0.inbox.put(Input::Message(message));
                }
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(target: "agent.server.raft", peer = %hello.from.raft_id, %error, "unreadable message; connection closed");
                    return;
                }
            }
        }
    }

    async fn take_snapshot(&self, cluster: ClusterId, stream: TcpStream) {
        if !self.founding.adopt(cluster).await {
            return;
        }
        let inbox = Arc::clone(&self.handle.0.inbox);
        self.receiving.receive(stream, move |message| inbox.put(Input::Message(message))).await;
    }
}

impl<D: Disk> Handler for ServerGate<D> {
    async fn handle(self: Arc<Self>, kind: u8, body: Bytes) -> Result<Bytes, Failed> {
        match kind {
            wire::PROPOSE => self.led()?.propose_here(body).await.map_err(wire::failed),
            wire::READ_INDEX => {
                let read = self.led()?.read_index_here(Certainty::from_body(&body)).await;
                read.map(wire::index_body).map_err(wire::failed)
            }
            wire::ASK => self.led()?.ask_here(body).await.map_err(wire::failed),
            wire::BOOTSTRAP => {
                self.founding.receive(&body).await;
                Ok(Bytes::new())
            }
            _ => Err(wire::failed(Unavailable::Busy)),
        }
    }
}

impl<D: Disk> ServerGate<D> {
    /// The handle, when this server leads.
    fn led(&self) -> Result<&Handle, Failed> {
        match self.handle.status().leader {
            Some(leader) if leader == self.handle.me() => Ok(&self.handle),
            _ => Err(wire::failed(Unavailable::NoLeader)),
        }
    }
}
