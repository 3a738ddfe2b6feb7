//! One HTTP request on one connection, byte for byte as the scenario says. Knows nothing of what answers mean.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;

use crate::scenario::Request;

/// Longer than any scenario waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer, its body decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in small letters, sorted.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// From the request to the end of the answer.
    pub(crate) took: Duration,
}

impl Answer {
    /// A header by its name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Sends the request, whose variables are filled in, and waits for the answer.
///
/// # Errors
/// There is no answer, or only a part of one.
pub(crate) fn ask(server: SocketAddr, request: &Request) -> io::Result<Answer> {
    let begun = Instant::now();
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // A server may refuse a large body before it has read all of it; its answer is what counts.
    let _ = stream.write_all(&head(request)).and_then(|()| stream.write_all(&request.body));
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes);
    match parse(&bytes, request.method == "HEAD") {
        Some(answer) => Ok(Answer { took: begun.elapsed(), ..answer }),
        None => Err(end.err().unwrap_or_else(|| io::Error::from(ErrorKind::UnexpectedEof))),
    }
}

fn head(request: &Request) -> Vec<u8> {
    let Request { method, path, headers, body } = request;
    let mut lines = vec![format!("{method} {path} HTTP/1.1"), "Connection: close".to_owned()];
    if !headers.iter().any(|header| header.starts_with("Host:")) {
        lines.push("Host: parity".to_owned());
    }
    if !body.is_empty() || ["PUT", "POST"].contains(&method.as_str()) {
        lines.push(format!("Content-Length: {}", body.len()));
    }
    lines.extend(headers.iter().cloned());
    (lines.join("\r\n") + "\r\n\r\n").into_bytes()
}

/// A whole answer, or nothing.
fn parse(bytes: &[u8], without_body: bool) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, rest) = (String::from_utf8_lossy(&bytes[..end]), &bytes[end + 4..]);
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let split = |line: &str| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    let mut headers: Vec<_> = lines.filter_map(split).collect();
    headers.sort();
    let mut answer = Answer { status, headers, ..Answer::default() };
    if without_body || status == 204 || status == 304 {
        return Some(answer);
    }
    answer.body = match (answer.header("transfer-encoding"), answer.header("content-length")) {
        (Some("chunked"), _) => chunks(rest)?,
        (_, Some(length)) => rest.get(..length.parse().ok()?)?.to_vec(),
        _ => rest.to_vec(),
    };
    if answer.header("content-encoding") == Some("gzip") {
        let mut decoded = Vec::new();
        GzDecoder::new(&answer.body[..]).read_to_end(&mut decoded).ok()?;
        answer.body = decoded;
    }
    Some(answer)
}

fn chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_by_length_and_by_chunks() {
        let plain = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nB: 1\r\n\r\nabc";
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
        for bytes in [&plain[..], &chunked[..]] {
            assert_eq!(parse(bytes, false).map(|answer| answer.body), Some(b"abc".to_vec()));
            assert_eq!(parse(&bytes[..bytes.len() - 8], false), None);
        }
    }
}
