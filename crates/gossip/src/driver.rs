//! The task that owns the machine: it hands over packets, answers, wishes and the time, and carries out what comes back.
//!
//! No protocol thought: everything decided is decided in `serf` and `swim`.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::limit::GOSSIP_STREAMS;
use proconsul_base::time::Instant;
use proconsul_serf::{Event as Told, Serf};
use proconsul_swim::{ExchangeError, Ticket, Transmit};
use proconsul_telemetry::names::gossip as metric;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot, watch};

use crate::command::Command;
use crate::event::Event;
use crate::handle::{JoinError, JoinReport};
use crate::log;
use crate::stream::{self, FromStream};
use crate::view::{Stats, View};

/// Larger datagrams do not exist.
const DATAGRAM_BYTES: usize = 65_536;
/// So many datagrams are taken in one go before timers and wishes get their turn.
const DATAGRAMS_AT_ONCE: usize = 64;
/// Waking later than this after a deadline means that the process was paused or starved.
const OVERSLEPT: Duration = Duration::from_millis(300);

/// How long nothing is accepted after that failed, for want of descriptors perhaps.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Everything that the task owns.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) serf: Serf,
    pub(crate) started: tokio::time::Instant,
    pub(crate) socket: UdpSocket,
    pub(crate) listener: TcpListener,
    pub(crate) source: Option<IpAddr>,
    pub(crate) stream_timeout: Duration,
    pub(crate) wishes: mpsc::Receiver<Command>,
    pub(crate) view: watch::Sender<Arc<View>>,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) accepts_from: tokio::time::Instant,
    pub(crate) waiting: Waiting,
}

/// Callers whose answers take a while.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    joins: HashMap<Ticket, u64>,
    reports: BTreeMap<u64, PendingReport>,
    leaves: Vec<oneshot::Sender<()>>,
    next: u64,
}

#[derive(Debug)]
struct PendingReport {
    left: usize,
    report: JoinReport,
    reply: oneshot::Sender<JoinReport>,
}

/// What woke the task.
enum Wake {
    Datagrams,
    Stream(FromStream),
    Wish(Option<Command>),
    Accepted(tokio::net::TcpStream, SocketAddr),
    AcceptFailed(std::io::Error),
    Deadline,
}

impl Driver {
    /// Runs until shut down, or until nobody holds a handle. The sockets are closed when it returns.
    pub(crate) async fn run(mut self) {
        let served = Arc::new(Semaphore::new(GOSSIP_STREAMS));
        let made = Arc::new(Semaphore::new(GOSSIP_STREAMS));
        let (from_streams, mut streams) = mpsc::channel(GOSSIP_STREAMS);
        let mut datagram = vec![0; DATAGRAM_BYTES];
        loop {
            self.carry_out(&made, &from_streams);
            let deadline = self.started + Duration::from_nanos(self.serf.deadline().as_nanos());
            let wake = self.wake(deadline, &mut streams).await;
            self.notice_oversleeping(deadline);
            match wake {
                // Packets before timers: after a pause, answers that wait in the socket count before anybody is blamed.
                Wake::Datagrams | Wake::Deadline => self.receive(&mut datagram),
                Wake::Stream(message) => self.on_stream(message),
                Wake::Wish(None) => return,
                Wake::Wish(Some(Command::Shutdown(reply))) => {
                    drop(self);
                    // The caller may be gone already.
                    let _gone = reply.send(());
                    return;
                }
                Wake::Wish(Some(command)) => self.on_command(command),
                Wake::Accepted(connection, from) => {
                    metric::TCP_ACCEPT.one();
                    stream::serve(connection, from, self.stream_timeout, &served, &from_streams);
                }
                Wake::AcceptFailed(error) => {
                    log::accept_failed(&error);
                    self.accepts_from = tokio::time::Instant::now() + ACCEPT_PAUSE;
                }
            }
            let now = self.now();
            if self.serf.deadline() <= now {
                self.serf.tick(now);
            }
        }
    }

    async fn wake(&mut self, deadline: tokio::time::Instant, streams: &mut mpsc::Receiver<FromStream>) -> Wake {
        let accepts = self.accepts_from <= tokio::time::Instant::now();
        tokio::select! {
            // Should waiting fail, reading tells why; the deadline bounds how often that is tried.
            Ok(()) = self.socket.readable() => Wake::Datagrams,
            Some(message) = streams.recv() => Wake::Stream(message),
            wish = self.wishes.recv() => Wake::Wish(wish),
            accepted = self.listener.accept(), if accepts => match accepted {
                Ok((connection, from)) => Wake::Accepted(connection, from),
                Err(error) => Wake::AcceptFailed(error),
            },
            () = tokio::time::sleep_until(deadline) => Wake::Deadline,
        }
    }

