//! UDP datagrams: each client keeps one target for as long as it talks, so that answers find their way back.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::limit;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::proxy::Targets;

/// A client silent for so long is forgotten (conntrack's time for unanswered UDP).
const SILENCE: Duration = Duration::from_secs(30);

struct Client {
    upstream: Arc<UdpSocket>,
    target: SocketAddr,
    heard: Instant,
    answers: JoinHandle<()>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.answers.abort();
    }
}

/// Passes datagrams on until dropped. Without a target they are dropped, as the network would.
pub(crate) async fn serve(socket: UdpSocket, targets: Targets) {
    let socket = Arc::new(socket);
    let mut clients: HashMap<SocketAddr, Client> = HashMap::new();
    let mut buffer = vec![0; usize::from(u16::MAX)];
    let mut turn = 0_usize;
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        let now = Instant::now();
        clients.retain(|_, client| now - client.heard < SILENCE && targets.borrow().contains(&client.target));
        if !clients.contains_key(&from) {
            turn = turn.wrapping_add(1);
            make_room(&mut clients);
            let Some(target) = pick(&targets, turn) else { continue };
            let Ok(client) = meet(Arc::clone(&socket), from, target).await else { continue };
            clients.insert(from, client);
        }
        if let Some(client) = clients.get_mut(&from) {
            client.heard = now;
            let _ = client.upstream.send(&buffer[..length]).await; // a lost datagram is UDP's own business
        }
    }
}

fn pick(targets: &Targets, turn: usize) -> Option<SocketAddr> {
    let targets = targets.borrow();
    targets.get(turn % targets.len().max(1)).copied()
}

fn make_room(clients: &mut HashMap<SocketAddr, Client>) {
    if clients.len() >= limit::KUBE_PROXY_CLIENTS
        && let Some(quietest) = clients.iter().min_by_key(|(_, client)| client.heard).map(|(&from, _)| from)
    {
        clients.remove(&quietest);
    }
}

async fn meet(socket: Arc<UdpSocket>, from: SocketAddr, target: SocketAddr) -> io::Result<Client> {
    let local: IpAddr = if target.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let upstream = Arc::new(UdpSocket::bind((local, 0)).await?);
    upstream.connect(target).await?;
    let answers = tokio::spawn(carry_back(Arc::clone(&upstream), socket, from));
    Ok(Client { upstream, target, heard: Instant::now(), answers })
}

async fn carry_back(upstream: Arc<UdpSocket>, socket: Arc<UdpSocket>, client: SocketAddr) {
    let mut buffer = vec![0; usize::from(u16::MAX)];
    while let Ok(Ok(length)) = timeout(SILENCE, upstream.recv(&mut buffer)).await {
        let _ = socket.send_to(&buffer[..length], client).await; // as above
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::*;

    #[tokio::test]
    async fn a_datagram_reaches_a_target_and_its_answer_comes_back() {
        let echo = UdpSocket::bind("127.0.28.200:0").await.expect("binds");
        let (_sender, targets) = watch::channel(Arc::from([echo.local_addr().expect("bound")]));
        let front = UdpSocket::bind("127.0.28.200:0").await.expect("binds");
        let address = front.local_addr().expect("bound");
        tokio::spawn(serve(front, targets));
        let client = UdpSocket::bind("127.0.28.200:0").await.expect("binds");
        client.send_to(b"ping", address).await.expect("sends");
        let mut buffer = [0; 16];
        let (length, from) = echo.recv_from(&mut buffer).await.expect("receives");
        echo.send_to(&buffer[..length], from).await.expect("sends");
        let (length, from) = client.recv_from(&mut buffer).await.expect("receives");
        assert_eq!((&buffer[..length], from), (&b"ping"[..], address));
    }
}
