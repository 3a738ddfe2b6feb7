//! Against health services that answer in every way, and servers that are none.

use h2::server;
use hyper::Response;
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::fixture::{Authority, LONG, Peer, SHORT};

/// What a health service answers.
#[derive(Clone, Copy)]
enum Answer {
    /// A message, and a good end.
    Message(&'static [u8]),
    /// An end without message.
    End(&'static str, &'static str),
    /// No gRPC.
    Http(u16),
}

/// Answers every call; the path and the message must be those of a health check of the service `db`.
async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, answer: Answer) {
    let mut connection = server::handshake(stream).await.unwrap();
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        assert_eq!(request.uri().path(), "/grpc.health.v1.Health/Check");
        assert_eq!(request.headers()["content-type"], "application/grpc");
        let head = Response::builder().header("content-type", "application/grpc");
        match answer {
            Answer::Message(message) => {
                let mut body = respond.send_response(head.body(()).unwrap(), false).unwrap();
                body.send_data(Bytes::from_static(message), false).unwrap();
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", "0".parse().unwrap());
                body.send_trailers(trailers).unwrap();
            }
            Answer::End(status, message) => {
                let head = head.header("grpc-status", status).header("grpc-message", message);
                respond.send_response(head.body(()).unwrap(), true).unwrap();
            }
            Answer::Http(status) => {
                respond.send_response(Response::builder().status(status).body(()).unwrap(), true).unwrap();
            }
        }
    }
}

fn grpc(address: impl std::fmt::Display) -> Grpc {
    Grpc { target: format!("{address}/db"), timeout: LONG, network: Network::default(), tls: None }
}

async fn told(answer: Answer) -> Outcome {
    let peer = Peer::new(move |stream: TcpStream| serve(stream, answer)).await;
    let Outcome { status, output } = grpc(peer.address).run().await;
    Outcome { status, output: output.replace(&peer.address.to_string(), "PEER") }
}

#[tokio::test]
async fn only_what_serves_passes() {
    assert_eq!(told(Answer::Message(&[0, 0, 0, 0, 2, 8, 1])).await, Outcome::passing("gRPC check PEER/db: success"));
    let unhealthy = Outcome::critical("gRPC application didn't report service healthy");
    assert_eq!(told(Answer::Message(&[0, 0, 0, 0, 2, 8, 2])).await, unhealthy);
    assert_eq!(told(Answer::Message(&[0, 0, 0, 0, 0])).await, unhealthy);
}

#[tokio::test]
async fn a_call_that_fails_is_told_as_gos_library_tells_it() {
    let expected = "rpc error: code = NotFound desc = unknown service";
    assert_eq!(told(Answer::End("5", "unknown service")).await, Outcome::critical(expected));
    let expected = "rpc error: code = Unimplemented desc = unknown service grpc.health.v1.Health";
    let answer = Answer::End("12", "unknown service grpc.health.v1.Health");
    assert_eq!(told(answer).await, Outcome::critical(expected));
    let output = told(Answer::Http(503)).await.output;
    assert!(
        output.starts_with("rpc error: code = Unavailable desc = Service Unavailable: HTTP status code 503"),
        "{output}"
    );
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read_on() {
    static LONG_MESSAGE: [u8; 2 * ANSWER_BYTES] = [0; 2 * ANSWER_BYTES];
    let output = told(Answer::Message(&LONG_MESSAGE)).await.output;
    assert_eq!(output, "rpc error: code = ResourceExhausted desc = grpc: received message larger than max");
}

#[tokio::test]
async fn a_refused_connection_is_critical() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let expected = format!(
        "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing dial tcp {address}: \
         connect: connection refused\""
    );
    assert_eq!(grpc(address).run().await, Outcome::critical(expected));
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_critical_after_the_timeout() {
    let peer = Peer::new(|stream: TcpStream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let expected = Outcome::critical("rpc error: code = DeadlineExceeded desc = context deadline exceeded");
    assert_eq!(Grpc { timeout: SHORT, ..grpc(peer.address) }.run().await, expected);
}

#[tokio::test]
async fn a_server_that_speaks_no_http2_is_critical() {
    let peer = Peer::answering("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let expected = Outcome::critical("rpc error: code = Unavailable desc = connection closed");
    assert_eq!(grpc(peer.address).run().await, expected);
}

#[tokio::test]
async fn over_tls_the_certificate_must_be_right() {
    const SERVING: Answer = Answer::Message(&[0, 0, 0, 0, 2, 8, 1]);
    let (authority, stranger) = (Authority::new(), Authority::new());
    let mut outcomes = Vec::new();
    for signer in [&authority, &stranger] {
        let mut config = signer.server(&["127.0.0.1"]);
        config.alpn_protocols = vec![H2.to_vec()];
        let peer = Peer::over_tls(config, |stream| serve(stream, SERVING)).await;
        let grpc = Grpc { tls: Some(authority.client("", H2)), ..grpc(peer.address) };
        outcomes.push(grpc.run().await.output.replace(&peer.address.to_string(), "PEER"));
    }
    let refused = "rpc error: code = Unavailable desc = connection error: desc = \"transport: authentication handshake \
                   failed: x509: certificate signed by unknown authority\"";
    assert_eq!(outcomes, ["gRPC check PEER/db: success", refused]);
}
