//! Asking other servers: one after the other, until one answers.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use proconsul_base::rand::Rng;
use proconsul_names::message::{Code, Record, kind};
use proconsul_names::name::Name;
use proconsul_names::trim::Transport;
use proconsul_names::wire::{reply, write};
use tokio::net::{TcpSocket, TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::config::{RecursorConfig, RecursorStrategy};
use crate::tcp;

/// Bytes of a packet before which the number of a question stands.
const ID_BYTES: usize = 2;

/// The servers that are asked for names of other zones.
#[derive(Debug)]
pub(crate) struct Recursors(RecursorConfig);

impl Recursors {
    pub(crate) fn new(config: RecursorConfig) -> Self {
        Self(config)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.servers.is_empty()
    }

    /// The answer to a client's packet, the way it came; `None` when no server gives one. A server that fails or refuses is
    /// passed over, an unknown name is an answer.
    pub(crate) async fn forward(&self, packet: &[u8], transport: Transport, rng: &mut Rng) -> Option<Vec<u8>> {
        let client_id = packet.get(..ID_BYTES)?;
        for server in self.order(rng) {
            match self.exchange(server, packet, transport, rng).await {
                Ok(mut answer) => {
                    let code = reply::head(&answer).ok()?.code;
                    if code == Code::Success as u8 || code == Code::NameError as u8 {
                        answer[..ID_BYTES].copy_from_slice(client_id);
                        return Some(answer);
                    }
                    tracing::debug!(%server, code, "a DNS recursor did not answer the question");
                }
                Err(error) => tracing::warn!(%server, %error, "a DNS recursor could not be asked"),
            }
        }
        None
    }

    /// What a name leads to: the records that the first server to answer has about its IPv4 addresses.
    pub(crate) async fn follow(&self, name: &Name, rng: &mut Rng) -> Vec<Record> {
        let packet = write::question(name, kind::A);
        for server in self.order(rng) {
            match self.exchange(server, &packet, Transport::Udp, rng).await {
                Ok(answer) => return reply::answers(&answer).unwrap_or_default(),
                Err(error) => tracing::warn!(%server, %name, %error, "a DNS recursor could not be asked"),
            }
        }
        Vec::new()
    }

    fn order(&self, rng: &mut Rng) -> Vec<SocketAddr> {
        let mut servers = self.0.servers.clone();
        if self.0.strategy == RecursorStrategy::Random {
            rng.shuffle(&mut servers);
        }
        servers
    }

    /// One question to one server, under a number and from a port that nobody else can guess.
    async fn exchange(
        &self,
        server: SocketAddr,
        packet: &[u8],
        transport: Transport,
        rng: &mut Rng,
    ) -> io::Result<Vec<u8>> {
        let id = rng.u64() as u16;
        let mut packet = packet.to_vec();
        packet[..ID_BYTES].copy_from_slice(&id.to_be_bytes());
        let asking = async {
            match transport {
                Transport::Udp => self.ask_udp(server, &packet, id).await,
                Transport::Tcp => self.ask_tcp(server, &packet, id).await,
            }
        };
        timeout(self.0.timeout, asking).await?
    }

    async fn ask_udp(&self, server: SocketAddr, packet: &[u8], id: u16) -> io::Result<Vec<u8>> {
        let socket = UdpSocket::bind(self.local(server)).await?;
        socket.connect(server).await?;
        socket.send(packet).await?;
        let mut buffer = vec![0; usize::from(u16::MAX)];
        loop {
            let length = socket.recv(&mut buffer).await?;
            if is_answer(&buffer[..length], id) {
                buffer.truncate(length);
                return Ok(buffer);
            }
        }
    }

    async fn ask_tcp(&self, server: SocketAddr, packet: &[u8], id: u16) -> io::Result<Vec<u8>> {
        let socket = if server.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.bind(self.local(server))?;
        let mut stream: TcpStream = socket.connect(server).await?;
        tcp::send(&mut stream, packet).await?;
        loop {
            let answer = tcp::read(&mut stream).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
            if is_answer(&answer, id) {
                return Ok(answer);
            }
        }
    }

    /// Where a question to this server leaves from.
    fn local(&self, server: SocketAddr) -> SocketAddr {
        let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let source = self.0.source.filter(|source| source.is_ipv4() == server.is_ipv4());
        SocketAddr::new(source.unwrap_or(any), 0)
    }
}

fn is_answer(packet: &[u8], id: u16) -> bool {
    reply::head(packet).is_ok_and(|head| head.is_response && head.id == id)
}
