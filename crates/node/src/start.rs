//! Starting a node: what servers and client agents have in common, and which of them it is to be.

mod client;
mod server;

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use proconsul_agent::Config;
use proconsul_base::rand::Rng;
use proconsul_calls::door::Door;
use proconsul_checks::Means;
use proconsul_dns::DnsConfig;
use proconsul_gossip as gossip;
use proconsul_storage::disk::{MemoryDisk, RealDisk};
use proconsul_storage::log::LogOptions;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::checks;
use crate::contact::Contact;
use crate::error::StartError;
use crate::handle::{Handle, Shutdown};
use crate::join::{Exhausted, Joiner};
use crate::local::{self, Node, Parts};
use crate::local_state::LocalState;
use crate::reload::{Reload, Reread};
use crate::resolve::Resolver;
use crate::role::Role;
use crate::{dns, events, metrics, watches};

/// Starts an agent. Returns when everything listens; the cluster may still be without a leader.
/// `reread` reads the configuration again when the agent is told to.
pub async fn start(config: Config, reread: Reread) -> Result<Handle, StartError> {
    if config.server {
        start_server(config, reread).await.map(|(handle, _)| handle)
    } else {
        client::run(Starting::new(config, reread)?).await
    }
}

/// Starts a server, and hands out what its doors call.
pub async fn start_server(config: Config, reread: Reread) -> Result<(Handle, Arc<impl Door>), StartError> {
    match config.data_dir.as_ref().map(|place| place.real().to_owned()) {
        Some(path) => server::run(Starting::new(config, reread)?, RealDisk, path, LogOptions::default()).await,
        None if config.dev => {
            // In memory: small segments, for nothing is gained by writing them ahead.
            let log = LogOptions { last_segment_bytes: 4 << 20, ..LogOptions::default() };
            server::run(Starting::new(config, reread)?, MemoryDisk::default(), PathBuf::from("/"), log).await
        }
        None => Err(StartError::NoDataDir),
    }
}

/// What the parts have in common while they are put together.
struct Starting {
    config: Arc<Config>,
    reload: Arc<Reload>,
    source: Option<IpAddr>,
    resolver: Arc<Resolver>,
    /// What checks are carried out with.
    means: Means,
    rng: Rng,
    over: watch::Sender<Option<Shutdown>>,
    closing: watch::Sender<bool>,
    left: Arc<Notify>,
    /// The listeners for clients; they end by themselves when closing.
    doors: JoinSet<()>,
    tasks: JoinSet<()>,
}

/// The sockets of the doors, bound before anything else is done.
struct Sockets {
    http: Vec<TcpListener>,
    dns: Vec<proconsul_dns::Listener>,
    dns_config: DnsConfig,
}

impl Starting {
    fn new(config: Config, reread: Reread) -> Result<Self, StartError> {
        let resolver = Arc::new(Resolver::new(config.pod.as_ref())?);
        let source = config.pod.as_ref().map(|pod| pod.address);
        let source = source.or(Some(config.bind_addr).filter(|address| !address.is_unspecified()));
        let config = Arc::new(config);
        Ok(Self {
            means: checks::means(&config, source, &resolver)?,
            reload: Arc::new(Reload::new(&config, reread)),
            config,
            source,
            resolver,
            rng: Rng::seeded(seed()),
            over: watch::Sender::new(None),
            closing: watch::Sender::new(false),
            left: Arc::default(),
            doors: JoinSet::new(),
            tasks: JoinSet::new(),
        })
    }

    async fn sockets(&self) -> Result<Sockets, StartError> {
        let http = self.http_listeners().await?;
        let dns = dns::listeners(&self.config).await?;
        let dns_config = dns::door(&self.config, self.source, &self.resolver).await?;
        Ok(Sockets { http, dns, dns_config })
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

    /// Joins the pool of gossip, telling `tags`.
    async fn gossip(&mut self, tags: gossip::Tags) -> Result<gossip::Handle, StartError> {
        let config = &self.config;
        Ok(gossip::start(gossip::Config {
            name: config.node_name.clone(),
            bind: SocketAddr::new(config.serf_lan_bind, config.ports.serf_lan),
            advertise: SocketAddr::new(config.advertise_addr, config.ports.serf_lan),
            tags,
            profile: profile(config),
            source: self.source,
            seed: self.rng.u64(),
        })
        .await?)
    }

    /// The node, as its doors see it.
    fn node(&mut self, gossip: &gossip::Handle, role: Role) -> Result<Arc<Node>, StartError> {
        let node = Arc::new(Node::new(Parts {
            config: Arc::clone(&self.config),
            gossip: gossip.clone(),
            role,
            left: Arc::clone(&self.left),
            local: Arc::new(LocalState::load(&self.config, self.rng.fork())?),
            means: self.means.clone(),
            reload: Arc::clone(&self.reload),
            resolver: Arc::clone(&self.resolver),
        }));
        self.tasks.spawn(local::refresh(Arc::clone(&node)));
        metrics::begin(&mut self.tasks, &node);
        self.tasks.spawn(events::follow(Arc::clone(&node)));
        let left = Arc::clone(&self.left);
        self.ends_with(async move { left.notified().await }, Shutdown::Left);
        Ok(node)
    }

    /// Opens the doors: where HTTP listens.
    fn serve(&mut self, sockets: Sockets, door: &Arc<impl Door>) -> Vec<SocketAddr> {
        let addresses = sockets.http.iter().filter_map(|listener| listener.local_addr().ok()).collect();
        self.serve_http(sockets.http, Arc::clone(door));
        self.serve_dns(sockets.dns, sockets.dns_config, Arc::clone(door));
        addresses
    }

    fn serve_http(&mut self, listeners: Vec<TcpListener>, door: Arc<impl Door>) {
        let closing = self.when_closing();
        self.doors.spawn(proconsul_http::serve(listeners, door, self.reload.http(), closing));
    }

    fn serve_dns(&mut self, listeners: Vec<proconsul_dns::Listener>, config: DnsConfig, door: Arc<impl Door>) {
        let config = self.reload.dns(config, self.source, Arc::clone(&self.resolver));
        let (rng, closing) = (self.rng.fork(), self.when_closing());
        self.doors.spawn(proconsul_dns::serve(listeners, door, config, rng, closing));
    }

    fn when_closing(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut closing = self.closing.subscribe();
        async move { drop(closing.wait_for(|closing| *closing).await) }
    }

    /// Joins once where that is asked for, and keeps in touch from then on.
    async fn join<C: Contact>(
        &mut self,
        gossip: &gossip::Handle,
        contact: watch::Receiver<C>,
    ) -> Result<(), StartError> {
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
        let keep = async move {
            let Exhausted = joiner.keep(&config.join, contact).await;
        };
        self.ends_with(keep, Shutdown::JoinExhausted);
        Ok(())
    }

    /// The agent that has been started; `stop` ends what is not a task.
    fn handle(mut self, node: Arc<Node>, http: Vec<SocketAddr>, stop: impl FnOnce() + Send + 'static) -> Handle {
        self.tasks.spawn(watches::follow(http.first().copied(), node.watches.subscribe()));
        Handle {
            node,
            over: self.over,
            closing: self.closing,
            doors: self.doors,
            tasks: self.tasks,
            stop: Box::new(stop),
            http,
        }
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
