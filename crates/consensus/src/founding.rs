//! How this server comes to belong to a cluster: carries out what the bootstrap machine decides, keeps promises on disk
//! before they are told, and starts the threads once there is a cluster.

use std::sync::Arc;

use bytes::Bytes;
use proconsul_base::id::{ClusterId, RaftId};
use proconsul_base::limit;
use proconsul_raft::Membership;
use proconsul_raft::bootstrap::{Action, Bootstrap, BootstrapMessage, Peer};
use proconsul_rpc::hello::Identity;
use proconsul_storage::directory::{self, Directory, DirectoryError};
use proconsul_storage::disk::Disk;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::spawn_blocking;

use crate::callers::Callers;
use crate::start::StartError;
use crate::wire;

/// What begins when there is a cluster.
pub(crate) enum Begin {
    /// A new cluster of these voters.
    Found(Membership),
    /// A cluster that others have founded and that adds this server.
    Join,
}

/// Starts the threads; blocks.
pub(crate) type Launch = Box<dyn FnOnce(Begin) -> Result<(), StartError> + Send>;

/// This server's belonging, as everybody may look at it.
#[derive(Debug)]
pub(crate) struct Belonging {
    pub(crate) me: RaftId,
    pub(crate) cluster: watch::Sender<Option<ClusterId>>,
}

impl Belonging {
    pub(crate) fn identity(&self) -> Identity {
        Identity { cluster: *self.cluster.borrow(), raft_id: self.me }
    }
}

/// The way to the task that owns the bootstrap machine.
#[derive(Clone)]
pub(crate) struct Founding {
    pub(crate) belonging: Arc<Belonging>,
    news: mpsc::Sender<News>,
}

enum News {
    Seen(Vec<Peer>),
    Message(RaftId, BootstrapMessage),
    Contact(ClusterId, oneshot::Sender<bool>),
}

impl Founding {
    /// Whether a member of that cluster may talk Raft to this server: it belongs there, or to none yet.
    pub(crate) fn may_belong_to(&self, cluster: ClusterId) -> bool {
        self.belonging.cluster.borrow().is_none_or(|ours| ours == cluster)
    }

    /// A member of that cluster talks Raft to this server: true when this server belongs there, perhaps from now on.
    pub(crate) async fn adopt(&self, cluster: ClusterId) -> bool {
        if let Some(ours) = *self.belonging.cluster.borrow() {
            return ours == cluster;
        }
        let (reply, answer) = oneshot::channel();
        self.news.send(News::Contact(cluster, reply)).await.is_ok() && answer.await.unwrap_or(false)
    }

    /// A message of another server's bootstrap machine: its Raft id, then the message.
    pub(crate) async fn receive(&self, body: &Bytes) {
        let Some((from, message)) = body.split_at_checked(8) else { return };
        let from = from.try_into().ok().and_then(|from| RaftId::new(u64::from_le_bytes(from)));
        match (from, BootstrapMessage::decode(&body.slice_ref(message))) {
            (Some(from), Ok(message)) => drop(self.news.send(News::Message(from, message)).await),
            (_, Err(error)) => tracing::debug!(target: "agent.server.bootstrap", %error, "unreadable message"),
            (None, _) => {}
        }
    }

    /// What gossip shows of the other servers; to be told after each change and about once a second until there is a cluster.
    pub(crate) async fn seen(&self, peers: Vec<Peer>) {
        if self.belonging.cluster.borrow().is_none() {
            let _ = self.news.send(News::Seen(peers)).await;
        }
    }
}

/// The task that owns the machine.
pub(crate) struct Founder<D: Disk> {
    pub(crate) bootstrap: Bootstrap,
    /// Given back once the threads run: from then on the log thread holds it.
    pub(crate) directory: Option<Arc<Directory<D>>>,
    pub(crate) identity: directory::Identity,
    pub(crate) belonging: Arc<Belonging>,
    pub(crate) callers: Arc<Callers>,
    /// Gone once the threads run.
    pub(crate) launch: Option<Launch>,
    pub(crate) fatal: Arc<dyn Fn(String) + Send + Sync>,
}

