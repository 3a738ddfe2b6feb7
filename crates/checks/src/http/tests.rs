//! Against servers that answer as they should.

mod certificates;
mod failures;

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::fixture::{LONG, Peer, SHORT, answer, head, trusting};

fn http(url: String) -> Http {
    Http {
        url,
        method: String::new(),
        header: BTreeMap::new(),
        body: String::new(),
        disable_redirects: false,
        timeout: LONG,
        output_max: 4096,
        network: Network::default(),
        tls: trusting(b"http/1.1"),
    }
}

async fn told(answer: &str) -> (Status, String) {
    let peer = Peer::answering(answer).await;
    let outcome = http(peer.url("http", "/p?q=1")).run().await;
    (outcome.status, outcome.output.replace(&peer.address.to_string(), "PEER"))
}

#[tokio::test]
async fn an_answer_is_told_with_what_was_asked() {
    let expected = "HTTP GET http://PEER/p?q=1: 200 OK Output: hello".to_owned();
    assert_eq!(told(&answer("200 OK", "", "hello")).await, (Status::Passing, expected));
    let expected = "HTTP GET http://PEER/p?q=1: 429 Too Many Requests Output: many".to_owned();
    assert_eq!(told(&answer("429 Too Many Requests", "", "many")).await, (Status::Warning, expected));
    let expected = "HTTP GET http://PEER/p?q=1: 503 Service Unavailable Output: bad".to_owned();
    assert_eq!(told(&answer("503 Service Unavailable", "", "bad")).await, (Status::Critical, expected));
}

#[tokio::test]
async fn the_status_is_told_as_the_server_put_it() {
    let expected = "HTTP GET http://PEER/p?q=1: 299 Weird Text Output: odd".to_owned();
    assert_eq!(told(&answer("299 Weird Text", "", "odd")).await, (Status::Passing, expected));
    let expected = "HTTP GET http://PEER/p?q=1: 200 Output: old".to_owned();
    assert_eq!(told("HTTP/1.0 200\r\n\r\nold").await, (Status::Passing, expected));
    let expected = "HTTP GET http://PEER/p?q=1: 204 No Content Output: ".to_owned();
    assert_eq!(told(&answer("204 No Content", "", "")).await, (Status::Passing, expected));
}

#[tokio::test]
async fn of_a_large_body_the_end_is_told() {
    let large = "x".repeat(3000) + &"y".repeat(5000);
    let (status, output) = told(&answer("200 OK", "", &large)).await;
    assert_eq!(status, Status::Passing);
    assert_eq!(output, format!("HTTP GET http://PEER/p?q=1: 200 OK Output: {}", "y".repeat(4096)));
}

#[tokio::test]
async fn a_body_in_chunks_is_read() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    assert_eq!(told(chunked).await.1, "HTTP GET http://PEER/p?q=1: 200 OK Output: hello");
}

/// A peer that remembers what it was asked, without what differs in case alone.
async fn listening(answers: Vec<String>) -> (Peer, Arc<Mutex<Vec<String>>>) {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let remembering = Arc::clone(&asked);
    let mut answers = answers.into_iter();
    let peer = Peer::new(move |mut stream| {
        let (asked, answer) = (Arc::clone(&remembering), answers.next().unwrap_or_default());
        async move {
            let head = head(&mut stream).await;
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            stream.read_exact(&mut body).await.unwrap();
            asked.lock().push(head + &String::from_utf8(body).unwrap());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    })
    .await;
    (peer, asked)
}

#[tokio::test]
async fn consuls_own_headers_are_sent_unless_others_are_given() {
    let (peer, asked) = listening(vec![answer("200 OK", "", ""), answer("200 OK", "", "")]).await;
    http(peer.url("http", "")).run().await;
    let given = [("Host", vec!["other.host"]), ("Accept", vec!["text/html"]), ("X-A", vec!["1", "2"])];
    let header = given.map(|(name, values)| (name.to_owned(), values.into_iter().map(str::to_owned).collect())).into();
    let post = Http { method: "POST".to_owned(), body: "some body".to_owned(), header, ..http(peer.url("http", "/p")) };
    post.run().await;
    let asked = asked.lock();
    let [plain, given] = &asked[..] else { panic!("{asked:?}") };
    assert!(plain.starts_with("GET / HTTP/1.1\r\n"), "{plain}");
    for line in
        [&*format!("host: {}", peer.address), "user-agent: Consul Health Check", "accept: text/plain, text/*, */*"]
    {
        assert!(plain.contains(&format!("\r\n{line}\r\n")), "{line} in {plain}");
    }
    assert!(given.starts_with("POST /p HTTP/1.1\r\n") && given.ends_with("\r\n\r\nsome body"), "{given}");
    for line in ["host: other.host", "user-agent: Consul Health Check", "accept: text/html", "x-a: 1", "x-a: 2"] {
        assert!(given.contains(&format!("\r\n{line}\r\n")), "{line} in {given}");
    }
}

#[tokio::test]
async fn a_redirection_is_followed_as_a_get_without_secrets_for_others() {
    let (end, end_asked) = listening(vec![answer("200 OK", "", "there")]).await;
    let location = format!("Location: {}\r\n", end.url("http", "/end"));
    let (start, _) = listening(vec![answer("302 Found", &location, "")]).await;
    let header = [("Authorization".to_owned(), vec!["secret".to_owned()])].into();
    let post = Http { method: "POST".to_owned(), body: "b".to_owned(), header, ..http(start.url("http", "/start")) };
    let outcome = post.run().await;
    assert_eq!(outcome.output, format!("HTTP POST {}: 200 OK Output: there", start.url("http", "/start")));
    let asked = end_asked.lock().join("");
    assert!(
        asked.starts_with("GET /end HTTP/1.1\r\n") && asked.contains(&format!("host: {}\r\n", end.address)),
        "{asked}"
    );
    assert!(asked.contains("referer: ") && !asked.contains("secret"), "{asked}");
}

#[tokio::test]
async fn a_redirection_is_taken_as_it_is_when_that_is_asked_for() {
    let peer = Peer::answering(answer("302 Found", "Location: /x\r\n", "")).await;
    let outcome = Http { disable_redirects: true, ..http(peer.url("http", "/")) }.run().await;
    let expected = format!("HTTP GET {}: 302 Found Output: ", peer.url("http", "/"));
    assert_eq!(outcome, Outcome::critical(expected));
}
