//! How the rest of the program uses consensus: propose, read, ask who leads. Clones share one running consensus.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_base::id::RaftId;
use proconsul_base::index::Index;
use proconsul_base::limit;
use proconsul_raft::Change;
use proconsul_storage::directory::DirectoryError;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::Instant;

use crate::answer::Answerer;
use crate::book::Book;
use crate::callers::Callers;
use crate::driver::Input;
use crate::error::Unavailable;
use crate::identity::Retire;
use crate::mailbox::Mailbox;
use crate::read::ReadBatch;
use crate::shared::{Progress, Shared, Status};
use crate::wire::{self, Certainty};

/// Pause before the same leader is asked again after it could not be reached; a new leader ends it at once.
const RETRY_PAUSE: Duration = Duration::from_millis(20);

/// A running consensus.
#[derive(Clone)]
pub struct Handle(pub(crate) Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: Arc<Mailbox<Input>>,
    pub(crate) callers: Arc<Callers>,
    pub(crate) reads: ReadBatch,
    /// Who answers what this server is asked as the leader.
    pub(crate) answerer: Mutex<Option<Arc<dyn Answerer>>>,
    /// Permits for proposals waiting on this server, one per [`PERMIT_BYTES`] begun.
    pub(crate) room: Semaphore,
    pub(crate) hold: Duration,
    pub(crate) retire: Retire,
}

/// How long a leader that has a successor may still answer.
const LAST_WORD: Duration = Duration::from_millis(200);

/// How long one proposal may wait for its commit.
pub(crate) const COMMIT_PATIENCE: Duration = Duration::from_secs(10);

/// Bytes of a command that one permit stands for.
const PERMIT_BYTES: usize = 4096;

/// Permits there are: bounds the memory of proposals that wait.
pub(crate) const PERMITS: usize = limit::PROPOSAL_BYTES / PERMIT_BYTES;

impl Handle {
    /// Gets a command into the log, wherever the leader is, and answers with the machine's outcome. Waits for a leader up
    /// to the hold time. A command is made again only when it is certain that nothing was done.
    pub async fn propose(&self, command: Bytes) -> Result<Bytes, Unavailable> {
        self.have_led(Errand::Propose, command).await
    }

    /// Puts a question to the leader's [`Answerer`], wherever the leader is. Waits for a leader up to the hold time. A question
    /// is asked again only when it is certain that nothing was done.
    pub async fn ask(&self, question: Bytes) -> Result<Bytes, Unavailable> {
        self.have_led(Errand::Ask, question).await
    }

    /// Says who answers questions while this server leads; it is let go when consensus stops.
    pub fn answer_with(&self, answerer: Arc<dyn Answerer>) {
        *self.0.answerer.lock() = Some(answerer);
    }

    /// Has the leader do something, wherever it is.
    async fn have_led(&self, errand: Errand, body: Bytes) -> Result<Bytes, Unavailable> {
        let mut attempt = Attempt::default();
        loop {
            let leader = self.leader_within(&mut attempt).await?;
            let outcome = match errand {
                _ if leader != self.me() => self.forward(leader, errand, &body).await,
                Errand::Propose => self.propose_here(body.clone()).await,
                Errand::Ask => self.ask_here(body.clone()).await,
            };
            match outcome {
                Err(error) if error.nothing_was_done() => self.pause(&mut attempt, leader, error).await?,
                outcome => return outcome,
            }
        }
    }

    /// Calls the leader. One that is frozen or cut off never answers: when it has a successor, what became of the errand is
    /// unknown.
    async fn forward(&self, leader: RaftId, errand: Errand, body: &Bytes) -> Result<Bytes, Unavailable> {
        let call = self.0.callers.call(leader, errand.call(), body);
        let mut call = std::pin::pin!(call);
        let mut status = self.status_watch();
        let succeeded = async { drop(status.wait_for(|status| status.leader.is_some_and(|now| now != leader)).await) };
        tokio::select! {
            outcome = &mut call => outcome,
            () = succeeded => {
                tokio::time::timeout(LAST_WORD, call).await.unwrap_or(Err(Unavailable::LeadershipLost))
            }
        }
    }

