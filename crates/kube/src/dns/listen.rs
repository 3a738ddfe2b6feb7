//! The resolver's sockets, UDP and TCP: bytes in, [`answer`] asked, bytes out; other names go to the host's resolvers.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::Message;
use parking_lot::Mutex;
use proconsul_base::limit;
use proconsul_base::rand::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::dns::answer::{self, Verdict};
use crate::dns::zone::Zone;
use crate::kind::Kind;
use crate::store::Store;

/// How long a host's resolver may take before the next is asked.
const UPSTREAM_WAIT: Duration = Duration::from_secs(2);
/// How long a TCP client may be silent.
const IDLE_WAIT: Duration = Duration::from_secs(10);

/// A resolver that answers until dropped.
#[derive(Debug)]
pub struct Resolver {
    /// Where it listens, for UDP and TCP alike.
    pub address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Resolver {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// What all questions share.
struct Desk {
    store: Arc<Store>,
    upstream: Vec<SocketAddr>,
    /// The zone and the store version it was read at.
    zone: Mutex<(u64, Arc<Zone>)>,
    rng: Mutex<Rng>,
    places: Arc<Semaphore>,
}

/// Starts a resolver on an address (port 0 picks one that is free for both protocols).
pub async fn start(
    address: SocketAddr,
    store: Arc<Store>,
    upstream: Vec<SocketAddr>,
    rng: Rng,
) -> io::Result<Resolver> {
    let tcp = TcpListener::bind(address).await?;
    let address = tcp.local_addr()?;
    let udp = Arc::new(UdpSocket::bind(address).await?);
    let desk = Arc::new(Desk {
        store,
        upstream,
        zone: Mutex::new((u64::MAX, Arc::new(Zone::default()))),
        rng: Mutex::new(rng),
        places: Arc::new(Semaphore::new(limit::KUBE_DNS_QUESTIONS)),
    });
    let tasks = vec![tokio::spawn(serve_udp(udp, Arc::clone(&desk))), tokio::spawn(serve_tcp(tcp, desk))];
    Ok(Resolver { address, tasks })
}

/// The resolvers that a `resolv.conf` names.
pub fn upstream_of(resolv_conf: &str) -> Vec<SocketAddr> {
    let server = |line: &str| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()?.parse::<IpAddr>().ok()).flatten()
    };
    resolv_conf.lines().filter_map(server).map(|address| SocketAddr::new(address, 53)).collect()
}

async fn serve_udp(socket: Arc<UdpSocket>, desk: Arc<Desk>) {
    let mut buffer = vec![0; usize::from(u16::MAX)];
    loop {
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else { continue };
        let Ok(query) = Message::from_vec(&buffer[..length]) else { continue };
        // Every place taken: the question is dropped and the client asks again.
        let Ok(place) = Arc::clone(&desk.places).try_acquire_owned() else { continue };
        let (socket, desk) = (Arc::clone(&socket), Arc::clone(&desk));
        tokio::spawn(async move {
            let reply = desk.answer(&query).await;
            if let Some(bytes) = answer::datagram(&query, &reply) {
                let _ = socket.send_to(&bytes, client).await; // a client that is gone asks no more
            }
            drop(place);
        });
    }
}

async fn serve_tcp(listener: TcpListener, desk: Arc<Desk>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let Ok(place) = Arc::clone(&desk.places).try_acquire_owned() else { continue };
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let _ = serve_stream(stream, &desk).await; // the client closed or sent no DNS
            drop(place);
        });
    }
}

async fn serve_stream(mut stream: TcpStream, desk: &Desk) -> io::Result<()> {
    loop {
        let length = timeout(IDLE_WAIT, stream.read_u16()).await??;
        let mut bytes = vec![0; usize::from(length)];
        timeout(IDLE_WAIT, stream.read_exact(&mut bytes)).await??;
        let query = Message::from_vec(&bytes).map_err(io::Error::other)?;
        let reply = desk.answer(&query).await.to_vec().map_err(io::Error::other)?;
        let length = u16::try_from(reply.len()).map_err(io::Error::other)?;
        stream.write_u16(length).await?;
        stream.write_all(&reply).await?;
    }
}

impl Desk {
    async fn answer(&self, query: &Message) -> Message {
        let zone = self.zone();
        let verdict = answer::answer(&zone, query, &mut self.rng.lock());
        match verdict {
            Verdict::Answer(reply) => *reply,
            Verdict::Forward => self.forward(query).await.unwrap_or_else(|| answer::refused(query)),
        }
    }

    fn zone(&self) -> Arc<Zone> {
        let version = self.store.version();
        let mut kept = self.zone.lock();
        if kept.0 != version {
            let services = self.store.list(Kind::Service, None);
            let endpoints = self.store.list(Kind::Endpoints, None);
            *kept = (version, Arc::new(Zone::of(&services, &endpoints)));
        }
        Arc::clone(&kept.1)
    }

    async fn forward(&self, query: &Message) -> Option<Message> {
        let bytes = query.to_vec().ok()?;
        for &server in &self.upstream {
            if let Ok(Ok(reply)) = timeout(UPSTREAM_WAIT, ask(server, &bytes)).await
                && reply.metadata.id == query.metadata.id
            {
                return Some(reply);
            }
        }
        None
    }
}

async fn ask(server: SocketAddr, query: &[u8]) -> io::Result<Message> {
    let local: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((local, 0)).await?;
    socket.connect(server).await?;
    socket.send(query).await?;
    let mut buffer = vec![0; usize::from(u16::MAX)];
    let length = socket.recv(&mut buffer).await?;
    Message::from_vec(&buffer[..length]).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_servers_are_read_from_the_host_file() {
        let text = "# made by hand\nnameserver 10.0.0.2\nsearch lan\nnameserver fe80::1%eth0\nnameserver 2001:db8::1\n";
        let expected = ["10.0.0.2:53", "[2001:db8::1]:53"].map(|server| server.parse().expect("an address"));
        assert_eq!(upstream_of(text), expected);
    }
}
