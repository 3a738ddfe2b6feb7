//! Questions in datagrams. What can be answered at once is answered by the receiver itself, without a task of its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use proconsul_base::limit;
use proconsul_base::rand::Rng;
use proconsul_names::trim::Transport;
use proconsul_names::wire::request::{self, Received};
use proconsul_names::wire::write;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::datagram::{Caller, Datagrams};
use crate::desk::{Desk, Inquiry};
use crate::source::Source;

/// How long to wait after the socket could not be read.
const ERROR_PAUSE: Duration = Duration::from_millis(100);

/// Answers what arrives at a socket; several receivers may share it.
pub(crate) async fn receive<S: Source>(
    socket: Arc<Datagrams>,
    mut newest: watch::Receiver<Arc<Desk<S>>>,
    waiting: Arc<Semaphore>,
    mut rng: Rng,
) {
    let mut buffer = vec![0; limit::DNS_DATAGRAM_BYTES];
    let mut desk = Arc::clone(&newest.borrow_and_update());
    // Answers that wait for somebody end with their receiver.
    let mut tasks = JoinSet::new();
    loop {
        let (length, caller) = match socket.receive(&mut buffer).await {
            Ok(received) => received,
            Err(error) => {
                tracing::debug!(%error, "a DNS socket could not be read; trying again shortly");
                sleep(ERROR_PAUSE).await;
                continue;
            }
        };
        while tasks.try_join_next().is_some() {}
        if newest.has_changed().unwrap_or(false) {
            desk = Arc::clone(&newest.borrow_and_update());
        }
        let packet = &buffer[..length];
        let request = match request::read(packet) {
            Received::Ignored => continue,
            Received::Rejected(message) => {
                send(&socket, &write::packet(&message, true), caller).await;
                continue;
            }
            Received::Asked(request) => request,
        };
        let packet = if desk.forwards() { packet.into() } else { Box::default() };
        let inquiry = Inquiry { request, packet, client: caller.client.ip(), transport: Transport::Udp };
        let mut answer = Box::pin(Arc::clone(&desk).answer(inquiry, rng.fork()));
        if let Some(packet) = at_once(answer.as_mut()) {
            send(&socket, &packet, caller).await;
            continue;
        }
        // Every place taken: the question is dropped and the client asks again.
        let Ok(place) = Arc::clone(&waiting).try_acquire_owned() else { continue };
        let socket = Arc::clone(&socket);
        tasks.spawn(async move {
            send(&socket, &answer.await, caller).await;
            drop(place);
        });
    }
}

/// The answer, when it waits for nobody. Whoever awaits it after this is woken as usual.
fn at_once(answer: Pin<&mut impl Future<Output = Vec<u8>>>) -> Option<Vec<u8>> {
    match answer.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(packet) => Some(packet),
        Poll::Pending => None,
    }
}

/// A client that is gone, or an answer that no datagram holds, is nobody's mistake here.
async fn send(socket: &Datagrams, packet: &[u8], caller: Caller) {
    if let Err(error) = socket.answer(packet, caller).await {
        tracing::debug!(%error, client = %caller.client, "a DNS answer could not be sent");
    }
}
