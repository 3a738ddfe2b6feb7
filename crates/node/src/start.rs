//! Starting a node, in the order in which each part needs the one before.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use parking_lot::RwLock;
use proconsul_agent::Config;
use proconsul_agent::config::Bootstrap;
use proconsul_base::rand::Rng;
use proconsul_consensus as consensus;
use proconsul_consensus::{Book, Options, Running};
use proconsul_dns::DnsConfig;
use proconsul_gossip as gossip;
use proconsul_http::HttpConfig;
use proconsul_server::endpoint::{QueryTime, Server, Settings};
use proconsul_server::machine::StoreMachine;
use proconsul_state::store::Store;
use proconsul_storage::disk::{Disk, MemoryDisk, RealDisk};
use proconsul_storage::log::LogOptions;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::{Notify, watch};
use tokio::task::{JoinSet, spawn_blocking};

use crate::error::StartError;
use crate::handle::{Handle, Shutdown};
use crate::join::{Exhausted, Joiner};
use crate::local::{Figures, Node};
use crate::resolve::Resolver;
use crate::{dns, duties, events, identity, local, position, removal, tags};

/// Bytes of log after which a snapshot is due, unless the last snapshot was larger.
const SNAPSHOT_BYTES: u64 = 16 * 1024 * 1024;

/// Starts an agent. Returns when everything listens; the cluster may still be without a leader.
pub async fn start(config: Config) -> Result<Handle, StartError> {
    if !config.server && !config.dev {
        return Err(StartError::NotAServer);
    }
    match config.data_dir.as_ref().map(|place| place.real().to_owned()) {
        Some(path) => Starting::new(config)?.run(RealDisk, path, LogOptions::default()).await,
        None if config.dev => {
            // In memory: small segments, for nothing is gained by writing them ahead.
            let log = LogOptions { last_segment_bytes: 4 << 20, ..LogOptions::default() };
            Starting::new(config)?.run(MemoryDisk::default(), PathBuf::from("/"), log).await
        }
        None => Err(StartError::NoDataDir),
    }
}

/// What answers the doors of a server.
pub(crate) type Door = Server<consensus::Handle, Node>;

/// What the parts have in common while they are put together.
struct Starting {
    config: Arc<Config>,
    source: Option<IpAddr>,
    resolver: Arc<Resolver>,
    rng: Rng,
    over: watch::Sender<Option<Shutdown>>,
    closing: watch::Sender<bool>,
    /// Whether the cluster goes on without this server.
    removed: watch::Sender<bool>,
    /// The listeners for clients; they end by themselves when closing.
    doors: JoinSet<()>,
    tasks: JoinSet<()>,
}

impl Starting {
    fn new(config: Config) -> Result<Self, StartError> {
        let resolver = Arc::new(Resolver::new(config.pod.as_ref())?);
        let source = config.pod.as_ref().map(|pod| pod.address);
        let source = source.or(Some(config.bind_addr).filter(|address| !address.is_unspecified()));
        Ok(Self {
            config: Arc::new(config),
            source,
            resolver,
            rng: Rng::seeded(seed()),
            over: watch::Sender::new(None),
            closing: watch::Sender::new(false),
            removed: watch::Sender::new(false),
            doors: JoinSet::new(),
            tasks: JoinSet::new(),
        })
    }

    async fn run<D: Disk>(mut self, disk: D, path: PathBuf, log: LogOptions) -> Result<Handle, StartError> {
        let config = Arc::clone(&self.config);
        // All ports before anything is written: a second agent on this machine fails before it touches the data.
        let server_port = listen("RPC", SocketAddr::new(config.bind_addr, config.ports.server)).await?;
        let http = self.http_listeners().await?;
        let dns = dns::listeners(&config).await?;
        let dns_config = dns::door(&config, self.source, &self.resolver).await?;
        let (running, store) = self.consensus(disk, &path, log).await?;
        let running = Arc::new(running);
        let gossip = self.gossip(&running, &server_port).await?;

        let left = Arc::new(Notify::new());
        let node = Arc::new(Node {
            config: Arc::clone(&config),
            gossip: gossip.clone(),
            consensus: running.handle.clone(),
            cluster: running.cluster(),
            figures: RwLock::new(Figures::default()),
            left: Arc::clone(&left),
            leaving: AtomicBool::new(false),
            events: Arc::default(),
        });
        let (heard, history) = (gossip.events(), Arc::clone(&node.events));
        self.tasks.spawn(events::follow(heard, config.node_name.clone(), Arc::clone(&store), history));
        let http_addresses = http.iter().filter_map(|listener| listener.local_addr().ok()).collect();
        let door = self.door(&node, &running, Arc::clone(&store));
        self.serve_http(http, Arc::clone(&door));
        self.serve_dns(dns, dns_config, Arc::clone(&door));
        self.tasks.spawn(proconsul_rpc::listen::accept(server_port, Arc::clone(&running.gate)));
        let rng = self.rng.fork();
        duties::begin(&mut self.tasks, &config, &gossip, &running, &store, Arc::clone(&door), rng);
        self.tasks.spawn(local::refresh(Arc::clone(&node)));
        self.tell_cluster(&gossip, &running, &node);
        self.ends_with(async move { left.notified().await }, Shutdown::Left);
        self.ends_with(removal::passed(self.removed.subscribe(), Arc::clone(&node)), Shutdown::Removed);
        self.join(&gossip, &running).await?;
        Ok(Handle {
            config,
            consensus: running.handle.clone(),
            gossip,
            node,
            door,
            over: self.over,
            closing: self.closing,
            doors: self.doors,
            tasks: self.tasks,
            stop_consensus: Box::new(move || running.stop()),
            http: http_addresses,
        })
    }

