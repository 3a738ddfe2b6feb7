//! Calls over real connections on loopback.

use std::sync::Arc;

use bytes::Bytes;
use tokio::net::{TcpListener, TcpStream};

use super::*;

struct Echo;

impl Handler for Echo {
    async fn handle(self: Arc<Self>, kind: u8, body: Bytes) -> Result<Bytes, Failed> {
        match kind {
            0 => Ok(body),
            1 => Err(Failed(body)),
            _ => std::future::pending().await,
        }
    }
}

async fn pair() -> (Caller, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dialled = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (accepted, _) = listener.accept().await.unwrap();
    (Caller::new(dialled), tokio::spawn(serve(accepted, Arc::new(Echo))))
}

#[tokio::test]
async fn each_caller_gets_its_own_answer() {
    let (caller, _serving) = pair().await;
    let calls = (0u32..200).map(|number| {
        let caller = caller.clone();
        tokio::spawn(async move { (number, caller.call(0, &number.to_le_bytes()).await) })
    });
    for call in calls.collect::<Vec<_>>() {
        let (number, answer) = call.await.unwrap();
        assert_eq!(answer, Ok(Bytes::copy_from_slice(&number.to_le_bytes())));
    }
}

#[tokio::test]
async fn a_failure_comes_back_as_one() {
    let (caller, _serving) = pair().await;
    assert_eq!(caller.call(1, b"why").await, Err(CallError::Failed(Bytes::from_static(b"why"))));
}

#[tokio::test]
async fn a_broken_connection_leaves_the_outcome_unknown_and_later_calls_unsent() {
    let (caller, serving) = pair().await;
    let hanging = tokio::spawn({
        let caller = caller.clone();
        async move { caller.call(2, b"").await }
    });
    // The echo shows that the hanging call has been read as well: frames are read in order.
    assert!(caller.call(0, b"x").await.is_ok());
    serving.abort();
    assert_eq!(hanging.await.unwrap(), Err(CallError::Broken));
    assert_eq!(caller.call(0, b"x").await, Err(CallError::NotSent));
    assert!(caller.is_closed());
}

/// The first write after the leader was killed went onto its connection now and then, and failed without need: its outcome counted
/// as unknown.
#[tokio::test]
async fn a_call_after_the_peer_has_closed_is_not_sent_even_before_the_reader_has_noticed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dialled = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (accepted, _) = listener.accept().await.unwrap();
    let caller = Caller::new(dialled);
    // An answer to nothing that nobody has read stands before the end. From here on no other task gets a turn.
    assert!(accepted.try_write(&[9, 0, 0, 0, 1]).is_ok());
    drop(accepted);
    let call = std::pin::pin!(caller.call(0, b"x"));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert_eq!(call.poll(&mut context), std::task::Poll::Ready(Err(CallError::NotSent)));
}
