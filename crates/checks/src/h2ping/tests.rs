//! Against servers that answer pings, and others.

use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::fixture::{Authority, LONG, Peer, SHORT};
use crate::grpc::H2;

async fn answer_pings(stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    while connection.accept().await.is_some() {}
}

fn ping_to(address: impl ToString) -> H2Ping {
    H2Ping { target: address.to_string(), timeout: LONG, network: Network::default(), tls: None }
}

#[tokio::test]
async fn an_answer_passes() {
    let peer = Peer::new(|stream: TcpStream| answer_pings(stream)).await;
    assert_eq!(ping_to(peer.address).run().await, Outcome::passing("HTTP2 ping was successful"));
}

#[tokio::test]
async fn an_answer_over_tls_passes_when_the_certificate_is_right() {
    let authority = Authority::new();
    let peer = Peer::over_tls(authority.server(&["127.0.0.1"]), answer_pings).await;
    let tls = |server_name| Some(authority.client(server_name, H2));
    let right = H2Ping { tls: tls(""), ..ping_to(peer.address) };
    assert_eq!(right.run().await, Outcome::passing("HTTP2 ping was successful"));
    let wrong = H2Ping { tls: tls("other"), ..ping_to(peer.address) };
    let output = wrong.run().await.output;
    assert!(output.starts_with(&format!("Failed to dial to {}: x509: ", peer.address)), "{output}");
}

#[tokio::test]
async fn a_refused_connection_is_critical() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let expected = format!("Failed to dial to {address}: dial tcp {address}: connect: connection refused");
    assert_eq!(ping_to(address).run().await, Outcome::critical(expected));
}

#[tokio::test]
async fn a_server_that_hangs_up_or_speaks_otherwise_is_critical() {
    let hangs_up = Peer::new(|stream: TcpStream| async move { drop(stream) }).await;
    let otherwise = Peer::answering("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    for peer in [hangs_up, otherwise] {
        let output = ping_to(peer.address).run().await.output;
        assert!(output.starts_with("HTTP2 ping failed: "), "{output}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_critical_after_the_timeout() {
    let peer = Peer::new(|stream: TcpStream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let expected = Outcome::critical("HTTP2 ping failed: context deadline exceeded");
    assert_eq!(H2Ping { timeout: SHORT, ..ping_to(peer.address) }.run().await, expected);
}
