//! As much of HTTP/1.1 as a benchmark needs to ask for the leader and to load keys. Knows one connection and bodies of known length.

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
        let length = body.len();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: {length}\r\n\r\n{body}");
        self.stream.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        ensure!(status.split(' ').nth(1) == Some("200"), "{method} {path}: {status}: {}", body.trim());
        Ok(body)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line).context("no answer")?;
        Ok(line.trim_end().to_owned())
    }
}