    /// Asks this server only; [`Unavailable::NoLeader`] when it does not lead yet, or no more.
    pub(crate) async fn ask_here(&self, question: Bytes) -> Result<Bytes, Unavailable> {
        let answerer = self.0.answerer.lock().clone().filter(|_| self.status().leads);
        match answerer {
            Some(answerer) => answerer.answer(question).await,
            None => Err(Unavailable::NoLeader),
        }
    }

    /// Proposes to this server only; [`Unavailable::NoLeader`] when it does not lead.
    pub async fn propose_here(&self, command: Bytes) -> Result<Bytes, Unavailable> {
        let permits = (command.len() / PERMIT_BYTES + 1).min(PERMITS) as u32;
        let room = self.0.room.acquire_many(permits);
        let Ok(Ok(_room)) = tokio::time::timeout(self.0.hold, room).await else { return Err(Unavailable::Busy) };
        let (reply, answer) = oneshot::channel();
        if !self.0.inbox.try_put(Input::Propose { command, reply }) {
            return Err(Unavailable::Stopping);
        }
        // A leader that lost its quorum does not know for how long; its callers are set free.
        match tokio::time::timeout(COMMIT_PATIENCE, answer).await {
            Ok(answer) => answer.unwrap_or(Err(Unavailable::OutcomeUnknown)),
            Err(_late) => Err(Unavailable::OutcomeUnknown),
        }
    }

    /// Returns when what this server has applied is fresh enough for a read: everything that was acknowledged anywhere
    /// before the call is in it. Waits for a leader up to the hold time.
    pub async fn read_barrier(&self, certainty: Certainty) -> Result<(), Unavailable> {
        if certainty == Certainty::Lease && self.0.shared.holds_lease() {
            return Ok(());
        }
        let mut attempt = Attempt::default();
        loop {
            let leader = self.leader_within(&mut attempt).await?;
            match self.read_index_from(leader, certainty).await {
                Ok(index) => {
                    let deadline = attempt.deadline(self.0.hold);
                    let reached = tokio::time::timeout_at(deadline, self.0.shared.applied.reach(index)).await;
                    return reached.map_err(|_late| Unavailable::NoLeader);
                }
                // A read changes nothing, so it may always be made again.
                Err(Unavailable::Stopping) => return Err(Unavailable::Stopping),
                Err(error) => self.pause(&mut attempt, leader, error).await?,
            }
        }
    }

    async fn read_index_from(&self, leader: RaftId, certainty: Certainty) -> Result<Index, Unavailable> {
        if leader == self.me() { self.read_index_here(certainty).await } else { self.0.reads.ask(certainty).await }
    }

    /// The index that a reader must have applied, as this server vouches for it as the leader.
    pub(crate) async fn read_index_here(&self, certainty: Certainty) -> Result<Index, Unavailable> {
        if certainty == Certainty::Lease && self.0.shared.holds_lease() {
            return Ok(self.0.shared.applied.get());
        }
        let (reply, answer) = oneshot::channel();
        self.0.inbox.put(Input::Read { reply });
        answer.await.unwrap_or(Err(Unavailable::Stopping))
    }

    /// Changes the membership; only the leader can, one change at a time.
    pub async fn change(&self, change: Change) -> Result<(), Unavailable> {
        let (reply, answer) = oneshot::channel();
        self.0.inbox.put(Input::Change { change, reply });
        answer.await.unwrap_or(Err(Unavailable::OutcomeUnknown)).map(drop)
    }

    /// Hands leadership to the peer that is best prepared and waits until this server leads no more, at most `patience`.
    /// False when it still leads then, or at once when there is nobody to hand it to.
    pub async fn hand_over(&self, patience: Duration) -> bool {
        self.hand_over_to(None, patience).await
    }

    /// As [`Self::hand_over`], to a given voter when there is one given.
    pub async fn hand_over_to(&self, to: Option<RaftId>, patience: Duration) -> bool {
        let mut status = self.status_watch();
        if status.borrow().membership.voters.len() < 2 {
            return false;
        }
        let not_leading = status.wait_for(|status| status.leader != Some(self.me()));
        self.0.inbox.put(Input::Transfer(to));
        tokio::time::timeout(patience, not_leading).await.is_ok()
    }

