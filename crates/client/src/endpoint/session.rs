//! Sessions.

use std::sync::Arc;

use proconsul_base::id::SessionId;
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_calls::session::{ById, Create, Info, OfNode, SessionCalls};
use proconsul_records::catalog::{DcSpecific, NodeSpecific};
use proconsul_records::session::{SessionRecordError, SessionRequest, SessionSpecific, Sessions};
use proconsul_records::{Read, Reply};
use proconsul_types::session::Session;

use super::Client;
use super::ask::unreadable;
use crate::forward::{Kind, Transport};

impl<T: Transport, L: Send + Sync + 'static> SessionCalls for Client<T, L> {
    async fn session_create(&self, create: Create) -> Result<SessionId, CallError> {
        let datacenter = self.datacenter(create.datacenter.as_deref());
        let request = SessionRequest { datacenter, ..SessionRequest::create(create, &self.settings.node_name) };
        let id: String = self.call("Session.Apply", Kind::Write, &request).await?;
        id.parse().map_err(|error| unreadable("Session.Apply", &error))
    }

    async fn session_destroy(&self, destroy: ById<'_>) -> Result<(), CallError> {
        let datacenter = self.datacenter(destroy.datacenter.as_deref());
        let request = SessionRequest { datacenter, ..SessionRequest::destroy(None, destroy.id) };
        self.call::<String>("Session.Apply", Kind::Write, &request).await.map(drop)
    }

    async fn session_renew(&self, renew: ById<'_>) -> Result<Option<Arc<Session>>, CallError> {
        let question = Read { own: self.specific(renew.datacenter.as_deref(), renew.id), ..Read::default() };
        let reply: Reply<Sessions> = self.call("Session.Renew", Kind::Write, &question).await?;
        let renewed = sessions(reply.own).map_err(|error| unreadable("Session.Renew", &error))?;
        Ok(renewed.into_iter().next())
    }

    async fn session_info(&self, info: Info<'_>) -> Result<Answer<Vec<Arc<Session>>>, CallError> {
        let question = self.specific(info.options.datacenter.as_deref(), info.id);
        self.read("Session.Get", question, &info.options, sessions).await
    }

    async fn session_node(&self, node: OfNode<'_>) -> Result<Answer<Vec<Arc<Session>>>, CallError> {
        let datacenter = self.datacenter(node.options.datacenter.as_deref());
        let question = NodeSpecific { datacenter, node: node.node.to_owned() };
        self.read("Session.NodeSessions", question, &node.options, sessions).await
    }

    async fn session_list(&self, options: ReadOptions) -> Result<Answer<Vec<Arc<Session>>>, CallError> {
        let datacenter = self.datacenter(options.datacenter.as_deref());
        let question = DcSpecific { datacenter, ..DcSpecific::default() };
        self.read("Session.List", question, &options, sessions).await
    }
}

impl<T: Transport, L: Send + Sync + 'static> Client<T, L> {
    fn specific(&self, datacenter: Option<&str>, id: &str) -> SessionSpecific {
        // Servers before 1.7 look at the one, later ones at the other.
        SessionSpecific { datacenter: self.datacenter(datacenter), session: id.to_owned(), session_id: id.to_owned() }
    }
}

fn sessions(found: Sessions) -> Result<Vec<Arc<Session>>, SessionRecordError> {
    found.sessions.unwrap_or_default().into_iter().map(|session| Session::try_from(session).map(Arc::new)).collect()
}
