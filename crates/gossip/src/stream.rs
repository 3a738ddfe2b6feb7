//! Conversations over TCP: one message each way, each in a task of its own, each within a time. Knows no meaning.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use proconsul_swim::wire::stream::{StreamError, StreamMessage, StreamReader};
use proconsul_swim::{ExchangeError, Ticket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// How much is read at once.
const READ_BYTES: usize = 16 * 1024;

/// What conversations bring to the task that owns the machine.
#[derive(Debug)]
pub(crate) enum FromStream {
    /// Somebody asks; the answer is written and the connection closed.
    Request { from: SocketAddr, message: StreamMessage, reply: oneshot::Sender<Option<Vec<u8>>> },
    /// A conversation of ours came to its end.
    Answer { ticket: Ticket, answer: Result<StreamMessage, ExchangeError> },
    /// Somebody sent what cannot be understood.
    Refused { from: SocketAddr, error: StreamError },
}

/// A conversation that we begin.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) ticket: Ticket,
    pub(crate) to: SocketAddr,
    pub(crate) bytes: Vec<u8>,
    pub(crate) timeout: Duration,
    pub(crate) source: Option<IpAddr>,
}

/// Begins a conversation; its end comes back as [`FromStream::Answer`], always.
pub(crate) fn converse(exchange: Exchange, permit: OwnedSemaphorePermit, to_driver: mpsc::Sender<FromStream>) {
    tokio::spawn(async move {
        let ticket = exchange.ticket;
        let timeout = exchange.timeout;
        let answer = match tokio::time::timeout(timeout, ask(exchange)).await {
            Ok(answer) => answer,
            Err(_) => Err(ExchangeError::TimedOut),
        };
        drop(permit);
        // The driver is gone only when nobody waits any more.
        let _gone = to_driver.send(FromStream::Answer { ticket, answer }).await;
    });
}

async fn ask(exchange: Exchange) -> Result<StreamMessage, ExchangeError> {
    let broken = |error: std::io::Error| ExchangeError::Connection(error.kind());
    let mut connection = connect(exchange.to, exchange.source).await.map_err(broken)?;
    connection.write_all(&exchange.bytes).await.map_err(broken)?;
    match read(&mut connection).await {
        Ok(Some(message)) => Ok(message),
        Ok(None) => Err(ExchangeError::Closed),
        Err(ReadFailure::Broken(error)) => Err(broken(error)),
        Err(ReadFailure::NotUnderstood(error)) => Err(error.into()),
    }
}

async fn connect(to: SocketAddr, source: Option<IpAddr>) -> std::io::Result<TcpStream> {
    let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(source) = source.filter(|source| source.is_ipv4() == to.is_ipv4()) {
        socket.bind(SocketAddr::new(source, 0))?;
    }
    socket.connect(to).await
}

/// Serves a connection that somebody made; beyond the bound it is closed at once, and the other side tries again later.
pub(crate) fn serve(
    mut connection: TcpStream,
    from: SocketAddr,
    timeout: Duration,
    bound: &Arc<Semaphore>,
    to_driver: &mpsc::Sender<FromStream>,
) {
    let Ok(permit) = Arc::clone(bound).try_acquire_owned() else { return };
    let to_driver = to_driver.clone();
    tokio::spawn(async move {
        // Whoever does not finish in time is cut off without a word.
        let _in_time = tokio::time::timeout(timeout, answer(&mut connection, from, &to_driver)).await;
        drop(permit);
    });
}

async fn answer(connection: &mut TcpStream, from: SocketAddr, to_driver: &mpsc::Sender<FromStream>) {
    let message = match read(connection).await {
        Ok(Some(message)) => message,
        Ok(None) | Err(ReadFailure::Broken(_)) => return,
        Err(ReadFailure::NotUnderstood(error)) => {
            let _gone = to_driver.send(FromStream::Refused { from, error }).await;
            return;
        }
    };
    let (reply, answer) = oneshot::channel();
    if to_driver.send(FromStream::Request { from, message, reply }).await.is_err() {
        return;
    }
    if let Ok(Some(bytes)) = answer.await {
        // A connection that breaks now is the other side's loss; it will ask again.
        let _broken = connection.write_all(&bytes).await;
        let _broken = connection.shutdown().await;
    }
}

enum ReadFailure {
    Broken(std::io::Error),
    NotUnderstood(StreamError),
}

/// One message; `None` when the other side closes before it is complete.
async fn read(connection: &mut TcpStream) -> Result<Option<StreamMessage>, ReadFailure> {
    let mut reader = StreamReader::new(b"");
    let mut piece = vec![0; READ_BYTES];
    loop {
        let length = connection.read(&mut piece).await.map_err(ReadFailure::Broken)?;
        if length == 0 {
            return Ok(None);
        }
        if let Some(message) = reader.push(&piece[..length]).map_err(ReadFailure::NotUnderstood)? {
            return Ok(Some(message));
        }
    }
}
