//! What the commands on sessions do, and what ends a session beside them.

use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_types::check::CRITICAL;
use proconsul_types::session::{Behavior, Session};

use crate::command::session::{LockDelayOver, SessionCommand};
use crate::failure::Failure;
use crate::name::folded;
use crate::table::Tables;
use crate::table::lock_delays;
use crate::wake::Wakes;
use crate::watch::Table;

impl Tables {
    pub(super) fn apply_session(
        &mut self,
        index: Index,
        command: &SessionCommand,
        wakes: &mut Wakes,
    ) -> Result<bool, Failure> {
        match command {
            SessionCommand::Create(session) => return self.create_session(index, session, wakes),
            SessionCommand::Destroy(id) => self.end_session(index, *id, wakes),
            SessionCommand::LockDelayOver(end) => self.lock_delays.over(*end),
        }
        Ok(true)
    }

    /// `false` when the id is taken.
    fn create_session(&mut self, index: Index, session: &Session, wakes: &mut Wakes) -> Result<bool, Failure> {
        if self.sessions.get(session.id).is_some() {
            return Ok(false);
        }
        if self.catalog.nodes.get(&session.node).is_none() {
            return Err(Failure::MissingNode);
        }
        for id in session.check_ids() {
            match self.catalog.checks.get(&session.node, id) {
                None => return Err(Failure::MissingCheck(id.to_string())),
                Some(check) if *check.status == *CRITICAL => return Err(Failure::CriticalCheck(id.to_string())),
                Some(_) => {}
            }
        }
        self.sessions.insert(index, session);
        wake(session, wakes);
        Ok(true)
    }

    /// Invalidates a session. The keys it held are free or gone, and wait for its lock-delay.
    pub(crate) fn end_session(&mut self, index: Index, id: SessionId, wakes: &mut Wakes) {
        let Some(session) = self.sessions.remove(index, id) else { return };
        wake(&session, wakes);
        self.drop_queries_of(index, id, wakes);
        let delay = lock_delays::delay(session.lock_delay);
        for key in self.kv.held_by(id) {
            match session.behavior {
                Behavior::Release => self.kv.free(index, &key),
                Behavior::Delete => {
                    self.kv.remove(index, &key);
                    self.tombstones.insert(index, key.clone());
                }
            }
            if let Some(delay) = delay {
                self.lock_delays.insert(key.clone(), LockDelayOver { since: index, delay });
            }
            wakes.key(key);
        }
    }

    /// Invalidates the sessions that are bound to a check: it turned critical, or went away.
    pub(crate) fn end_sessions_of_check(&mut self, index: Index, node: &str, check: &str, wakes: &mut Wakes) {
        for id in self.sessions.of_check(node, check) {
            self.end_session(index, id, wakes);
        }
    }

    /// Invalidates the sessions of a node that went away.
    pub(crate) fn end_sessions_of_node(&mut self, index: Index, node: &str, wakes: &mut Wakes) {
        let ids: Vec<SessionId> = self.sessions.of_node(node).map(|session| session.id).collect();
        ids.into_iter().for_each(|id| self.end_session(index, id, wakes));
    }
}

fn wake(session: &Session, wakes: &mut Wakes) {
    wakes.table(Table::Sessions);
    wakes.row(Table::Sessions, session.id.to_string().into());
    wakes.row(Table::Sessions, folded(&session.node).into());
}

#[cfg(test)]
mod tests;
