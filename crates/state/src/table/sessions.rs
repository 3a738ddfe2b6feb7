//! The sessions, found by id, by node and by check.

use std::ops::Bound;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_types::node::Text;
use proconsul_types::session::Session;

use crate::check::Broken;
use crate::name::{folded, key};

const FIRST_ID: SessionId = SessionId::from_bytes([0; 16]);
const LAST_ID: SessionId = SessionId::from_bytes([0xff; 16]);

/// All sessions. Names of nodes and checks are found whatever their letters' case, as in Consul.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sessions {
    by_id: OrdMap<SessionId, Arc<Session>>,
    by_node: OrdSet<(Text, SessionId)>,
    by_check: OrdSet<(Text, SessionId)>,
    changed: Index,
}

impl Sessions {
    pub(crate) fn restored(changed: Index) -> Self {
        Self { changed, ..Self::default() }
    }

    /// Takes a session from a snapshot.
    pub(crate) fn restore(&mut self, session: Session) {
        self.enter(Arc::new(session));
    }

    pub(crate) fn get(&self, id: SessionId) -> Option<&Arc<Session>> {
        self.by_id.get(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// All sessions, in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.by_id.iter().map(|(_, session)| session)
    }

    /// The sessions of a node, in the order of their ids.
    pub(crate) fn of_node(&self, node: &str) -> impl Iterator<Item = &Arc<Session>> {
        let node = looked_up(node);
        let ids = self.by_node.range((Bound::Included((node.clone(), FIRST_ID)), Bound::Included((node, LAST_ID))));
        ids.filter_map(|(_, id)| self.by_id.get(id))
    }

    /// The ids of the sessions that are bound to a check.
    pub(crate) fn of_check(&self, node: &str, check: &str) -> Vec<SessionId> {
        let check = key(&[node, check]);
        let ids = self.by_check.range((Bound::Included((check.clone(), FIRST_ID)), Bound::Included((check, LAST_ID))));
        ids.map(|(_, id)| *id).collect()
    }

    /// The index of the last change of any session; 0 when there was none.
    pub(crate) fn changed(&self) -> Index {
        self.changed
    }

    /// Takes a session in, whose id must be new.
    pub(crate) fn insert(&mut self, index: Index, session: &Session) {
        self.enter(Arc::new(Session { create_index: index, modify_index: index, ..session.clone() }));
        self.changed = index;
    }

    /// Takes a session out; `None` when there is none, which changes no index.
    pub(crate) fn remove(&mut self, index: Index, id: SessionId) -> Option<Arc<Session>> {
        let session = self.by_id.remove(&id)?;
        for bound in bindings(&session) {
            self.by_check.remove(&bound);
        }
        self.by_node.remove(&(looked_up(&session.node), id));
        self.changed = index;
        Some(session)
    }

    fn enter(&mut self, session: Arc<Session>) {
        self.by_node.insert((looked_up(&session.node), session.id));
        self.by_check.extend(bindings(&session));
        self.by_id.insert(session.id, session);
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        let mut bound = OrdSet::new();
        for (id, session) in &self.by_id {
            let holds = |holds, invariant| Broken::unless(holds, "sessions", &id.to_string(), invariant);
            holds(*id == session.id, "a session stands under its own id")?;
            holds(session.create_index > Index::ZERO, "a session is made by a command")?;
            holds(session.create_index == session.modify_index, "a session does not change")?;
            holds(session.modify_index <= self.changed, "no session is newer than the table's last change")?;
            holds(self.by_node.contains(&(looked_up(&session.node), *id)), "a session is found by its node")?;
            bound.extend(bindings(session));
        }
        let holds = |holds, invariant| Broken::unless(holds, "sessions", "", invariant);
        holds(self.by_node.len() == self.by_id.len(), "nodes lead to sessions that exist only")?;
        holds(self.by_check == bound, "checks lead to the sessions bound to them and to no others")
    }
}

fn looked_up(name: &str) -> Text {
    folded(name).into()
}

fn bindings(session: &Session) -> impl Iterator<Item = (Text, SessionId)> {
    session.check_ids().map(|check| (key(&[&session.node, check]), session.id))
}
