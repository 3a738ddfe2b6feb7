//! The listeners and their connections, from the first byte to the last.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proconsul_base::cidr::Cidr;
use proconsul_base::limit;
use proconsul_calls::door::Door;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{interval, sleep, timeout};

use crate::answer::{self, Shared};
use crate::cached::Cached;
use crate::connections::{Connections, Place};
use crate::hot::Hot;
use crate::progress::Observed;

/// How the door is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpConfig {
    /// The name of this node, which some metrics carry.
    pub node_name: String,
    /// The domain of DNS names, with a dot at its end (`-domain`).
    pub domain: String,
    /// Whether the web page is served (`-ui`).
    pub ui: bool,
    /// Whether all JSON is written in lines, as in Consul's dev mode, not only with `?pretty`.
    pub pretty: bool,
    /// Largest value of a key, in bytes (`limits.kv_max_value_size`).
    pub kv_value_bytes_max: usize,
    /// Largest transaction, in bytes of its JSON (`limits.txn_max_req_len`).
    pub transaction_bytes_max: usize,
    /// Connections one client address may have (`limits.http_max_conns_per_client`).
    pub connections_per_client_max: usize,
    /// Connections at a time, from all clients.
    pub connections_max: usize,
    /// Paths whose endpoints are blocked, with all that begins with them (`http_config.block_endpoints`).
    pub block_endpoints: Vec<String>,
    /// From where writes are taken; empty for everywhere (`http_config.allow_write_http_from`).
    pub allow_write_from: Vec<Cidr>,
    /// Added to every answer of the API that does not have them (`http_config.response_headers`).
    pub response_headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether `?cached` is followed (`http_config.use_cache`).
    pub use_cache: bool,
    /// Whether paths may hold characters without a printed form (`disable_http_unprintable_char_filter`).
    pub unprintable_paths: bool,
    /// Whether answers say that addresses of other datacenters are translated (`translate_wan_addrs`).
    pub translate_addresses: bool,
    /// How stale reads of the catalog and of health may be that do not say; zero for not at all (`discovery_max_stale`).
    pub discovery_max_stale: Duration,
    /// How long requests under way may take after the shutdown has begun.
    pub grace: Duration,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            node_name: String::new(),
            domain: "consul.".to_owned(),
            ui: false,
            pretty: false,
            kv_value_bytes_max: limit::KV_VALUE_BYTES,
            transaction_bytes_max: limit::KV_VALUE_BYTES,
            connections_per_client_max: limit::HTTP_CONNECTIONS_PER_CLIENT,
            connections_max: limit::HTTP_CONNECTIONS,
            block_endpoints: Vec::new(),
            allow_write_from: Vec::new(),
            response_headers: Vec::new(),
            use_cache: true,
            unprintable_paths: false,
            translate_addresses: false,
            discovery_max_stale: Duration::ZERO,
            grace: Duration::from_secs(1),
        }
    }
}

/// Headers from names and values; what cannot be one is left out.
pub fn headers(named: &BTreeMap<String, String>) -> Vec<(HeaderName, HeaderValue)> {
    named.iter().filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?))).collect()
}

impl HttpConfig {
    pub(crate) fn blocks(&self, path: &str) -> bool {
        self.block_endpoints.iter().any(|blocked| path.starts_with(&**blocked))
    }
}

/// What all connections share.
struct Listening<D> {
    requests: Shared<D>,
    config: watch::Receiver<Arc<HttpConfig>>,
    connections: Arc<Connections>,
}

/// What a client is told that has too many connections, in the words of Consul's newer versions.
const TOO_MANY: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\n\
    Content-Type: text/plain\r\n\
    Content-Length: 82\r\n\
    Connection: close\r\n\r\n\
    Your IP is issuing too many concurrent connections, please rate limit your calls\r\n";

