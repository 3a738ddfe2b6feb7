//! As much of HTTP/1.1 as a benchmark needs to ask for the leader and to load what is asked for. Knows one connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// A connection that stays open.
pub(super) struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects; requests wait a few seconds at most.
    pub(super) fn connect(host: Ipv4Addr, port: u16) -> Result<Self> {
        let wait = Duration::from_secs(5);
        let stream = TcpStream::connect_timeout(&SocketAddr::from((host, port)), wait)?;
        stream.set_read_timeout(Some(wait))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Sends a request and returns the body of a good answer.
    pub(super) fn send(&mut self, method: &str, path: &str, body: &str) -> Result<String> {
        self.ask(method, path, body).map(|answer| answer.1)
    }

    /// Sends a request without a body and returns this header of a good answer.
    pub(super) fn header(&mut self, method: &str, path: &str, name: &str) -> Result<String> {
        let (headers, _) = self.ask(method, path, "")?;
        value(&headers, name).map(str::to_owned).with_context(|| format!("{method} {path}: no {name}"))
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<(Vec<String>, String)> {
        let length = body.len();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: {length}\r\n\r\n{body}");
        self.stream.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            headers.push(line);
        }
        let body = if value(&headers, "transfer-encoding") == Some("chunked") {
            self.chunks()?
        } else {
            let length = value(&headers, "content-length").map(str::parse).transpose()?;
            self.bytes(length.unwrap_or_default())?
        };
        let body = String::from_utf8_lossy(&body).into_owned();
        ensure!(status.split(' ').nth(1) == Some("200"), "{method} {path}: {status}: {}", body.trim());
        Ok((headers, body))
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line()?, 16).context("a chunk without a length")?;
            body.extend(self.bytes(length)?);
            self.line()?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    fn bytes(&mut self, length: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line).context("no answer")?;
        Ok(line.trim_end().to_owned())
    }
}

/// A header's value, by its name in small letters.
fn value<'a>(headers: &'a [String], name: &str) -> Option<&'a str> {
    let mut pairs = headers.iter().filter_map(|line| line.split_once(':'));
    pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
