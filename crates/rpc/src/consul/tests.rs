//! Both ends over real connections on loopback.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proconsul_gopack::{from_slice, to_vec};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::*;

#[derive(Default)]
struct Echo {
    waiting: AtomicUsize,
    given_up: Notify,
}

struct GivenUp<'a>(&'a Echo);

impl Drop for GivenUp<'_> {
    fn drop(&mut self) {
        self.0.given_up.notify_one();
    }
}

impl Methods for Echo {
    async fn call(&self, method: &str, request: Bytes) -> Result<Vec<u8>, Refusal> {
        match method {
            "Test.Echo" => Ok(request.to_vec()),
            "Test.Wait" => {
                let _given_up = GivenUp(self);
                self.waiting.fetch_add(1, Ordering::Relaxed);
                std::future::pending().await
            }
            _ => Err(Refusal(format!("rpc: can't find service {method}"))),
        }
    }

    async fn snapshot(&self, mut stream: TcpStream) {
        let mut sent = Vec::new();
        let _ = stream.read_to_end(&mut sent).await;
        let _ = stream.write_all(&sent).await;
    }
}

async fn server() -> (SocketAddr, Arc<Echo>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, echo) = (listener.local_addr().unwrap(), Arc::new(Echo::default()));
    let methods = Arc::clone(&echo);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let methods = Arc::clone(&methods);
            tokio::spawn(async move {
                let protocol = Protocol::from_byte(stream.read_u8().await.unwrap()).unwrap();
                serve(protocol, stream, methods).await;
            });
        }
    });
    (address, echo)
}

#[tokio::test]
async fn many_calls_at_once_get_their_own_answers() {
    let (address, _) = server().await;
    let connection = Connection::dial(None, address).await.unwrap();
    let calls = (0u32..300).map(|number| {
        let connection = connection.clone();
        tokio::spawn(async move { (number, connection.call("Test.Echo", &to_vec(&number).unwrap()).await) })
    });
    for call in calls.collect::<Vec<_>>() {
        let (number, answer) = call.await.unwrap();
        assert_eq!(from_slice::<u32>(&answer.unwrap()), Ok(number));
    }
}

#[tokio::test]
async fn messages_beyond_the_window_pass_in_both_directions() {
    let (address, _) = server().await;
    let connection = Connection::dial(None, address).await.unwrap();
    let text = "x".repeat(3_000_000);
    for _ in 0..3 {
        let answer = connection.call("Test.Echo", &to_vec(&text).unwrap()).await.unwrap();
        assert_eq!(from_slice::<String>(&answer).unwrap().len(), text.len());
    }
}

#[tokio::test]
async fn a_refusal_is_told_and_the_stream_goes_on() {
    let (address, _) = server().await;
    let connection = Connection::dial(None, address).await.unwrap();
    let refused = CallError::Refused("rpc: can't find service No.Such".to_owned());
    assert_eq!(connection.call("No.Such", &[0xc0]).await, Err(refused));
    assert_eq!(connection.call("Test.Echo", &[5]).await.unwrap()[..], [5]);
}

#[tokio::test]
async fn a_call_that_is_given_up_is_given_up_at_the_server_too() {
    let (address, echo) = server().await;
    let connection = Connection::dial(None, address).await.unwrap();
    let waiting = tokio::spawn({
        let connection = connection.clone();
        async move { connection.call("Test.Wait", &[0xc0]).await }
    });
    while echo.waiting.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    echo.given_up.notified().await;
    assert_eq!(connection.call("Test.Echo", &[5]).await.unwrap()[..], [5], "the others are not touched");
}

#[tokio::test]
async fn when_the_connection_ends_waiting_calls_are_lost_and_later_ones_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connection = Connection::dial(None, address).await.unwrap();
    let (mut stream, _) = listener.accept().await.unwrap();
    let waiting = tokio::spawn({
        let connection = connection.clone();
        async move { connection.call("Test.Wait", &[0xc0]).await }
    });
    // First byte, the new stream, and the head of the request's data.
    stream.read_exact(&mut [0; 25]).await.unwrap();
    drop(stream);
    assert_eq!(waiting.await.unwrap(), Err(CallError::Lost));
    assert_eq!(connection.call("Test.Echo", &[5]).await, Err(CallError::NotSent));
    assert!(connection.is_closed());
}

