//! One call to one server, and when it is made again: as Consul's clients do, and where it is certain that nothing was done.
//!
//! Knows no wire form: a call is a method's name and bytes, and [`Transport`] carries it.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_base::rand::Rng;
use proconsul_base::time;
use proconsul_calls::error::{CallError, ForwardError, Meaning};
use proconsul_telemetry::names::agent as names;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::rate::{Bucket, Rate};
use crate::servers::{Member, Servers};

/// The pause before a further attempt is at most this part of the hold time: Consul's `JitterFraction`.
const JITTER_PART: u32 = 16;

/// What carries calls to servers.
pub trait Transport: Send + Sync + 'static {
    /// A connection that carries a snapshot.
    type Carrier: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Opens a connection that carries a snapshot.
    fn carrier(&self, server: &Member) -> impl Future<Output = Result<Self::Carrier, TransportError>> + Send;

    /// Makes one call. A dropped call is given up: nobody waits for its answer any more.
    fn call(
        &self,
        server: &Member,
        method: &'static str,
        request: Bytes,
    ) -> impl Future<Output = Result<Bytes, TransportError>> + Send;

    /// Whether a server answers at all.
    fn is_alive(&self, server: &Member) -> impl Future<Output = bool> + Send;
}

/// Why a call came back without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransportError {
    /// Nothing was sent.
    Unreached(String),
    /// The connection ended after the call was sent.
    Lost(String),
    /// The server answered with an error.
    Refused(String),
}

/// Whether a call changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It can be made again.
    Read,
    /// It is made again only when nothing was done.
    Write,
}

/// What an agent knows of the servers, for those who wait to be in touch with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// How many servers are known.
    pub servers: usize,
    /// Grows whenever a server comes that was not known before.
    pub arrivals: u64,
}

/// Calls to whichever server is in use.
#[derive(Debug)]
pub struct Forward<T> {
    transport: T,
    servers: Mutex<Servers>,
    known: watch::Sender<Known>,
    bucket: Mutex<Bucket>,
    rng: Mutex<Rng>,
    hold: Duration,
    started: Instant,
}

impl<T: Transport> Forward<T> {
    /// Knows no server yet. Calls are tried again for the hold time (`performance.rpc_hold_timeout`).
    pub fn new(transport: T, rate: Rate, hold: Duration, mut rng: Rng) -> Self {
        Self {
            transport,
            servers: Mutex::new(Servers::new(rng.fork())),
            known: watch::Sender::new(Known::default()),
            bucket: Mutex::new(Bucket::new(rate, time::Instant::ZERO)),
            rng: Mutex::new(rng),
            hold,
            started: Instant::now(),
        }
    }

    /// Tells which servers gossip sees.
    pub fn see(&self, seen: Vec<Member>) {
        let mut servers = self.servers.lock();
        let news =
            seen.iter().filter(|member| servers.all().iter().all(|known| known.name != member.name)).count() as u64;
        servers.see(seen);
        let servers = servers.all().len();
        self.known.send_if_modified(|known| {
            let now = Known { servers, arrivals: known.arrivals + news };
            let is_news = *known != now;
            *known = now;
            is_news
        });
    }

    /// How many servers are known, now and from now on.
    pub fn known(&self) -> watch::Receiver<Known> {
        self.known.subscribe()
    }

    /// The server in use.
    pub fn current(&self) -> Option<Member> {
        self.servers.lock().current().cloned()
    }

    /// Turns to another server for every two or three minutes, one that answers; for as long as the agent runs. `members` tells
    /// how many are in the pool.
    pub async fn keep_turning(&self, members: impl Fn() -> usize + Send) {
        loop {
            let pause = self.servers.lock().next_turn(members());
            sleep(pause).await;
            let candidates = self.servers.lock().shuffled();
            for candidate in candidates {
                if self.transport.is_alive(&candidate).await {
                    self.servers.lock().turn_to(&candidate.name);
                    break;
                }
            }
        }
    }

    /// The answer of a server.
    ///
    /// # Errors
    /// It refused, or none answered within the hold time after the first failure.
    pub async fn ask(&self, method: &'static str, kind: Kind, request: Bytes) -> Result<Bytes, CallError> {
        let mut trouble = Trouble::default();
        loop {
            let Some(server) = self.current() else { return Err(ForwardError::NoServers.into()) };
            if !self.bucket.lock().take(self.now()) {
                names::CLIENT_RPC_EXCEEDED.one();
                return Err(ForwardError::RateExceeded.into());
            }
            names::CLIENT_RPC.one();
            let error = match self.transport.call(&server, method, request.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            names::CLIENT_RPC_FAILED.one();
            let (error, may_repeat) = judged(error, kind);
            if !matches!(error, ForwardError::Refused { meaning, .. } if meaning != Meaning::NoLeader) {
                tracing::debug!(target: "agent.client", method, server = %server.address, %error, "RPC failed to server");
                self.servers.lock().failed(&server.name);
            }
            if !may_repeat || trouble.is_over(self.hold) {
                return Err(error.into());
            }
            if trouble.count >= self.known.borrow().servers || !matches!(error, ForwardError::Unreached(_)) {
                let pause = self.rng.lock().duration_below(self.hold / JITTER_PART);
                sleep(pause).await;
            }
        }
    }

    /// A connection to the server in use that carries a snapshot. It is tried once, as Consul does: what is to be sent over it
    /// comes only once.
    pub async fn carrier(&self) -> Result<T::Carrier, CallError> {
        let Some(server) = self.current() else { return Err(ForwardError::NoServers.into()) };
        if !self.bucket.lock().take(self.now()) {
            return Err(ForwardError::RateExceeded.into());
        }
        let carrier = self.transport.carrier(&server).await;
        carrier.map_err(|error| {
            self.servers.lock().failed(&server.name);
            judged(error, Kind::Write).0.into()
        })
    }

    fn now(&self) -> time::Instant {
        time::Instant::ZERO + self.started.elapsed()
    }
}

/// The failures of one call so far.
#[derive(Debug, Default)]
struct Trouble {
    since: Option<Instant>,
    count: usize,
}

impl Trouble {
    /// Counts one more: whether the patience with them is over. It begins with the first failure, for a call that waits for a
    /// change may have been well for minutes before.
    fn is_over(&mut self, patience: Duration) -> bool {
        self.count += 1;
        self.since.get_or_insert_with(Instant::now).elapsed() >= patience
    }
}

/// What a failure means for the caller, and whether the call may be made again.
fn judged(error: TransportError, kind: Kind) -> (ForwardError, bool) {
    match error {
        TransportError::Unreached(text) => (ForwardError::Unreached(text), true),
        TransportError::Lost(text) => (ForwardError::Lost(text), kind == Kind::Read),
        TransportError::Refused(text) => {
            let error = ForwardError::refused(text);
            let is_leaderless = matches!(error, ForwardError::Refused { meaning: Meaning::NoLeader, .. });
            (error, is_leaderless)
        }
    }
}

#[cfg(test)]
mod tests;
