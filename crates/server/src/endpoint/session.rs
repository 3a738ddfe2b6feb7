//! Sessions: made and destroyed through the log, renewed by the leader's memory, shown.

use std::sync::Arc;
use std::time::Instant;

use proconsul_base::id::SessionId;
use proconsul_base::id::lookup;
use proconsul_base::index::Index;
use proconsul_base::text::duration;
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_calls::session::{ById, Create, Info, OfNode, SessionCalls, SessionError, TTL_MAX};
use proconsul_state::command::Command;
use proconsul_state::command::session::SessionCommand;
use proconsul_state::name::folded;
use proconsul_state::watch::{Table, Topic};
use proconsul_telemetry::names::server as names;
use proconsul_types::node::Text;
use proconsul_types::session::{Behavior, Session};

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::question;
use crate::replica::Replica;

impl<R: Replica, L: Local> SessionCalls for Server<R, L> {
    async fn session_create(&self, create: Create) -> Result<SessionId, CallError> {
        self.own_datacenter(create.datacenter.as_deref())?;
        let session = self.new_session(create)?;
        loop {
            let id = SessionId::random(&mut self.rng.lock());
            let session = Arc::new(Session { id, ..session.clone() });
            // Refused is only an id that is taken, for which there is another one.
            if self.propose(&Command::Session(SessionCommand::Create(session))).await? {
                return Ok(id);
            }
        }
    }

    async fn session_destroy(&self, destroy: ById<'_>) -> Result<(), CallError> {
        self.own_datacenter(destroy.datacenter.as_deref())?;
        let Some(id) = lookup(destroy.id)? else { return Ok(()) };
        self.fresh(&ReadOptions::default()).await?;
        let Some(session) = self.store.session(id).0 else { return Ok(()) };
        authorize(Right::SessionWrite(&session.node))?;
        self.propose(&Command::Session(SessionCommand::Destroy(id))).await.map(drop)
    }

    async fn session_renew(&self, renew: ById<'_>) -> Result<Option<Arc<Session>>, CallError> {
        let began = Instant::now();
        self.own_datacenter(renew.datacenter.as_deref())?;
        let Some(id) = lookup(renew.id)? else { return Ok(None) };
        self.fresh(&ReadOptions::default()).await?;
        let Some(session) = self.store.session(id).0 else { return Ok(None) };
        authorize(Right::SessionWrite(&session.node))?;
        match self.ask(&question::Question::RenewSession(id)).await? {
            question::Answer::Done => {
                names::SESSION_RENEW.took(began.elapsed());
                Ok(Some(session))
            }
            _ => Ok(None),
        }
    }

    async fn session_info(&self, info: Info<'_>) -> Result<Answer<Vec<Arc<Session>>>, CallError> {
        self.own_datacenter(info.options.datacenter.as_deref())?;
        let found = lookup(info.id)?;
        let row = found.map_or_else(|| info.id.to_owned(), |id| id.to_string());
        self.read(&info.options, Topic::Row(Table::Sessions, &row), |store| {
            let (session, index) = found.map_or_else(|| (None, store.view().sessions_index()), |id| store.session(id));
            (visible(session.iter()), index)
        })
        .await
    }

    async fn session_node(&self, node: OfNode<'_>) -> Result<Answer<Vec<Arc<Session>>>, CallError> {
        let row = folded(node.node);
        self.read(&node.options, Topic::Row(Table::Sessions, &row), |store| {
            let view = store.view();
            (visible(view.sessions_of_node(node.node)), view.sessions_index())
        })
        .await
    }

    async fn session_list(&self, options: ReadOptions) -> Result<Answer<Vec<Arc<Session>>>, CallError> {
        self.read(&options, Topic::Table(Table::Sessions), |store| {
            let view = store.view();
            (visible(view.sessions()), view.sessions_index())
        })
        .await
    }
}

impl<R: Replica, L: Local> Server<R, L> {
    /// The session as it will be, but for its id and its indexes.
    fn new_session(&self, create: Create) -> Result<Session, CallError> {
        let node = create.node.unwrap_or_else(|| Text::from(&*self.settings.node_name));
        if node.is_empty() {
            return Err(SessionError::NoNode.into());
        }
        authorize(Right::SessionWrite(&node))?;
        let behavior = match &*create.behavior {
            "" | "release" => Behavior::Release,
            "delete" => Behavior::Delete,
            _ => return Err(SessionError::Behavior(create.behavior).into()),
        };
        self.check_ttl(&create.ttl)?;
        Ok(Session {
            id: SessionId::from_bytes([0; 16]),
            name: create.name,
            node,
            lock_delay: create.lock_delay,
            behavior,
            ttl: create.ttl,
            node_checks: create.node_checks,
            service_checks: create.service_checks,
            checks: create.checks,
            create_index: Index::ZERO,
            modify_index: Index::ZERO,
        })
    }

    fn check_ttl(&self, ttl: &Text) -> Result<(), SessionError> {
        if ttl.is_empty() {
            return Ok(());
        }
        let nanos =
            duration::parse_signed(ttl).map_err(|source| SessionError::TtlForm { ttl: Text::clone(ttl), source })?;
        let least = self.settings.session_ttl_min;
        let in_range = (least.as_nanos()..=TTL_MAX.as_nanos()).contains(&u128::try_from(nanos).unwrap_or(0));
        if nanos == 0 || in_range { Ok(()) } else { Err(SessionError::TtlRange { nanos, least }) }
    }
}

/// The id that a text means; `None` when no session can have it.
pub(super) fn lookup(text: &str) -> Result<Option<SessionId>, SessionError> {
    if text.is_empty() {
        return Err(SessionError::Missing);
    }
    let id = lookup::lookup(text).map_err(SessionError::Lookup)?;
    Ok(id.map(SessionId::from_bytes))
}

/// Those that the caller may see.
fn visible<'a>(sessions: impl Iterator<Item = &'a Arc<Session>>) -> Vec<Arc<Session>> {
    sessions.filter(|session| authorize(Right::SessionRead(&session.node)).is_ok()).cloned().collect()
}