#[tokio::test]
async fn a_connection_without_streams_is_answered_call_by_call() {
    let (address, _) = server().await;
    let mut stream = connect(None, address, Protocol::Single).await.unwrap();
    for seq in [1, 2] {
        stream.write_all(&self::serve::request(seq, "Test.Echo", &[7]).unwrap()).await.unwrap();
        let mut messages = message::Messages::new(&mut stream, 1000);
        let head: message::ReplyHead = from_slice(&messages.next().await.unwrap().unwrap()).unwrap();
        assert_eq!((head.seq, &*head.error, &*head.service_method), (seq, "", "Test.Echo"));
        assert_eq!(messages.next().await.unwrap().unwrap()[..], [7]);
    }
}

#[tokio::test]
async fn a_snapshot_has_its_connection_to_itself() {
    let (address, _) = server().await;
    let mut stream = connect(None, address, Protocol::Snapshot).await.unwrap();
    stream.write_all(b"state").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut back = Vec::new();
    stream.read_to_end(&mut back).await.unwrap();
    assert_eq!(back, b"state");
}

#[tokio::test]
async fn frames_that_make_no_sense_end_the_connection_and_nothing_else() {
    let (address, _) = server().await;
    let bad: [&[u8]; 5] = [
        &[1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0],
        &[0, 7, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0],
        // An even stream belongs to the server.
        &[0, 1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0],
        // More data than a window holds.
        &[0, 0, 0, 1, 0, 0, 0, 1, 0xff, 0, 0, 0],
        // A request that is no value.
        &[0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 1, 0xc1],
    ];
    for bytes in bad {
        let mut stream = connect(None, address, Protocol::Many).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut back = Vec::new();
        let _ = stream.read_to_end(&mut back).await;
    }
    let connection = Connection::dial(None, address).await.unwrap();
    assert_eq!(connection.call("Test.Echo", &[5]).await.unwrap()[..], [5]);
}

#[tokio::test]
async fn a_request_that_is_too_large_ends_its_stream_before_it_is_held() {
    let (address, _) = server().await;
    let connection = Connection::dial(None, address).await.unwrap();
    let too_large = to_vec(&"x".repeat(proconsul_base::limit::CONSUL_REQUEST_BYTES + 1)).unwrap();
    assert_eq!(connection.call("Test.Echo", &too_large).await, Err(CallError::Lost));
    assert_eq!(connection.call("Test.Echo", &[5]).await.unwrap()[..], [5], "the others are not touched");
}

#[tokio::test]
async fn a_ping_is_answered_with_its_number() {
    let (address, _) = server().await;
    let mut stream = connect(None, address, Protocol::Many).await.unwrap();
    stream.write_all(&[0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 1, 44]).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, [0, 2, 0, 2, 0, 0, 0, 0, 0, 0, 1, 44]);
}

/// Consul's servers close a stream on which they were asked for a method that they do not know. A large request on it would wait for
/// a window that nobody opens any more.
#[tokio::test]
async fn a_stream_that_the_server_has_closed_is_not_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let streams = Arc::new(AtomicUsize::new(0));
    let opened = Arc::clone(&streams);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_u8().await.unwrap();
        yamux::serve(stream, |stream| {
            opened.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let mut messages = message::Messages::new(stream, 1_000_000);
                let head = messages.next().await.unwrap().unwrap();
                let body = messages.next().await.unwrap().unwrap();
                let message::RequestHead { seq, service_method } = from_slice(&head).unwrap();
                let reply = to_vec(&message::ReplyHead { error: String::new(), seq, service_method }).unwrap();
                messages.stream.write_all(&[&reply, &body[..]].concat()).await.unwrap();
                messages.stream.shutdown().await.unwrap();
            });
        })
        .await;
    });
    let connection = Connection::dial(None, address).await.unwrap();
    for number in 1..4 {
        let text = to_vec(&"x".repeat(400_000)).unwrap();
        assert_eq!(connection.call("Test.Echo", &text).await.unwrap(), text);
        // What ends the stream comes behind the answer.
        while connection.has_idle() {
            tokio::task::yield_now().await;
        }
        assert_eq!(streams.load(Ordering::Relaxed), number);
    }
}
