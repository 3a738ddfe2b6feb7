//! Reading the configuration again while the agent runs: all of it is read and checked first, then what can take effect does, and
//! what cannot is named.

use std::error::Error;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use proconsul_agent::Config;
use proconsul_agent::config::Change;
use proconsul_agent::local::{self, NotTaken};
use proconsul_calls::agent::{AgentError, ReloadCalls};
use proconsul_dns::DnsConfig;
use proconsul_http::HttpConfig;
use proconsul_telemetry::registry;
use tokio::sync::{Mutex, watch};
use tokio::task::spawn_blocking;

use crate::error::StartError;
use crate::local::Node;
use crate::resolve::Resolver;
use crate::{dns, log};

/// Reads flags and files again; an error says everything that is wrong with them.
pub type Reread = Arc<dyn Fn() -> Result<Config, Box<dyn Error + Send + Sync>> + Send + Sync>;

/// What can be changed while the agent runs.
pub(crate) struct Reload {
    reread: Reread,
    /// What was read last; locked while it is read again.
    read: Mutex<Arc<Config>>,
    http: watch::Sender<Arc<HttpConfig>>,
    /// Set up once its sockets are.
    dns: OnceLock<DnsDoor>,
}

/// The DNS door, and what its settings are made with.
struct DnsDoor {
    config: watch::Sender<DnsConfig>,
    source: Option<IpAddr>,
    resolver: Arc<Resolver>,
}

/// Why the configuration was not followed; the one before stays.
#[derive(Debug, thiserror::Error)]
enum ReloadError {
    /// It has mistakes.
    #[error(transparent)]
    Read(Box<dyn Error + Send + Sync>),
    /// A service or check that the files define does not fit this agent.
    #[error(transparent)]
    Definitions(#[from] NotTaken),
    /// A recursor has no address.
    #[error(transparent)]
    Dns(#[from] StartError),
    /// The task that reads was ended.
    #[error("the agent is stopping")]
    Stopping,
}

impl Reload {
    pub(crate) fn new(config: &Arc<Config>, reread: Reread) -> Self {
        let http = watch::Sender::new(Arc::new(http(config)));
        Self { reread, read: Mutex::new(Arc::clone(config)), http, dns: OnceLock::new() }
    }

    /// How the HTTP door is set up, now and later.
    pub(crate) fn http(&self) -> watch::Receiver<Arc<HttpConfig>> {
        self.http.subscribe()
    }

    /// The same for the DNS door, which begins with this.
    pub(crate) fn dns(
        &self,
        config: DnsConfig,
        source: Option<IpAddr>,
        resolver: Arc<Resolver>,
    ) -> watch::Receiver<DnsConfig> {
        let door = self.dns.get_or_init(|| DnsDoor { config: watch::Sender::new(config), source, resolver });
        door.config.subscribe()
    }

    async fn reload(&self, node: &Node) -> Result<(), ReloadError> {
        let mut read = self.read.lock().await;
        let reread = Arc::clone(&self.reread);
        let next = spawn_blocking(move || reread()).await.map_err(|_| ReloadError::Stopping)?;
        let next = Arc::new(next.map_err(ReloadError::Read)?);
        let dns = self.next_dns(&next).await?;
        let change = Change::between(&read, &next);
        // What can be refused comes first, so that nothing has changed when it is.
        node.local.replace_definitions(&next.local.definitions).await?;
        self.follow(node, &next, dns);
        for warning in &next.warnings {
            tracing::warn!(target: "agent", "{warning}");
        }
        for key in &change.kept {
            tracing::warn!(target: "agent", "{key} cannot be reloaded; restart the agent to change it");
        }
        tracing::info!(target: "agent", changed = change.followed.join(" "), "configuration reloaded");
        *read = next;
        Ok(())
    }

    async fn next_dns(&self, next: &Config) -> Result<Option<DnsConfig>, StartError> {
        match self.dns.get() {
            Some(door) => dns::door(next, door.source, &door.resolver).await.map(Some),
            None => Ok(None),
        }
    }

    fn follow(&self, node: &Node, next: &Config, dns: Option<DnsConfig>) {
        node.local.held.change(|state| {
            state.discard_check_output(next.local.discard_check_output);
            state.follow_meta(&local::node(next));
        });
        node.watches.send_if_modified(|watches| {
            let is_new = **watches != *next.watches;
            *watches = next.watches.clone().into();
            is_new
        });
        log::set_level(next.log.level);
        let mut view = node.config.telemetry.view(&node.config.hostname);
        view.filter = next.telemetry.filter.clone();
        registry::show_as(view);
        self.http.send_replace(Arc::new(next_http(&node.config, next)));
        if let Some((door, next)) = self.dns.get().zip(dns) {
            let DnsConfig { settings, consistency, recursors, .. } = next;
            door.config.send_modify(|config| {
                // The zones are what this agent began with.
                let (domain, alt_domain) = (config.settings.domain.clone(), config.settings.alt_domain.clone());
                config.settings = settings;
                config.settings.domain = domain;
                config.settings.alt_domain = alt_domain;
                config.consistency = consistency;
                config.recursors = recursors;
            });
        }
    }
}

impl ReloadCalls for Node {
    async fn reload(&self) -> Result<(), AgentError> {
        self.reload.reload(self).await.map_err(|error| AgentError::NotReloaded(error.to_string()))
    }
}

/// How the HTTP door is set up.
fn http(config: &Config) -> HttpConfig {
    HttpConfig {
        node_name: config.node_name.clone(),
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
    }
}

/// The same, where what cannot change stays as the agent began.
fn next_http(begun: &Config, next: &Config) -> HttpConfig {
    let first = http(begun);
    HttpConfig {
        node_name: first.node_name,
        domain: first.domain,
        ui: first.ui,
        pretty: first.pretty,
        unprintable_paths: first.unprintable_paths,
        translate_addresses: first.translate_addresses,
        ..http(next)
    }
}
