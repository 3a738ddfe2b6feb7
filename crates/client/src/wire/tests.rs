//! A connection against an other end that speaks frames by hand.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::frame::{FIN, FIRST_WINDOW, HEAD_BYTES, Head, Kind, RST, SYN};
use super::*;

/// The other end, as a test makes it.
struct Other(TcpStream);

impl Other {
    async fn accept(listener: &TcpListener) -> Self {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), frame::YAMUX);
        Self(stream)
    }

    async fn hear(&mut self) -> (Head, Vec<u8>) {
        let mut head = [0; HEAD_BYTES];
        self.0.read_exact(&mut head).await.unwrap();
        let head = Head::read(head).unwrap();
        let mut data = vec![0; if head.kind == Kind::Data { head.length as usize } else { 0 }];
        self.0.read_exact(&mut data).await.unwrap();
        (head, data)
    }

    async fn say(&mut self, frame: Bytes) {
        self.0.write_all(&frame).await.unwrap();
    }
}

async fn pair() -> (Arc<Wire>, Member, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let member = Member { name: "s1".to_owned(), address: listener.local_addr().unwrap() };
    (Arc::new(Wire::new(None)), member, listener)
}

fn call(wire: &Arc<Wire>, member: &Member, body: Vec<u8>) -> JoinHandle<Result<Bytes, TransportError>> {
    let (wire, member) = (Arc::clone(wire), member.clone());
    tokio::spawn(async move { wire.call(&member, "KVS.Get", body.into()).await })
}

const DONE: &[u8] = b"\x81\xa5Error\xa0\xa4done";

#[tokio::test]
async fn calls_share_a_connection_and_are_answered_in_any_order() {
    let (wire, member, listener) = pair().await;
    let first = call(&wire, &member, b"\xa1a".to_vec());
    let mut other = Other::accept(&listener).await;
    let (one, data) = other.hear().await;
    assert_eq!((one.kind, one.flags, one.stream), (Kind::Data, SYN, 1));
    assert!(data.ends_with(b"KVS.Get\xa1a"), "{data:?}");
    let second = call(&wire, &member, b"\xa1b".to_vec());
    let (two, _) = other.hear().await;
    assert_eq!((two.flags, two.stream), (SYN, 3));
    other.say(Head::data(3, 0, b"\x81\xa5Error\xa0\xa1b")).await;
    assert_eq!(second.await.unwrap(), Ok(Bytes::from_static(b"\xa1b")));
    other.say(Head::data(1, 0, DONE)).await;
    assert_eq!(first.await.unwrap(), Ok(Bytes::from_static(b"\xa4done")));
    let ended = [other.hear().await.0, other.hear().await.0].map(|head| (head.flags, head.stream));
    assert_eq!(ended, [(FIN, 3), (FIN, 1)]);
}

#[tokio::test]
async fn a_large_call_waits_for_room_and_a_large_reply_is_given_some() {
    let (wire, member, listener) = pair().await;
    let asked = call(&wire, &member, vec![0xc0; FIRST_WINDOW as usize + 100]);
    let mut other = Other::accept(&listener).await;
    let mut sent = 0;
    while sent < FIRST_WINDOW as usize {
        sent += other.hear().await.1.len();
    }
    assert_eq!(sent, FIRST_WINDOW as usize);
    other.say(Head::window(1, 0, 4096)).await;
    let rest = other.hear().await.1.len();
    assert!(rest > 100 && rest < 4096, "{rest} bytes");
    let mut reply = b"\x81\xa5Error\xa0\xdb\x00\x04\x00\x00".to_vec();
    reply.resize(reply.len() + 0x40000, b'x');
    for part in reply.chunks(100_000) {
        other.say(Head::data(1, 0, part)).await;
    }
    let (room, _) = other.hear().await;
    assert_eq!((room.kind, room.length), (Kind::Window, 200_000));
    assert_eq!(asked.await.unwrap().unwrap().len(), 0x40000 + 5);
}

#[tokio::test]
async fn a_call_nobody_waits_for_is_taken_back() {
    let (wire, member, listener) = pair().await;
    let asked = call(&wire, &member, b"\xc0".to_vec());
    let mut other = Other::accept(&listener).await;
    other.hear().await;
    asked.abort();
    let (head, _) = other.hear().await;
    assert_eq!((head.kind, head.flags, head.stream), (Kind::Window, RST, 1));
}

#[tokio::test]
async fn a_stream_or_connection_that_ends_is_told_and_the_next_call_makes_another() {
    let (wire, member, listener) = pair().await;
    let asked = call(&wire, &member, b"\xc0".to_vec());
    let mut other = Other::accept(&listener).await;
    other.hear().await;
    other.say(Head::window(1, FIN, 0)).await;
    let lost = Err(TransportError::Lost("EOF".to_owned()));
    assert_eq!(asked.await.unwrap(), lost);
    let asked = call(&wire, &member, b"\xc0".to_vec());
    other.hear().await;
    drop(other);
    assert_eq!(asked.await.unwrap(), lost);
    let asked = call(&wire, &member, b"\xc0".to_vec());
    let mut other = Other::accept(&listener).await;
    other.hear().await;
    other.say(Head::data(1, 0, b"\x81\xa5Error\xa4oops\xc0")).await;
    assert_eq!(asked.await.unwrap(), Err(TransportError::Refused("oops".to_owned())));
}

#[tokio::test]
async fn a_ping_is_sent_back_and_a_server_that_goes_gets_no_new_calls() {
    let (wire, member, listener) = pair().await;
    let asked = call(&wire, &member, b"\xc0".to_vec());
    let mut other = Other::accept(&listener).await;
    other.hear().await;
    other.say(Head::ping(SYN, 9)).await;
    let (head, _) = other.hear().await;
    assert_eq!((head.kind, head.flags, head.length), (Kind::Ping, frame::ACK, 9));
    other.say(Head { kind: Kind::GoAway, flags: 0, stream: 0, length: 0 }.write(&[])).await;
    other.say(Head::data(1, 0, DONE)).await;
    assert!(asked.await.unwrap().is_ok(), "what is under way goes on");
    drop(call(&wire, &member, b"\xc0".to_vec()));
    Other::accept(&listener).await;
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let (wire, member, listener) = pair().await;
    drop(listener);
    let told = format!("failed to get conn: dial tcp {}: connect: connection refused", member.address);
    assert_eq!(call(&wire, &member, b"\xc0".to_vec()).await.unwrap(), Err(TransportError::Unreached(told)));
    assert!(!wire.is_alive(&member).await);
}
