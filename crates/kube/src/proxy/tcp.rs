//! TCP connections, each passed on to one target; a target that refuses is passed over for the next.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::limit;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::proxy::Targets;

/// How long one target may take to accept.
const CONNECT_WAIT: Duration = Duration::from_secs(2);

/// Passes connections on until dropped. With every place taken, new ones wait in the kernel's queue.
pub(crate) async fn serve(listener: TcpListener, targets: Targets) {
    let places = Arc::new(Semaphore::new(limit::KUBE_PROXY_CONNECTIONS));
    let mut turn = 0_usize;
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((client, _)) = listener.accept().await else { continue };
        let order = rotated(&targets.borrow(), turn);
        turn = turn.wrapping_add(1);
        tokio::spawn(async move {
            let _ = pass_on(client, &order).await; // either side hung up: the other learns it by the close
            drop(place);
        });
    }
}

async fn pass_on(mut client: TcpStream, targets: &[SocketAddr]) -> io::Result<()> {
    for target in targets {
        let Ok(Ok(mut server)) = timeout(CONNECT_WAIT, TcpStream::connect(target)).await else { continue };
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        copy_bidirectional(&mut client, &mut server).await?;
        return Ok(());
    }
    Ok(())
}

fn rotated(targets: &[SocketAddr], turn: usize) -> Vec<SocketAddr> {
    let mut order = targets.to_vec();
    if !order.is_empty() {
        let places = turn % order.len();
        order.rotate_left(places);
    }
    order
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::watch;

    use super::*;

    async fn greeter(greeting: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.28.200:0").await.expect("binds");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                client.write_all(greeting.as_bytes()).await.expect("writes");
            }
        });
        address
    }

    async fn greeting(address: SocketAddr) -> String {
        let mut text = String::new();
        let mut client = TcpStream::connect(address).await.expect("connects");
        client.read_to_string(&mut text).await.expect("reads");
        text
    }

    #[tokio::test]
    async fn a_connection_goes_to_a_target_that_answers_and_follows_its_changes() {
        let gone = TcpListener::bind("127.0.28.200:0").await.expect("binds").local_addr().expect("bound");
        let (sender, targets) = watch::channel(Arc::from([gone, greeter("first").await]));
        let listener = TcpListener::bind("127.0.28.200:0").await.expect("binds");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(serve(listener, targets));
        for _ in 0..2 {
            assert_eq!(greeting(address).await, "first");
        }
        sender.send_replace(Arc::from([greeter("second").await]));
        assert_eq!(greeting(address).await, "second");
    }
}