/// How long to wait with the next connection after one could not be taken, usually for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves the API on these listeners until the shutdown, set up as the newest configuration says; then lets requests under way end within the configured grace.
pub async fn serve<D: Door>(
    listeners: Vec<TcpListener>,
    door: Arc<D>,
    config: watch::Receiver<Arc<HttpConfig>>,
    shutdown: impl Future<Output = ()> + Send,
) {
    let now = Arc::clone(&config.borrow());
    let connections = Connections::new(now.connections_per_client_max, now.connections_max);
    let requests = Shared { door, cached: Cached::default() };
    let shared = Arc::new(Listening { requests, config, connections });
    // Every listener and every connection holds a receiver: when all are gone, all is done.
    let (stop, stopped) = watch::channel(false);
    for listener in listeners {
        tokio::spawn(accept(listener, shared.clone(), stopped.clone()));
    }
    tokio::spawn(sweep(shared.connections.clone(), shared.config.clone(), stopped));
    shutdown.await;
    stop.send_replace(true);
    if timeout(2 * now.grace, stop.closed()).await.is_err() {
        tracing::warn!("some HTTP connections did not end in time and are cut off");
    }
}

async fn sweep(
    connections: Arc<Connections>,
    config: watch::Receiver<Arc<HttpConfig>>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut seconds = interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            _ = seconds.tick() => {
                connections.allow(config.borrow().connections_per_client_max);
                connections.sweep();
            }
            _ = stopped.changed() => return,
        }
    }
}

async fn accept<D: Door>(listener: TcpListener, shared: Arc<Listening<D>>, mut stopped: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        match accepted {
            Ok((stream, client)) => match shared.connections.admit(client.ip()) {
                Some(place) => spawn(stream, place, &shared, &stopped),
                None => refuse(stream),
            },
            Err(error) => {
                tracing::warn!(%error, "could not take an HTTP connection; trying again shortly");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn spawn<D: Door>(stream: TcpStream, place: Place, shared: &Arc<Listening<D>>, stopped: &watch::Receiver<bool>) {
    let number = place.number();
    let task = tokio::spawn(connection(stream, place, shared.clone(), stopped.clone()));
    shared.connections.can_cut(number, task.abort_handle());
}

/// Says why, without waiting: the buffer of a new connection has room for it.
fn refuse(stream: TcpStream) {
    if let Ok(mut stream) = stream.into_std() {
        let written = stream.write(TOO_MANY);
        tracing::debug!(?written, "refused an HTTP connection over the limit");
    }
}

/// One client, from its first byte to its last. While it is silent, only its socket is kept.
async fn connection<D: Door>(
    stream: TcpStream,
    place: Place,
    shared: Arc<Listening<D>>,
    mut stopped: watch::Receiver<bool>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "an HTTP connection was gone before it could be used");
        return;
    }
    let config = Hot::new(&shared.config);
    let mut resting = Some(Observed::new(stream, place.progress()));
    while let Some(stream) = resting {
        tokio::select! {
            // An error shows itself to the reader that follows.
            _ = stream.stream().readable() => {}
            _ = stopped.changed() => return,
        }
        // In a box, which is gone while the client is silent.
        resting = Box::pin(busy(stream, &place, &config, &shared.requests, &mut stopped)).await;
    }
}

/// Answers requests until the client ends, or until it has been silent for a while: then gives the stream back, and with it
/// the room that parsing and writing need.
async fn busy<'a, D: Door>(
    stream: Observed<'a>,
    place: &'a Place,
    config: &Hot,
    requests: &Shared<D>,
    stopped: &mut watch::Receiver<bool>,
) -> Option<Observed<'a>> {
    let progress = place.progress();
    let service = service_fn(|request| async move {
        progress.working();
        let reply = answer::answer(requests, place, &config.now(), request).await;
        Ok::<_, Infallible>(reply.map(|content| content.watched(place.watcher())))
    });
    let mut http = http1::Builder::new();
    http.title_case_headers(true).max_buf_size(limit::HTTP_HEAD_BYTES);
    // Clients that do not get on are cut off by the sweep, which needs no timer for each request.
    http.header_read_timeout(None);
    let mut connection = http.serve_connection(TokioIo::new(stream), service);
    let ended = loop {
        tokio::select! {
            biased;
            ended = &mut connection => break ended,
            _ = stopped.changed() => {
                std::pin::Pin::new(&mut connection).graceful_shutdown();
                break timeout(config.now().grace, connection).await.unwrap_or(Ok(()));
            }
            () = progress.told_to_rest() => {
                // A request may have come since.
                if progress.is_silent() {
                    let parts = connection.into_parts();
                    return Some(parts.io.into_inner().with_unread(parts.read_buf));
                }
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "an HTTP connection ended early");
    }
    None
}