    /// Gives this server's Raft identity up, durably: when it has left the cluster, the next start is that of a new server.
    ///
    /// # Errors
    /// The disk refused; then the next start tries to go on as the old one.
    pub async fn retire(&self) -> Result<(), DirectoryError> {
        let retire = Arc::clone(&self.0.retire);
        // A job that panicked wrote nothing that could be relied on, nor did it have to.
        tokio::task::spawn_blocking(move || retire()).await.unwrap_or(Ok(()))
    }

    /// This server's place in its cluster.
    pub fn status(&self) -> Arc<Status> {
        self.0.shared.status.borrow().clone()
    }

    /// Wakes when the place changes.
    pub fn status_watch(&self) -> watch::Receiver<Arc<Status>> {
        self.0.shared.status.subscribe()
    }

    /// How far the other servers are; nothing unless this server leads.
    pub fn progress(&self) -> Vec<Progress> {
        self.0.shared.progress.lock().clone()
    }

    /// This server's Raft identity.
    pub fn me(&self) -> RaftId {
        self.0.shared.me
    }

    /// Where peers are.
    pub fn book(&self) -> &Arc<Book> {
        &self.0.shared.book
    }

    /// The leader's address, if there is a leader and its address is known.
    pub fn leader_address(&self) -> Option<SocketAddr> {
        self.status().leader.and_then(|leader| self.0.shared.book.address(leader))
    }

    /// Whether somebody leads, as far as this server knows.
    pub fn has_leader(&self) -> bool {
        self.0.shared.status.borrow().leader.is_some()
    }

    /// How long ago the leader was heard; zero on the leader.
    pub fn last_contact(&self) -> Duration {
        let leads = self.0.shared.status.borrow().leader == Some(self.me());
        if leads { Duration::ZERO } else { self.0.shared.since_contact() }
    }

    /// How far the machine has come here.
    pub fn applied(&self) -> Index {
        self.0.shared.applied.get()
    }

    /// Who leads, waiting for somebody to, up to the hold time over all attempts.
    async fn leader_within(&self, attempt: &mut Attempt) -> Result<RaftId, Unavailable> {
        if let Some(leader) = self.0.shared.status.borrow().leader {
            return Ok(leader);
        }
        let deadline = attempt.deadline(self.0.hold);
        let mut status = self.status_watch();
        let elected = status.wait_for(|status| status.leader.is_some());
        match tokio::time::timeout_at(deadline, elected).await {
            Ok(Ok(status)) => status.leader.ok_or(Unavailable::NoLeader),
            Ok(Err(_stopped)) => Err(Unavailable::Stopping),
            Err(_late) => Err(Unavailable::NoLeader),
        }
    }

    /// Waits for another leader, or a moment; the error when the hold time is over.
    async fn pause(&self, attempt: &mut Attempt, asked: RaftId, error: Unavailable) -> Result<(), Unavailable> {
        let deadline = attempt.deadline(self.0.hold);
        if error == Unavailable::Stopping && asked == self.me() || Instant::now() >= deadline {
            return Err(error);
        }
        let mut status = self.status_watch();
        let moved = status.wait_for(|status| status.leader != Some(asked));
        let _ = tokio::time::timeout_at(deadline.min(Instant::now() + RETRY_PAUSE), moved).await;
        Ok(())
    }
}

/// What only the leader can do.
#[derive(Clone, Copy)]
enum Errand {
    /// Replicate a command.
    Propose,
    /// Answer a question.
    Ask,
}

impl Errand {
    /// The call that carries it to another server.
    const fn call(self) -> u8 {
        match self {
            Self::Propose => wire::PROPOSE,
            Self::Ask => wire::ASK,
        }
    }
}

/// The hold time of one request, counted from the first time it had to wait.
#[derive(Default)]
struct Attempt(Option<Instant>);

impl Attempt {
    fn deadline(&mut self, hold: Duration) -> Instant {
        *self.0.get_or_insert_with(|| Instant::now() + hold)
    }
}
