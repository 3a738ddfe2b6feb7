//! Calls to servers that fail in every way, on a paused clock.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use super::*;

/// Servers that answer as they are told to, in turn, whichever of them is asked; and who was asked.
#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<Result<Bytes, TransportError>>>,
    asked: Mutex<Vec<String>>,
}

impl Transport for Arc<Script> {
    type Carrier = tokio::io::DuplexStream;

    async fn carrier(&self, _: &Member) -> Result<Self::Carrier, TransportError> {
        Err(TransportError::Unreached("it carries nothing".to_owned()))
    }

    async fn call(&self, server: &Member, _: &'static str, _: Bytes) -> Result<Bytes, TransportError> {
        self.asked.lock().push(server.name.clone());
        self.answers.lock().pop_front().unwrap_or_else(|| Ok(Bytes::from_static(b"done")))
    }

    async fn is_alive(&self, server: &Member) -> bool {
        server.name != "s1"
    }
}

const UNLIMITED: Rate = Rate { per_second: f64::INFINITY, burst: 0.0 };
const HOLD: Duration = Duration::from_secs(7);

fn members(count: u16) -> Vec<Member> {
    let member = |number| Member { name: format!("s{number}"), address: SocketAddr::from(([192, 0, 2, 1], number)) };
    (1..=count).map(member).collect()
}

fn forward(answers: impl IntoIterator<Item = TransportError>, servers: u16) -> (Forward<Arc<Script>>, Arc<Script>) {
    let script = Arc::new(Script::default());
    script.answers.lock().extend(answers.into_iter().map(Err));
    let forward = Forward::new(Arc::clone(&script), UNLIMITED, HOLD, Rng::seeded(1));
    forward.see(members(servers));
    (forward, script)
}

fn unreached() -> TransportError {
    TransportError::Unreached("failed to get conn: dial tcp 192.0.2.1:1: connect: connection refused".to_owned())
}

fn lost() -> TransportError {
    TransportError::Lost("EOF".to_owned())
}

fn refused(text: &str) -> TransportError {
    TransportError::Refused(text.to_owned())
}

/// What a call comes to after these failures, and how many attempts were made.
async fn told(failures: Vec<TransportError>, kind: Kind) -> (Result<Bytes, String>, usize) {
    let (forward, script) = forward(failures, 3);
    let answer = forward.ask("KVS.Apply", kind, Bytes::new()).await.map_err(|error| error.to_string());
    let attempts = script.asked.lock().len();
    (answer, attempts)
}

#[tokio::test(start_paused = true)]
async fn what_was_never_sent_is_sent_to_every_other_server_without_a_pause() {
    let begun = Instant::now();
    let (forward, script) = forward([unreached(), unreached()], 3);
    let answer = forward.ask("KVS.Apply", Kind::Write, Bytes::new()).await;
    assert_eq!((answer, begun.elapsed()), (Ok(Bytes::from_static(b"done")), Duration::ZERO));
    let mut asked = script.asked.lock().clone();
    asked.sort();
    assert_eq!(asked, ["s1", "s2", "s3"]);
}

#[tokio::test(start_paused = true)]
async fn only_a_read_is_made_again_when_its_connection_ends() {
    let done = Ok(Bytes::from_static(b"done"));
    assert_eq!(told(vec![lost()], Kind::Read).await, (done.clone(), 2));
    assert_eq!(told(vec![lost()], Kind::Write).await, (Err("rpc error making call: EOF".to_owned()), 1));
    assert_eq!(told(vec![refused("No cluster leader")], Kind::Write).await, (done, 2));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_as_it_is_and_leaves_the_server_in_use() {
    let (forward, _) = forward([refused("invalid session")], 3);
    let before = forward.current();
    let error = forward.ask("KVS.Apply", Kind::Read, Bytes::new()).await.map_err(|error| error.to_string());
    assert_eq!(error, Err("rpc error making call: invalid session".to_owned()));
    assert_eq!(forward.current(), before);
}

#[tokio::test(start_paused = true)]
async fn without_a_leader_calls_are_held_and_then_refused() {
    let begun = Instant::now();
    let (answer, attempts) = told(vec![refused("No cluster leader"); 200], Kind::Write).await;
    assert_eq!(answer, Err("rpc error making call: No cluster leader".to_owned()));
    assert!(attempts > 20, "{attempts} attempts");
    let held = begun.elapsed();
    assert!((HOLD..HOLD * 2).contains(&held), "held for {held:?}");
}

#[tokio::test(start_paused = true)]
async fn without_servers_and_over_the_rate_nothing_is_sent() {
    let (forward, script) = forward([], 0);
    assert_eq!(forward.ask("KVS.Get", Kind::Read, Bytes::new()).await, Err(ForwardError::NoServers.into()));
    let slow = Forward::new(Arc::clone(&script), Rate { per_second: 1.0, burst: 1.0 }, HOLD, Rng::seeded(1));
    slow.see(members(1));
    assert!(slow.ask("KVS.Get", Kind::Read, Bytes::new()).await.is_ok());
    assert_eq!(slow.ask("KVS.Get", Kind::Read, Bytes::new()).await, Err(ForwardError::RateExceeded.into()));
    assert_eq!(script.asked.lock().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_turn_goes_only_to_servers_that_answer() {
    let (forward, _) = forward([], 3);
    let forward = Arc::new(forward);
    let turning = tokio::spawn({
        let forward = Arc::clone(&forward);
        async move { forward.keep_turning(|| 3).await }
    });
    let mut used = Vec::new();
    for _ in 0..50 {
        sleep(Duration::from_secs(180)).await;
        used.extend(forward.current().map(|member| member.name));
    }
    turning.abort();
    assert!(used.iter().skip(1).all(|name| name != "s1"), "{used:?}");
    assert!(used.iter().any(|name| name == "s2") && used.iter().any(|name| name == "s3"), "{used:?}");
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_servers_is_told_when_one_comes() {
    let (forward, _) = forward([], 0);
    let mut known = forward.known();
    assert_eq!(*known.borrow_and_update(), Known::default());
    forward.see(members(2));
    assert_eq!(*known.borrow_and_update(), Known { servers: 2, arrivals: 2 });
    forward.see(members(2));
    assert!(!known.has_changed().unwrap());
    forward.see(members(1));
    forward.see(members(2));
    assert_eq!(*known.borrow_and_update(), Known { servers: 2, arrivals: 3 });
}
