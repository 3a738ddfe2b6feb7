//! A client that sends one request on one connection, and tells a refused connection from everything else.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

/// Longer than the agents hold a request while there is no leader.
const PATIENCE: Duration = Duration::from_secs(15);

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// No answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody listens there, so nothing was asked.
    Refused,
    /// The connection or its answer was lost: what was asked may have been done.
    Lost(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("connection refused"),
            Self::Lost(error) => write!(f, "no answer: {error}"),
        }
    }
}

impl Response {
    /// A header, by its name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body of a good answer.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn is_done(&self) -> bool {
        self.status == 200 && self.body.trim_end() == "true"
    }
}

pub(crate) fn get(server: SocketAddr, path: &str) -> Result<Response, Failure> {
    ask(server, "GET", path, "")?.answer()
}

pub(crate) fn put(server: SocketAddr, path: &str, body: &str) -> Result<Response, Failure> {
    ask(server, "PUT", path, body)?.answer()
}

/// The keys under a prefix with their values, in Consul's own form.
#[track_caller]
pub(crate) fn entries(server: SocketAddr, prefix: &str) -> Vec<(String, String)> {
    let answer = get(server, &format!("/v1/kv/{prefix}?recurse&consistent")).expect("is answered").json();
    let entries = answer.as_array().expect("a list");
    entries.iter().map(|entry| (text(&entry["Key"]), value(entry))).collect()
}

/// The value in an entry.
pub(crate) fn value(entry: &Value) -> String {
    let bytes = BASE64_STANDARD.decode(text(&entry["Value"])).expect("values are in base64");
    String::from_utf8(bytes).expect("the tests write text")
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// A question that was sent, and not yet answered.
pub(crate) struct Asked(TcpStream);

impl Asked {
    pub(crate) fn answer(mut self) -> Result<Response, Failure> {
        let mut answer = String::new();
        self.0.read_to_string(&mut answer).map_err(Failure::Lost)?;
        let cut = || io::Error::new(ErrorKind::UnexpectedEof, format!("the answer is cut: {answer:?}"));
        parse(&answer).ok_or_else(|| Failure::Lost(cut()))
    }
}

/// Sends a question, which the other side's kernel keeps until somebody reads it.
pub(crate) fn ask(server: SocketAddr, method: &str, path: &str, body: &str) -> Result<Asked, Failure> {
    let connected = TcpStream::connect_timeout(&server, PATIENCE);
    let mut stream = connected.map_err(|error| match error.kind() {
        ErrorKind::ConnectionRefused => Failure::Refused,
        _ => Failure::Lost(error),
    })?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.set_read_timeout(Some(PATIENCE)).map_err(Failure::Lost)?;
    stream.write_all(request.as_bytes()).map_err(Failure::Lost)?;
    Ok(Asked(stream))
}

/// A whole answer, or nothing.
fn parse(answer: &str) -> Option<Response> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let (line, headers) = head.split_once("\r\n").unwrap_or((head, ""));
    let headers = headers.lines().map(|line| line.split_once(": ").map(|(name, value)| (name.into(), value.into())));
    let response = Response {
        status: line.split(' ').nth(1)?.parse().ok()?,
        headers: headers.collect::<Option<_>>()?,
        body: body.into(),
    };
    if response.header("transfer-encoding") == Some("chunked") {
        return Some(Response { body: unchunked(body)?, ..response });
    }
    let promised: usize = response.header("content-length")?.parse().ok()?;
    (body.len() == promised).then_some(response)
}

/// A body that came in chunks, if the last of them is there.
fn unchunked(mut rest: &str) -> Option<String> {
    let mut body = String::new();
    loop {
        let (size, more) = rest.split_once("\r\n")?;
        let size = usize::from_str_radix(size, 16).ok()?;
        body.push_str(more.get(..size)?);
        rest = more.get(size..)?.strip_prefix("\r\n")?;
        if size == 0 {
            return Some(body);
        }
    }
}

/// A question and its answer in bytes, as long as they last: status and body.
pub(crate) fn exchange(server: SocketAddr, method: &str, path: &str, body: &[u8]) -> Result<(u16, Vec<u8>), Failure> {
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE).map_err(Failure::Lost)?;
    // In the old version a body ends with its connection.
    let head = format!("{method} {path} HTTP/1.0\r\nHost: {server}\r\nContent-Length: {}\r\n\r\n", body.len());
    // Who has seen enough of the body answers before its end.
    let sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(Failure::Lost)?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    // `HTTP/1.0 200`
    let status = answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    let (Some(end), Some(status)) = (end, status) else {
        return Err(Failure::Lost(sent.err().unwrap_or_else(|| ErrorKind::UnexpectedEof.into())));
    };
    Ok((status, answer.split_off(end + 4)))
}