    fn now(&self) -> Instant {
        Instant::from_nanos(u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    /// Tells the machine when we ran far too late: its timers measured our sleep, not others' silence. Being late for other
    /// reasons is what Lifeguard's awareness is for: missing nacks slow our own probes down.
    fn notice_oversleeping(&mut self, deadline: tokio::time::Instant) {
        let late = tokio::time::Instant::now().saturating_duration_since(deadline);
        if late > OVERSLEPT {
            log::overslept(late);
            self.serf.overslept(late);
        }
    }

    fn receive(&mut self, datagram: &mut [u8]) {
        for _ in 0..DATAGRAMS_AT_ONCE {
            // Errors here are echoes of earlier sends, a closed port perhaps; the probe will notice.
            let Ok((length, from)) = self.socket.try_recv_from(datagram) else { return };
            metric::UDP_RECEIVED.add(length as f32);
            let now = self.now();
            self.serf.receive(now, from, &datagram[..length]);
        }
    }

    fn on_stream(&mut self, message: FromStream) {
        let now = self.now();
        match message {
            FromStream::Request { from, message, reply } => {
                let answer = self.serf.serve(now, from, message);
                // The other side may have given up.
                let _gone = reply.send(answer);
            }
            FromStream::Answer { ticket, answer } => self.serf.conversed(now, ticket, answer),
            FromStream::Refused { from, error } => log::stream_refused(from, &error),
        }
    }

    fn on_command(&mut self, command: Command) {
        let now = self.now();
        // Whoever asked may have stopped waiting; the wish is carried out all the same.
        match command {
            Command::Join(addresses, reply) => self.join(now, &addresses, reply),
            Command::Leave(reply) => {
                self.waiting.leaves.push(reply);
                self.serf.leave(now);
            }
            Command::ForceLeave { name, prune, reply } => {
                let _gone = reply.send(self.serf.force_leave(now, &name, prune));
            }
            Command::SetTags(tags, reply) => {
                let _gone = reply.send(self.serf.set_tags(now, &tags));
            }
            Command::Fire { name, payload, coalesce, reply } => {
                let _gone = reply.send(self.serf.fire(&name, &payload, coalesce));
            }
            Command::Coordinate(reply) => {
                let _gone = reply.send(self.serf.coordinate().clone());
            }
            Command::Stats(reply) => {
                // Encryption belongs to a key ring, which this member does not have.
                let _gone = reply.send(Stats { serf: self.serf.stats(), encrypted: false });
            }
            Command::Shutdown(_) => {}
        }
    }

    fn join(&mut self, now: Instant, addresses: &[SocketAddr], reply: oneshot::Sender<JoinReport>) {
        let report = JoinReport { reached: 0, results: Vec::with_capacity(addresses.len()) };
        if addresses.is_empty() {
            let _gone = reply.send(report);
            return;
        }
        let number = self.waiting.next;
        self.waiting.next += 1;
        self.waiting.reports.insert(number, PendingReport { left: addresses.len(), report, reply });
        for address in addresses {
            let ticket = self.serf.join(now, *address);
            self.waiting.joins.insert(ticket, number);
        }
    }

    /// Sends, tells and shows everything that the machine has brought forth.
    fn carry_out(&mut self, made: &Arc<Semaphore>, from_streams: &mpsc::Sender<FromStream>) {
        loop {
            while let Some(transmit) = self.serf.next_send() {
                self.send(transmit, made, from_streams);
            }
            let Some(told) = self.serf.next_event() else { break };
            self.tell(told);
        }
        if self.view.borrow().version != self.serf.changes() {
            self.view.send_replace(Arc::new(view(&self.serf)));
        }
    }

    fn send(&mut self, transmit: Transmit, made: &Arc<Semaphore>, from_streams: &mpsc::Sender<FromStream>) {
        match transmit {
            // A datagram that does not fit into the socket's buffer is lost, as on the network.
            Transmit::Packet { to, bytes } => match self.socket.try_send_to(&bytes, to) {
                Ok(length) => metric::UDP_SENT.add(length as f32),
                Err(error) => log::packet_lost(to, &error),
            },
            Transmit::Stream { ticket, to, bytes, timeout } => match Arc::clone(made).try_acquire_owned() {
                Ok(permit) => {
                    metric::TCP_CONNECT.one();
                    metric::TCP_SENT.add(bytes.len() as f32);
                    let exchange = stream::Exchange { ticket, to, bytes, timeout, source: self.source };
                    stream::converse(exchange, permit, from_streams.clone());
                }
                Err(_) => {
                    let now = self.now();
                    self.serf.conversed(now, ticket, Err(ExchangeError::Busy));
                }
            },
        }
    }

    fn tell(&mut self, told: Told) {
        log::told(&told);
        let event = match told {
            Told::Joining { ticket, address, result } => return self.joined(ticket, address, result),
            Told::LeaveDone => {
                for reply in self.waiting.leaves.drain(..) {
                    let _gone = reply.send(());
                }
                return;
            }
            Told::Joined(member) => Event::Joined(member),
            Told::Updated(member) | Told::Wavered(member) => Event::Updated(member),
            Told::Failed(member) => Event::Failed(member),
            Told::Left(member) => Event::Left(member),
            Told::Reaped(member) => Event::Reaped(member),
            Told::User(event) => {
                Event::User { name: event.name, payload: event.payload, coalesce: event.coalesce, lamport: event.time }
            }
            Told::Query { name, payload, from } => Event::Query { name, payload, from },
            Told::NameLost => Event::NameLost,
            Told::Noted(_) => return,
        };
        // Nobody listening is fine.
        let _nobody = self.events.send(event);
    }

    fn joined(&mut self, ticket: Ticket, address: SocketAddr, result: Result<usize, ExchangeError>) {
        let Some(number) = self.waiting.joins.remove(&ticket) else { return };
        let Some(pending) = self.waiting.reports.get_mut(&number) else { return };
        pending.left -= 1;
        pending.report.reached += usize::from(result.is_ok());
        let result = result.map(drop).map_err(|source| match source {
            ExchangeError::Ourselves => JoinError::Ourselves(address),
            source => JoinError::Exchange { address, source },
        });
        pending.report.results.push((address, result));
        if pending.left == 0
            && let Some(done) = self.waiting.reports.remove(&number)
        {
            // The caller may have stopped waiting.
            let _gone = done.reply.send(done.report);
        }
    }
}

/// The picture for readers.
pub(crate) fn view(serf: &Serf) -> View {
    View { version: serf.changes(), members: serf.members(), local: serf.local() }
}
