//! The leader ends sessions whose time to live is over.
//!
//! A session is over when twice its time has passed since it was made, since it was renewed, or since this server began to
//! lead, whatever came last. The log knows no time, so the timers are the leader's memory; a new leader begins with full ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::id::SessionId;
use proconsul_base::text::duration;
use proconsul_base::time::Instant;
use proconsul_state::command::Command;
use proconsul_state::command::session::SessionCommand;
use proconsul_state::store::Store;
use proconsul_state::watch::{Table, Topic};
use proconsul_telemetry::names::server as names;
use proconsul_types::session::Session;
use tokio::task::JoinSet;

use super::memory::Memory;
use crate::replica::Replica;

/// A session's time is multiplied by this, as a grace for clients that are late: Consul's `SessionTTLMultiplier`.
pub const GRACE: u32 = 2;

/// The pause between two looks at the sessions; so much later than its time a session may end, never earlier.
const PAUSE: Duration = Duration::from_millis(250);

/// Sessions that are ended at a time: as many proposals are under way at once.
const BATCH: usize = 64;

/// How long a session lives without being renewed; `None` for ever.
pub fn time_to_live(session: &Session) -> Option<Duration> {
    // The endpoint has refused what cannot be read.
    duration::parse(&session.ttl).ok().filter(|time_to_live| !time_to_live.is_zero())
}

/// Carries the duty out until it is dropped.
pub async fn run<R: Replica>(replica: Arc<R>, store: Arc<Store>, memory: Arc<Memory>) {
    loop {
        let mut sessions = store.watch(Topic::Table(Table::Sessions));
        let view = store.view();
        let mortal = view.sessions().filter_map(|session| Some((session.id, time_to_live(session)?)));
        memory.timers.lock().follow(memory.now(), mortal);
        let over = memory.timers.lock().over(memory.now(), BATCH);
        names::SESSION_TTL_ACTIVE.set(memory.timers.lock().count() as f32);
        end(&replica, &memory, over).await;
        tokio::time::sleep(PAUSE).await;
        let next = memory.timers.lock().next_end();
        tokio::select! {
            () = sessions.changed() => {}
            () = memory.until(next) => {}
        }
    }
}

/// Ends these sessions at once; those that could not be ended are told again.
async fn end<R: Replica>(replica: &Arc<R>, memory: &Memory, sessions: Vec<SessionId>) {
    let mut ending = JoinSet::new();
    for id in sessions {
        tracing::debug!(target: "agent.server", session = %id, "session TTL expired");
        let replica = Arc::clone(replica);
        let destroy = Command::Session(SessionCommand::Destroy(id)).encode();
        ending.spawn(async move {
            let began = std::time::Instant::now();
            let ended = replica.propose_as_leader(destroy).await;
            names::SESSION_TTL_INVALIDATE.took(began.elapsed());
            (id, ended)
        });
    }
    while let Some(ended) = ending.join_next().await {
        let Ok((id, Err(error))) = ended else { continue };
        tracing::warn!(target: "agent.server", session = %id, %error, "failed to end a session, will retry");
        memory.timers.lock().retry(memory.now(), id);
    }
}

/// The timers of all sessions that have a time to live.
#[derive(Debug, Default)]
pub struct Timers {
    sessions: BTreeMap<SessionId, Timer>,
    /// The timers that run, the first to end first.
    ends: BTreeSet<(Instant, SessionId)>,
}

#[derive(Clone, Copy, Debug)]
enum Timer {
    Ends(Instant),
    /// It has ended; the session is about to be destroyed, and renewing it comes too late.
    Over,
}

impl Timers {
    /// How many sessions have one.
    pub fn count(&self) -> usize {
        self.sessions.len()
    }

    /// Takes over which sessions there are: starts the timers of new ones, drops those of sessions that are gone.
    pub fn follow(&mut self, now: Instant, sessions: impl IntoIterator<Item = (SessionId, Duration)>) {
        let mut gone = std::mem::take(&mut self.sessions);
        for (id, time_to_live) in sessions {
            let timer = gone.remove(&id).unwrap_or_else(|| {
                let end = now + time_to_live * GRACE;
                self.ends.insert((end, id));
                Timer::Ends(end)
            });
            self.sessions.insert(id, timer);
        }
        for (id, timer) in gone {
            self.stop(id, timer);
        }
    }

    /// Starts the timer of a session anew. False when it has ended already.
    pub fn renew(&mut self, now: Instant, id: SessionId, time_to_live: Duration) -> bool {
        match self.sessions.get(&id).copied() {
            Some(Timer::Over) => return false,
            Some(timer) => self.stop(id, timer),
            None => {}
        }
        let end = now + time_to_live * GRACE;
        self.ends.insert((end, id));
        self.sessions.insert(id, Timer::Ends(end));
        true
    }

    /// The sessions whose time is over, at most `count`. They are told once.
    pub fn over(&mut self, now: Instant, count: usize) -> Vec<SessionId> {
        let over: Vec<_> = self.ends.iter().take_while(|(end, _)| *end <= now).take(count).copied().collect();
        for entry in &over {
            self.ends.remove(entry);
            self.sessions.insert(entry.1, Timer::Over);
        }
        over.into_iter().map(|(_, id)| id).collect()
    }

    /// The session could not be destroyed; it will be told again.
    pub fn retry(&mut self, now: Instant, id: SessionId) {
        self.ends.insert((now, id));
    }

    /// When the next timer ends.
    pub fn next_end(&self) -> Option<Instant> {
        self.ends.first().map(|(end, _)| *end)
    }

    fn stop(&mut self, id: SessionId, timer: Timer) {
        if let Timer::Ends(end) = timer {
            self.ends.remove(&(end, id));
        }
    }
}

#[cfg(test)]
mod tests;