impl<D: Disk> Founder<D> {
    /// Starts the task on the current runtime.
    pub(crate) fn spawn(self, runtime: &tokio::runtime::Handle) -> Founding {
        let (news, mut received) = mpsc::channel(limit::BOOTSTRAP_NEWS);
        let founding = Founding { belonging: Arc::clone(&self.belonging), news };
        let mut founder = self;
        runtime.spawn(async move {
            while let Some(news) = received.recv().await {
                if let Err(error) = founder.hear(news).await {
                    return (founder.fatal)(error.to_string());
                }
            }
        });
        founding
    }

    async fn hear(&mut self, news: News) -> Result<(), StartError> {
        match news {
            News::Seen(peers) => self.bootstrap.seen(&peers),
            News::Message(from, message) => self.bootstrap.received(from, message),
            News::Contact(cluster, reply) => {
                self.contacted(cluster).await?;
                let _ = reply.send(*self.belonging.cluster.borrow() == Some(cluster));
            }
        }
        self.act().await
    }

    async fn contacted(&mut self, cluster: ClusterId) -> Result<(), StartError> {
        if self.belonging.cluster.borrow().is_some() {
            return Ok(());
        }
        self.bootstrap.contacted(cluster);
        self.act().await?;
        if self.launch.is_some() && self.bootstrap.may_join() {
            tracing::info!(target: "agent.server.bootstrap", %cluster, "joining existing Raft cluster");
            self.begin(cluster, Begin::Join).await?;
        }
        Ok(())
    }

    async fn act(&mut self) -> Result<(), StartError> {
        while let Some(action) = self.bootstrap.next_action() {
            match action {
                Action::Store(promise) => {
                    self.identity.promise = promise.unwrap_or_default();
                    self.keep_identity().await?;
                    self.bootstrap.stored();
                }
                Action::Send(to, message) => self.send(to, &message),
                Action::Start { cluster, membership } => {
                    let names: Vec<&str> = membership.voters.iter().map(|server| server.name.as_str()).collect();
                    tracing::info!(target: "agent.server.bootstrap", %cluster, servers = ?names, "bootstrapping Raft cluster");
                    self.begin(cluster, Begin::Found(membership)).await?;
                }
            }
        }
        Ok(())
    }

    /// The cluster id is durable before the log begins; the promise goes only after that, so that a crash between the two
    /// founds the same cluster again.
    async fn begin(&mut self, cluster: ClusterId, begin: Begin) -> Result<(), StartError> {
        let Some(launch) = self.launch.take() else { return Ok(()) };
        self.identity.cluster_id = Some(cluster);
        self.keep_identity().await?;
        // Peers are told who we are by the time the first message leaves.
        self.belonging.cluster.send_replace(Some(cluster));
        spawn_blocking(move || launch(begin)).await.map_err(|_| StartError::Thread)??;
        self.identity.promise = Bytes::new();
        self.keep_identity().await?;
        self.directory = None;
        Ok(())
    }

    async fn keep_identity(&mut self) -> Result<(), StartError> {
        let Some(directory) = self.directory.clone() else { return Ok(()) };
        let identity = self.identity.clone();
        let kept: Result<(), DirectoryError> =
            spawn_blocking(move || directory.set_identity(&identity)).await.map_err(|_| StartError::Thread)?;
        Ok(kept?)
    }

    fn send(&self, to: RaftId, message: &BootstrapMessage) {
        let mut body = self.belonging.me.get().to_le_bytes().to_vec();
        message.encode_into(&mut body);
        let callers = Arc::clone(&self.callers);
        // Lost messages are sent again when gossip is next told.
        tokio::spawn(async move { callers.call(to, wire::BOOTSTRAP, &body).await });
    }
}