    async fn http_listeners(&self) -> Result<Vec<TcpListener>, StartError> {
        let mut listeners = Vec::new();
        for address in
            self.config.client_addrs.iter().filter_map(|&ip| Some(SocketAddr::new(ip, self.config.ports.http?)))
        {
            listeners.push(listen("HTTP", address).await?);
        }
        Ok(listeners)
    }

    async fn consensus<D: Disk>(
        &mut self,
        disk: D,
        path: &Path,
        log: LogOptions,
    ) -> Result<(Running<D>, Arc<Store>), StartError> {
        let config = Arc::clone(&self.config);
        let (path, seed, source) = (path.to_owned(), self.rng.u64(), self.source);
        let (over, removed, runtime) = (self.over.clone(), self.removed.clone(), runtime::Handle::current());
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

    async fn gossip<D: Disk>(
        &mut self,
        running: &Running<D>,
        port: &TcpListener,
    ) -> Result<gossip::Handle, StartError> {
        let config = &self.config;
        let server_port = port.local_addr().map_or(config.ports.server, |address| address.port());
        let cluster = *running.cluster().borrow();
        Ok(gossip::start(gossip::Config {
            name: config.node_name.clone(),
            bind: SocketAddr::new(config.serf_lan_bind, config.ports.serf_lan),
            advertise: SocketAddr::new(config.advertise_addr, config.ports.serf_lan),
            tags: tags::of_server(config, server_port, running.handle.me(), cluster),
            profile: profile(config),
            source: self.source,
            seed: self.rng.u64(),
        })
        .await?)
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
        self.tasks.spawn(position::tell(Arc::clone(&door), Arc::clone(node), store, self.rng.fork()));
        door
    }

    fn serve_http(&mut self, listeners: Vec<TcpListener>, door: Arc<Door>) {
        let config = &self.config;
        let http = HttpConfig {
            domain: config.dns.domain.to_string(),
            ui: config.ui,
            pretty: config.dev,
            kv_value_bytes_max: config.limits.kv_value_bytes_max,
            transaction_bytes_max: config.limits.txn_request_bytes_max,
            connections_per_client_max: config.limits.http_conns_per_client_max,
            block_endpoints: config.http.block_endpoints.clone(),
            allow_write_from: config.http.allow_write_from.clone(),
            response_headers: proconsul_http::headers(&config.http.response_headers),
            use_cache: config.http.use_cache,
            unprintable_paths: config.http.unprintable_paths,
            translate_addresses: config.http.translate_addresses,
            discovery_max_stale: config.http.discovery_max_stale,
            ..HttpConfig::default()
        };
        let closing = self.when_closing();
        self.doors.spawn(proconsul_http::serve(listeners, door, http, closing));
    }

    fn serve_dns(&mut self, listeners: Vec<proconsul_dns::Listener>, config: DnsConfig, door: Arc<Door>) {
        let (rng, closing) = (self.rng.fork(), self.when_closing());
        self.doors.spawn(proconsul_dns::serve(listeners, door, config, rng, closing));
    }

    fn when_closing(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut closing = self.closing.subscribe();
        async move { drop(closing.wait_for(|closing| *closing).await) }
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

    async fn join<D: Disk>(&mut self, gossip: &gossip::Handle, running: &Running<D>) -> Result<(), StartError> {
        let joiner = Joiner {
            gossip: gossip.clone(),
            resolver: Arc::clone(&self.resolver),
            default_port: self.config.ports.serf_lan,
        };
        let config = Arc::clone(&self.config);
        if !config.join.once.is_empty() {
            let (reached, failures) = joiner.attempt(&config.join.once).await;
            if reached == 0 {
                return Err(StartError::Join { targets: config.join.once.clone(), failures });
            }
        }
        let status = running.handle.status_watch();
        let keep = async move {
            let Exhausted = joiner.keep(&config.join, status).await;
        };
        self.ends_with(keep, Shutdown::JoinExhausted);
        Ok(())
    }

    fn ends_with(&mut self, event: impl Future<Output = ()> + Send + 'static, reason: Shutdown) {
        let over = self.over.clone();
        self.tasks.spawn(async move {
            event.await;
            over.send_replace(Some(reason));
        });
    }
}

/// Consul's timing, but for what is configured.
fn profile(config: &Config) -> gossip::Profile {
    let mut profile = gossip::Profile::lan();
    profile.serf.forget_failed = config.reconnect_timeout;
    profile
}

async fn listen(what: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { what, address, source })
}

/// From the operating system; the one place where randomness enters.
fn seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // The standard library keys each of these from the operating system's generator.
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
