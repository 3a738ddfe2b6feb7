//! Servers that are there and do wrong, and addresses where there is none.

use socket2::SockRef;
use tokio::net::TcpListener;

use super::*;

async fn failed(http: Http) -> String {
    let outcome = http.run().await;
    assert_eq!(outcome.status, Status::Critical, "{}", outcome.output);
    outcome.output
}

#[tokio::test]
async fn a_refused_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let expected = format!("Get \"http://{address}/p\": dial tcp {address}: connect: connection refused");
    assert_eq!(failed(http(format!("http://{address}/p"))).await, expected);
}

#[tokio::test]
async fn a_server_that_hangs_up() {
    let peer = Peer::new(|mut stream| async move { drop(head(&mut stream).await) }).await;
    let expected = format!("Get \"{}\": EOF", peer.url("http", "/p"));
    assert_eq!(failed(http(peer.url("http", "/p"))).await, expected);
}

#[tokio::test]
async fn a_server_that_resets_the_connection() {
    let peer = Peer::new(|mut stream| async move {
        head(&mut stream).await;
        SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    })
    .await;
    let output = failed(http(peer.url("http", "/p"))).await;
    let (begin, end) = (format!("Get \"{}\": read tcp 127.0.0.1:", peer.url("http", "/p")), peer.address);
    let end = format!("->{end}: read: connection reset by peer");
    assert!(output.starts_with(&begin) && output.ends_with(&end), "{output}");
}

#[tokio::test]
async fn a_server_that_hangs() {
    let peer = Peer::new(|mut stream| async move {
        head(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let hung = Http { timeout: SHORT, ..http(peer.url("http", "/p")) };
    let expected = format!(
        "Get \"{}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
        peer.url("http", "/p")
    );
    assert_eq!(failed(hung).await, expected);
}

#[tokio::test]
async fn a_server_that_stops_in_the_middle_of_the_head() {
    let peer = Peer::new(|mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nX: ").await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let output = failed(Http { timeout: SHORT, ..http(peer.url("http", "/p")) }).await;
    assert!(output.ends_with("(Client.Timeout exceeded while awaiting headers)"), "{output}");
}

#[tokio::test]
async fn a_head_without_end_is_refused_before_it_fills_the_memory() {
    let peer = Peer::new(|mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nX: ").await.unwrap();
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    })
    .await;
    let output = failed(http(peer.url("http", "/p"))).await;
    assert!(output.ends_with("malformed HTTP response"), "{output}");
}

#[tokio::test]
async fn an_answer_whose_body_never_ends_counts() {
    let peer = Peer::new(|mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await.unwrap();
        while stream.write_all(&[b'q'; 65536]).await.is_ok() {}
    })
    .await;
    let endless = Http { timeout: SHORT, output_max: 10, ..http(peer.url("http", "/p")) };
    let expected = format!("HTTP GET {}: 200 OK Output: qqqqqqqqqq", peer.url("http", "/p"));
    assert_eq!(endless.run().await, Outcome::passing(expected));
}

#[tokio::test]
async fn an_answer_whose_body_comes_too_slowly_counts_as_far_as_it_came() {
    let peer = Peer::new(|mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nzz").await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let slow = Http { timeout: SHORT, ..http(peer.url("http", "/p")) };
    assert_eq!(slow.run().await, Outcome::passing(format!("HTTP GET {}: 200 OK Output: zz", peer.url("http", "/p"))));
}

#[tokio::test]
async fn an_answer_whose_body_is_cut_counts() {
    let peer = Peer::answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort").await;
    let expected = format!("HTTP GET {}: 200 OK Output: short", peer.url("http", "/p"));
    assert_eq!(http(peer.url("http", "/p")).run().await, Outcome::passing(expected));
}

#[tokio::test]
async fn something_that_is_no_answer() {
    let peer = Peer::answering("garbage here\r\n\r\n").await;
    let output = failed(http(peer.url("http", "/p"))).await;
    assert!(output.contains("net/http: HTTP/1.x transport connection broken: malformed HTTP"), "{output}");
}

#[tokio::test]
async fn redirections_in_a_circle() {
    let peer = Peer::answering(answer("302 Found", "Location: /again\r\n", "")).await;
    let expected = format!("Get \"{}\": stopped after 10 redirects", peer.url("http", "/again"));
    assert_eq!(failed(http(peer.url("http", "/p"))).await, expected);
}

#[tokio::test]
async fn a_redirection_to_nowhere() {
    let peer = Peer::answering(answer("301 Moved Permanently", "", "")).await;
    let expected = format!("Get \"{}\": 301 response missing Location header", peer.url("http", "/p"));
    assert_eq!(failed(http(peer.url("http", "/p"))).await, expected);
}

#[tokio::test]
async fn what_cannot_be_asked() {
    let told = |url: &str| failed(http(url.to_owned()));
    assert_eq!(told("http://[::1/").await, "parse \"http://[::1/\": missing ']' in host");
    assert_eq!(told("ftp://127.0.0.1/p").await, "Get \"ftp://127.0.0.1/p\": unsupported protocol scheme \"ftp\"");
    assert_eq!(told("/p").await, "Get \"/p\": unsupported protocol scheme \"\"");
    let method = Http { method: "BAD METHOD".to_owned(), ..http("http://127.0.0.1/".to_owned()) };
    assert_eq!(failed(method).await, "net/http: invalid method \"BAD METHOD\"");
    let header = [("bad name".to_owned(), vec![String::new()])].into();
    let header = Http { header, ..http("http://127.0.0.1/".to_owned()) };
    assert_eq!(failed(header).await, "Get \"http://127.0.0.1/\": net/http: invalid header field name \"bad name\"");
}
