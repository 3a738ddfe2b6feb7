//! Servers whose certificates are right, and wrong in every way.

use super::*;
use crate::fixture::Authority;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntls";

async fn told(authority: &Authority, config: rustls::ServerConfig, server_name: &str) -> String {
    let peer = Peer::answering_over_tls(config, OK).await;
    let tls = authority.client(server_name, b"http/1.1");
    let outcome = Http { tls, ..http(peer.url("https", "/")) }.run().await;
    outcome.output.replace(&peer.address.to_string(), "PEER")
}

#[tokio::test]
async fn a_trusted_certificate_of_the_asked_address_passes() {
    let authority = Authority::new();
    let config = authority.server(&["127.0.0.1"]);
    assert_eq!(told(&authority, config, "").await, "HTTP GET https://PEER/: 200 OK Output: tls");
}

#[tokio::test]
async fn a_certificate_may_have_the_name_that_is_asked_for_instead() {
    let authority = Authority::new();
    let config = || authority.server(&["db.example"]);
    assert_eq!(told(&authority, config(), "db.example").await, "HTTP GET https://PEER/: 200 OK Output: tls");
    let expected = "Get \"https://PEER/\": x509: certificate is valid for db.example, not other.example";
    assert_eq!(told(&authority, config(), "other.example").await, expected);
    let expected =
        "Get \"https://PEER/\": x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs";
    assert_eq!(told(&authority, config(), "").await, expected);
}

#[tokio::test]
async fn a_certificate_that_is_over_is_refused() {
    let authority = Authority::new();
    let config = authority.expired_server();
    let output = told(&authority, config, "").await;
    let begin = "Get \"https://PEER/\": x509: certificate has expired or is not yet valid: current time 20";
    assert!(output.starts_with(begin) && output.ends_with("Z is after 2021-01-01T00:00:00Z"), "{output}");
}

#[tokio::test]
async fn a_strangers_certificate_is_refused() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let expected = "Get \"https://PEER/\": x509: certificate signed by unknown authority";
    for config in [stranger.server(&["127.0.0.1"]), stranger.own_server()] {
        assert_eq!(told(&authority, config, "").await, expected);
    }
}

#[tokio::test]
async fn any_certificate_passes_when_none_is_looked_at() {
    let stranger = Authority::new();
    for config in [stranger.server(&["db.example"]), stranger.expired_server()] {
        let peer = Peer::answering_over_tls(config, OK).await;
        let expected = format!("HTTP GET {}: 200 OK Output: tls", peer.url("https", "/"));
        assert_eq!(http(peer.url("https", "/")).run().await, Outcome::passing(expected));
    }
}

#[tokio::test]
async fn a_server_without_tls_is_told_from_a_bad_one() {
    let peer = Peer::new(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        drop(head(&mut stream).await);
    })
    .await;
    let expected = format!("Get \"{}\": http: server gave HTTP response to HTTPS client", peer.url("https", "/"));
    assert_eq!(http(peer.url("https", "/")).run().await, Outcome::critical(expected));
}

#[tokio::test]
async fn a_handshake_that_is_not_answered_ends_with_the_timeout() {
    let peer = Peer::new(|stream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let output = Http { timeout: SHORT, ..http(peer.url("https", "/")) }.run().await.output;
    assert!(output.ends_with("(Client.Timeout exceeded while awaiting headers)"), "{output}");
}
