//! Many wait for one service, which then changes: how long until all have the new answer, and what a waiting one costs. A driver of its own,
//! for `wrk` cannot wait.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::http::Client;
use super::load::Outcome;
use super::measure;
use super::system::System;

/// Connections that are being made at once.
const DIALLING: usize = 128;

/// A server that used no processor time for so long has nothing left to do.
const QUIET: Duration = Duration::from_millis(500);

/// More than three instances take.
const ANSWER_BYTES: usize = 4096;

/// Longer than any of this takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Lets so many wait, changes the service, and waits for all.
pub(super) fn run(system: System, host: Ipv4Addr, process: u32, watchers: usize) -> Result<Outcome> {
    let mut client = Client::connect(host, system.port())?;
    let index = change(&mut client, 1)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let before = resident_bytes(process)?;
    let mut watching = park(&runtime, (host, system.port()).into(), &index, watchers)?;
    runtime.block_on(quiet(process))?;
    let after = resident_bytes(process)?;
    let begun = Instant::now();
    client.send("PUT", "/v1/catalog/register", &registration(2))?;
    let mut took: Vec<Duration> = Vec::new();
    let failed = runtime.block_on(async {
        let (mut failed, mut answered) = (0, Vec::with_capacity(watchers));
        while let Some(ended) = watching.join_next().await {
            match ended {
                Ok(Ok(watched)) => {
                    took.push(watched.at.saturating_duration_since(begun));
                    answered.push(watched);
                }
                _ => failed += 1,
            }
        }
        failed
    });
    ensure!(!took.is_empty(), "no watcher was answered");
    took.sort();
    let micros = |place: usize| took[place].as_micros() as f64;
    Ok(Outcome {
        requests: watchers as u64,
        failed,
        p50_us: micros(took.len() / 2),
        all_us: micros(took.len() - 1),
        watcher_bytes: (after - before).max(0.0) / watchers as f64,
        ..Outcome::default()
    })
}

/// Sends all questions, and returns once none is on its way any more; each task ends with the time of its whole answer.
fn park(runtime: &Runtime, server: SocketAddr, index: &str, watchers: usize) -> Result<JoinSet<Result<Watched>>> {
    let question = format!("GET /v1/health/service/watched?index={index}&wait=300s HTTP/1.1\r\nHost: bench\r\n\r\n");
    let question: Arc<str> = question.into();
    let dialling = Arc::new(Semaphore::new(DIALLING));
    runtime.block_on(async {
        let mut streams = JoinSet::new();
        for _ in 0..watchers {
            let (question, dialling) = (Arc::clone(&question), Arc::clone(&dialling));
            streams.spawn(async move {
                let _permit = dialling.acquire().await?;
                let mut stream = TcpStream::connect(server).await?;
                stream.write_all(question.as_bytes()).await?;
                Ok::<TcpStream, anyhow::Error>(stream)
            });
        }
        let mut watching = JoinSet::new();
        while let Some(made) = streams.join_next().await {
            let stream = made?.context("a watcher could not connect")?;
            watching.spawn(answer(stream));
        }
        Ok(watching)
    })
}

/// An answered watcher. Its connection stays open meanwhile, as clients that wait again leave it, so closing is not measured.
struct Watched {
    at: Instant,
    _stream: TcpStream,
}

/// Reads the whole answer.
async fn answer(mut stream: TcpStream) -> Result<Watched> {
    let mut text = Vec::with_capacity(ANSWER_BYTES);
    tokio::time::timeout(PATIENCE, async {
        while !is_whole(&text) {
            ensure!(stream.read_buf(&mut text).await? > 0, "the connection ended: {}", String::from_utf8_lossy(&text));
        }
        Ok(())
    })
    .await??;
    let at = Instant::now();
    ensure!(text.starts_with(b"HTTP/1.1 200"), "no good answer: {}", String::from_utf8_lossy(&text));
    Ok(Watched { at, _stream: stream })
}

/// Whether head and body are there, by the length that the head tells or by the last chunk.
fn is_whole(text: &[u8]) -> bool {
    let Some(end) = text.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let (head, body) = (String::from_utf8_lossy(&text[..end]).to_lowercase(), &text[end + 4..]);
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    length.map_or_else(|| body.ends_with(b"0\r\n\r\n"), |length| body.len() >= length)
}

/// Waits until the server has nothing to do: all questions have arrived then.
async fn quiet(process: u32) -> Result<()> {
    let begun = Instant::now();
    loop {
        let before = measure::processor(&[process])?;
        tokio::time::sleep(QUIET).await;
        // A leader's heartbeats cost a few ticks.
        if measure::processor(&[process])?.saturating_sub(before) < QUIET / 10 {
            return Ok(());
        }
        ensure!(begun.elapsed() < PATIENCE, "the server does not come to rest");
    }
}

fn resident_bytes(process: u32) -> Result<f64> {
    let megabytes = measure::memory(&[process])?;
    Ok(megabytes.first().copied().unwrap_or_default() * 1024.0 * 1024.0)
}

/// Gives the watched service a port, and tells the index after which the next change comes.
fn change(client: &mut Client, port: u16) -> Result<String> {
    client.send("PUT", "/v1/catalog/register", &registration(port))?;
    client.header("GET", "/v1/health/service/watched", "x-consul-index")
}

fn registration(port: u16) -> String {
    format!(
        r#"{{"Node":"instance-0","Address":"10.2.0.1","Service":{{"ID":"watched","Service":"watched","Tags":["v1"],"Port":{port}}}}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_by_its_length_or_its_last_chunk() {
        let by_length = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";
        let by_chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n";
        for whole in [&by_length[..], &by_chunks[..]] {
            assert!(is_whole(whole));
            assert!((0..whole.len()).all(|cut| !is_whole(&whole[..cut])));
        }
    }
}
