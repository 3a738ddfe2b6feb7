//! How the rest of the program talks to a running pool. Holds no state of its own: reads look at the newest [`View`],
//! wishes travel to the task that owns the machine.

use std::net::SocketAddr;
use std::sync::Arc;

use proconsul_serf::{Coordinate, Member, Tags, event::EventError, force_leave, tags};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::command::Command;
use crate::event::Event;
use crate::view::{Stats, View};

/// The pool has been shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this member's gossip has been shut down")]
pub struct Stopped;

/// Why an address was not joined.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JoinError {
    /// The exchange of states failed.
    #[error("could not exchange members with {address}: {source}")]
    Exchange {
        /// Whom we tried to reach.
        address: SocketAddr,
        /// What went wrong.
        source: proconsul_swim::ExchangeError,
    },
    /// Nobody else is known there.
    #[error("{0} knows no other member than this one")]
    Ourselves(SocketAddr),
}

/// Why a member could not be declared gone.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ForceLeaveError {
    /// Nobody of that name is known.
    #[error(transparent)]
    Refused(#[from] force_leave::Refused),
    /// Shut down meanwhile.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why tags were not changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TagsError {
    /// They do not fit.
    #[error(transparent)]
    TooLong(#[from] tags::TooLong),
    /// Shut down meanwhile.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why a user event was not fired.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FireError {
    /// It does not fit.
    #[error(transparent)]
    Refused(#[from] EventError),
    /// Shut down meanwhile.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// What came of a join.
#[derive(Debug)]
pub struct JoinReport {
    /// How many addresses answered with other members than ourselves; 0 means that the join failed.
    pub reached: usize,
    /// Each address with what came of it.
    pub results: Vec<(SocketAddr, Result<(), JoinError>)>,
}

/// A running pool; clones share it. The pool runs until [`shutdown`](Self::shutdown) or until the last handle is gone.
#[derive(Clone, Debug)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    view: watch::Receiver<Arc<View>>,
    events: broadcast::Sender<Event>,
}

impl Handle {
    pub(crate) fn new(
        commands: mpsc::Sender<Command>,
        view: watch::Receiver<Arc<View>>,
        events: broadcast::Sender<Event>,
    ) -> Self {
        Self { commands, view, events }
    }

    /// Everybody who is known, this member too, ordered by name.
    pub fn members(&self) -> Vec<Member> {
        self.view.borrow().members.clone()
    }

    /// This member.
    pub fn local(&self) -> Member {
        self.view.borrow().local.clone()
    }

    /// The newest picture of the pool; `changed()` on it waits for the next.
    pub fn view(&self) -> watch::Receiver<Arc<View>> {
        self.view.clone()
    }

    /// What happens from now on; a listener that lags by more than `limit::GOSSIP_EVENTS` is told so.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Exchanges members with each address; all are tried at once.
    pub async fn join(&self, addresses: &[SocketAddr]) -> Result<JoinReport, Stopped> {
        self.ask(|reply| Command::Join(addresses.to_vec(), reply)).await
    }

    /// Leaves on purpose: tells everybody and waits until the news has spread. Gossip still runs afterwards.
    ///
    /// # Errors
    /// Shut down before the news had spread.
    pub async fn leave(&self) -> Result<(), Stopped> {
        self.ask(Command::Leave).await
    }

    /// Declares a failed member gone; with `prune` it is also forgotten at once.
    ///
    /// # Errors
    /// Nobody of that name is known.
    pub async fn force_leave(&self, name: &str, prune: bool) -> Result<(), ForceLeaveError> {
        let name = name.to_owned();
        Ok(self.ask(|reply| Command::ForceLeave { name, prune, reply }).await??)
    }

    /// Replaces this member's tags and tells everybody.
    ///
    /// # Errors
    /// They take more than `limit::GOSSIP_META_BYTES` when packed.
    pub async fn set_tags(&self, tags: Tags) -> Result<(), TagsError> {
        Ok(self.ask(|reply| Command::SetTags(tags, reply)).await??)
    }

    /// Fires a user event at everybody, this member too.
    ///
    /// # Errors
    /// Name and payload take more than `limit::SERF_EVENT_BYTES`.
    pub async fn fire(&self, name: &str, payload: &[u8], coalesce: bool) -> Result<(), FireError> {
        let (name, payload) = (name.to_owned(), payload.to_owned());
        Ok(self.ask(|reply| Command::Fire { name, payload, coalesce, reply }).await??)
    }

    /// This member's network position.
    pub async fn coordinate(&self) -> Result<Coordinate, Stopped> {
        self.ask(Command::Coordinate).await
    }

    /// The figures of `consul info`.
    pub async fn stats(&self) -> Result<Stats, Stopped> {
        self.ask(Command::Stats).await
    }

    /// Stops gossip without a word to others; they will see this member fail, unless it has left before.
    /// Returns when the sockets are closed, also when they were before.
    pub async fn shutdown(&self) {
        // Stopped already is what the caller wants.
        let _stopped = self.ask(Command::Shutdown).await;
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, Stopped> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| Stopped)?;
        answer.await.map_err(|_| Stopped)
    }
}
