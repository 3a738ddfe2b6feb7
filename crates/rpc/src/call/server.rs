//! The answering end of a connection of calls.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use proconsul_base::limit;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::outbox::Outbox;
use super::split;
use crate::frame;

/// A call that failed, with the error in its owner's encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed(pub Bytes);

/// Who answers calls.
pub trait Handler: Send + Sync + 'static {
    /// Answers one call. Runs beside the connection's other calls.
    fn handle(self: Arc<Self>, kind: u8, body: Bytes) -> impl Future<Output = Result<Bytes, Failed>> + Send;
}

/// Answers the calls of one connection until it ends. Reading stops while too many calls are unanswered.
pub async fn serve<H: Handler>(stream: TcpStream, handler: Arc<H>) {
    let (reader, writer) = stream.into_split();
    let outbox = Arc::new(Outbox::default());
    let reading = async {
        let mut frames = frame::Reader::new(reader);
        let places = Arc::new(Semaphore::new(limit::RPC_CALLS_IN_FLIGHT));
        while let Ok(Some(request)) = frames.next().await {
            let Some((number, kind, body)) = split(request) else { return };
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let (handler, outbox) = (Arc::clone(&handler), Arc::clone(&outbox));
            tokio::spawn(async move {
                // A refused push means the asker is gone or reads nothing; it will see its connection end.
                let pushed = match handler.handle(kind, body).await {
                    Ok(body) => outbox.push(number, 0, &body),
                    Err(Failed(body)) => outbox.push(number, 1, &body),
                };
                if pushed.is_err() {
                    outbox.close();
                }
                drop(place);
            });
        }
    };
    tokio::select! {
        _ = outbox.write_to(writer) => {}
        () = reading => {}
    }
    outbox.close();
}
