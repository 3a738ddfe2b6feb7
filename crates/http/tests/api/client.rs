//! A client that shows answers as they came.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// One answer, `Date` left out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header, its name in the letters that are on the wire.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(crate) fn brief(&self) -> (u16, &str) {
        (self.status, &self.body)
    }
}

/// One connection, kept alive.
pub(crate) struct Client(pub(crate) BufReader<TcpStream>);

impl Client {
    pub(crate) async fn connect(to: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(to).await.unwrap()))
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// A request and its answer; `what` is method and target.
    pub(crate) async fn ask(&mut self, what: &str, body: &str) -> Answer {
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        self.send(format!("{what} HTTP/1.1\r\nHost: h\r\n{length}\r\n{body}").as_bytes()).await;
        self.answer(what.starts_with("HEAD ")).await
    }

    pub(crate) async fn answer(&mut self, is_to_head: bool) -> Answer {
        let (head, length) = self.head().await;
        let mut answer = Answer { status: head[9..12].parse().unwrap(), head, body: String::new() };
        if !is_to_head {
            answer.body = String::from_utf8(self.body(length).await).unwrap();
        }
        answer
    }

    /// The head and the bare bytes of an answer.
    pub(crate) async fn bytes(&mut self) -> (String, Vec<u8>) {
        let (head, length) = self.head().await;
        let body = self.body(length).await;
        (head, body)
    }

    async fn body(&mut self, length: Option<usize>) -> Vec<u8> {
        let Some(length) = length else { return self.chunks().await };
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.unwrap();
        body
    }

    /// A body that ends with an empty chunk.
    async fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap();
            let size = usize::from_str_radix(line.trim_end(), 16).unwrap();
            let mut chunk = vec![0; size + 2];
            self.0.read_exact(&mut chunk).await.unwrap();
            if size == 0 {
                return body;
            }
            body.extend_from_slice(&chunk[..size]);
        }
    }

    /// The head, and how long the body is; `None` when it comes in chunks.
    async fn head(&mut self) -> (String, Option<usize>) {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).await.unwrap() > 0, "the connection ended within a head: {head:?}");
            if line == "\r\n" {
                break;
            }
            if !line.starts_with("Date: ") {
                head.push_str(&line.replace("\r\n", "\n"));
            }
        }
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        let length = length.map_or(0, |length| length.parse().unwrap());
        let is_chunked = head.contains("Transfer-Encoding: chunked");
        (head, (!is_chunked).then_some(length))
    }

    /// Whether the other side has ended the connection.
    pub(crate) async fn has_ended(&mut self) -> bool {
        self.0.read_u8().await.is_err()
    }
}
