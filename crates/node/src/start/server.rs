//! Starting a server, in the order in which each part needs the one before.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proconsul_agent::config::Bootstrap;
use proconsul_calls::read::QueryTime;
use proconsul_consensus as consensus;
use proconsul_consensus::{Book, Options, Running};
use proconsul_consul_rpc::ConsulRpc;
use proconsul_gossip as gossip;
use proconsul_server::endpoint::{Server, Settings};
use proconsul_server::machine::StoreMachine;
use proconsul_state::store::Store;
use proconsul_storage::disk::Disk;
use proconsul_storage::log::LogOptions;
use proconsul_types::coordinate::NodeCoordinate;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::{Starting, listen};
use crate::error::StartError;
use crate::handle::{Handle, Shutdown};
use crate::local::Node;
use crate::role::{AsServer, Role};
use crate::{duties, identity, local_state, position, removal, tags};

/// Bytes of log after which a snapshot is due, unless the last snapshot was larger.
const SNAPSHOT_BYTES: u64 = 16 * 1024 * 1024;

/// What answers the doors of a server.
type Door = Server<consensus::Handle, Node>;

/// Starts the server that `starting` describes, with its data on `disk`.
pub(super) async fn run<D: Disk>(
    mut starting: Starting,
    disk: D,
    path: PathBuf,
    log: LogOptions,
) -> Result<(Handle, Arc<Door>), StartError> {
    let config = Arc::clone(&starting.config);
    // All ports before anything is written: a second agent on this machine fails before it touches the data.
    let server_port = listen("RPC", SocketAddr::new(config.bind_addr, config.ports.server)).await?;
    let sockets = starting.sockets().await?;
    let removed = watch::Sender::new(false);
    let (running, store) = starting.consensus(disk, &path, log, removed.clone()).await?;
    let running = Arc::new(running);
    let tags = tags::of_server(&config, bound(&server_port), running.handle.me(), *running.cluster().borrow());
    let gossip = starting.gossip(tags).await?;

    let role = Role::Server(AsServer { consensus: running.handle.clone(), cluster: running.cluster() });
    let node = starting.node(&gossip, role)?;
    let door = starting.door(&node, &running, Arc::clone(&store));
    let http = starting.serve(sockets, &door);
    let methods = Arc::new(ConsulRpc::new(Arc::clone(&door)));
    starting.tasks.spawn(proconsul_rpc::listen::accept(server_port, Arc::clone(&running.gate), methods));
    duties::begin(&mut starting.tasks, &config, &gossip, &running, &store);
    let (status, rng) = (running.handle.status_watch(), starting.rng.fork());
    local_state::begin(&mut starting.tasks, &node, Arc::clone(&door), status, rng);
    starting.tell_cluster(&gossip, &running, &node);
    starting.ends_with(removal::passed(removed.subscribe(), Arc::clone(&node)), Shutdown::Removed);
    starting.join(&gossip, running.handle.status_watch()).await?;
    Ok((starting.handle(node, http, move || running.stop()), door))
}

fn bound(listener: &TcpListener) -> u16 {
    listener.local_addr().map_or(0, |address| address.port())
}

impl Starting {
    async fn consensus<D: Disk>(
        &mut self,
        disk: D,
        path: &Path,
        log: LogOptions,
        removed: watch::Sender<bool>,
    ) -> Result<(Running<D>, Arc<Store>), StartError> {
        let config = Arc::clone(&self.config);
        let (path, seed, source) = (path.to_owned(), self.rng.u64(), self.source);
        let (over, runtime) = (self.over.clone(), runtime::Handle::current());
        let begin = move || {
            let (directory, node_id, warnings) = identity::open(disk.clone(), &path, &config)?;
            for warning in warnings {
                tracing::warn!(target: "agent", "{warning}");
            }
            let (machine, store) = StoreMachine::new();
            let running = consensus::start(Options {
                disk,
                directory,
                log,
                node_id,
                node_name: config.node_name.clone(),
                machine,
                expect: match config.bootstrap {
                    Bootstrap::Never => 0,
                    Bootstrap::Alone => 1,
                    Bootstrap::Expect(count) => count as usize,
                },
                source,
                book: Arc::new(Book::default()),
                hold: config.rpc_hold_timeout,
                multiplier: u32::from(config.raft.multiplier),
                snapshot_bytes: SNAPSHOT_BYTES,
                trailing: config.raft.trailing_logs,
                seed,
                runtime,
                fatal: Arc::new(move |reason| {
                    tracing::error!(target: "agent.server", %reason, "the agent stops: it can no longer keep its promises");
                    over.send_replace(Some(Shutdown::Fatal(reason)));
                }),
                removed: Arc::new(move || removed.send_modify(|removed| *removed = true)),
            })?;
            Ok::<_, StartError>((running, store))
        };
        spawn_blocking(begin).await.map_err(|_| StartError::Task)?
    }

    /// What all doors call.
    fn door<D: Disk>(&mut self, node: &Arc<Node>, running: &Running<D>, store: Arc<Store>) -> Arc<Door> {
        let config = &self.config;
        let settings = Settings {
            datacenter: config.datacenter.clone(),
            node_name: config.node_name.clone(),
            query_time: QueryTime { default: config.default_query_time, max: config.max_query_time },
            session_ttl_min: config.session_ttl_min,
        };
        let replica = Arc::new(running.handle.clone());
        let door = Arc::new(Server::new(replica, Arc::clone(node), Arc::clone(&store), settings, self.rng.fork()));
        let is_known =
            move |place: &NodeCoordinate| store.view().coordinates_of(&place.node).any(|known| **known == *place);
        self.tasks.spawn(position::tell(Arc::clone(&door), Arc::clone(node), is_known, self.rng.fork()));
        door
    }

    /// When this server comes to belong to a cluster, gossip tells.
    fn tell_cluster<D: Disk>(&mut self, gossip: &gossip::Handle, running: &Arc<Running<D>>, node: &Arc<Node>) {
        let (gossip, config, me) = (gossip.clone(), Arc::clone(&node.config), running.handle.me());
        let mut cluster = running.cluster();
        self.tasks.spawn(async move {
            while cluster.changed().await.is_ok() {
                let port = gossip.local().tags.get("port").and_then(|port| port.parse().ok());
                let known = *cluster.borrow();
                let tags = tags::of_server(&config, port.unwrap_or(config.ports.server), me, known);
                if let Err(error) = gossip.set_tags(tags).await {
                    tracing::warn!(target: "agent.server.serf.lan", %error, "failed to tell the cluster id");
                }
            }
        });
    }
}
