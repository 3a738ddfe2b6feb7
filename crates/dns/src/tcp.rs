//! Questions on connections, each behind its length (RFC 1035 §4.2.2, RFC 7766).

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::limit;
use proconsul_base::rand::Rng;
use proconsul_names::trim::Transport;
use proconsul_names::wire::request::{self, Received};
use proconsul_names::wire::write;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::desk::{Desk, Inquiry};
use crate::source::Source;

/// How long a client may be silent, as in the DNS library under Consul.
const IDLE: Duration = Duration::from_secs(8);
/// How long to wait with the next connection after one could not be taken, usually for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Takes connections. Those over the limit are closed at once.
pub(crate) async fn accept<S: Source>(
    listener: TcpListener,
    newest: watch::Receiver<Arc<Desk<S>>>,
    places: Arc<Semaphore>,
    mut rng: Rng,
) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, client) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "could not take a DNS connection; trying again shortly");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        while connections.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let (desk, rng) = (Arc::clone(&newest.borrow()), rng.fork());
        connections.spawn(async move {
            if let Err(error) = answer(stream, client.ip(), &desk, rng).await {
                tracing::debug!(%error, %client, "a DNS connection ended early");
            }
            drop(place);
        });
    }
}

/// Answers one client's questions in their order, until it ends, is silent for long, sends no questions, or had its share.
async fn answer<S: Source>(mut stream: TcpStream, client: IpAddr, desk: &Arc<Desk<S>>, mut rng: Rng) -> io::Result<()> {
    for _ in 0..limit::DNS_CONNECTION_QUESTIONS {
        let Some(packet) = timeout(IDLE, read(&mut stream)).await?? else { return Ok(()) };
        let reply = match request::read(&packet) {
            Received::Ignored => return Ok(()),
            Received::Rejected(message) => write::packet(&message, true),
            Received::Asked(request) => {
                let inquiry = Inquiry { request, packet: packet.into(), client, transport: Transport::Tcp };
                Arc::clone(desk).answer(inquiry, rng.fork()).await
            }
        };
        timeout(IDLE, send(&mut stream, &reply)).await??;
    }
    Ok(())
}

/// The next packet of a stream; `None` at its end.
pub(crate) async fn read(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let length = match stream.read_u16().await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        length => length?,
    };
    let mut packet = vec![0; usize::from(length)];
    stream.read_exact(&mut packet).await?;
    Ok(Some(packet))
}

/// Writes a packet behind its length. One that is too long for any length is an error.
pub(crate) async fn send(stream: &mut TcpStream, packet: &[u8]) -> io::Result<()> {
    let length = u16::try_from(packet.len()).map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(packet.len() + 2);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(packet);
    stream.write_all(&bytes).await
}
