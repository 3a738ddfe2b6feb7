//! Prepared queries: by id, by name, as templates by the beginning of the names they answer for, and by session.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use proconsul_base::id::{QueryId, SessionId};
use proconsul_base::index::Index;
use proconsul_types::node::Text;
use proconsul_types::query::PreparedQuery;

use crate::check::Broken;

/// All queries. Names stand in lower case; a query without one stands in no index of names, unless it is a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Queries {
    queries: OrdMap<QueryId, Arc<PreparedQuery>>,
    by_name: OrdMap<Text, QueryId>,
    templates: OrdMap<Text, QueryId>,
    by_session: OrdSet<(SessionId, QueryId)>,
    changed: Index,
}

impl Queries {
    pub(crate) fn restored(changed: Index) -> Self {
        Self { changed, ..Self::default() }
    }

    /// All queries, in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<PreparedQuery>> {
        self.queries.iter().map(|(_, query)| query)
    }

    pub(crate) fn len(&self) -> usize {
        self.queries.len()
    }

    /// The index of the last change of any query; 0 when there was none.
    pub(crate) fn changed(&self) -> Index {
        self.changed
    }

    pub(crate) fn get(&self, id: QueryId) -> Option<&Arc<PreparedQuery>> {
        self.queries.get(&id)
    }

    /// The query of this name, a template or not.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<PreparedQuery>> {
        self.by_name.get(&*name.to_lowercase()).and_then(|id| self.get(*id))
    }

    /// The template whose name is the longest beginning of this one.
    pub(crate) fn template_for(&self, name: &str) -> Option<&Arc<PreparedQuery>> {
        let name = name.to_lowercase();
        let mut ends: Vec<usize> = name.char_indices().map(|(place, _)| place).collect();
        ends.push(name.len());
        let id = ends.into_iter().rev().find_map(|end| self.templates.get(&name[..end]))?;
        self.get(*id)
    }

    /// The template that answers for every name.
    pub(crate) fn wild_template(&self) -> Option<&Arc<PreparedQuery>> {
        self.templates.get("").and_then(|id| self.get(*id))
    }

    /// Makes or changes a query. One that is just as before gets a new index all the same, as in Consul.
    pub(crate) fn put(&mut self, index: Index, mut query: PreparedQuery) {
        let Ok(id) = query.id.parse() else { return };
        let before = self.take(id);
        query.create_index = before.map_or(index.0, |before| before.create_index);
        query.modify_index = index.0;
        self.insert(id, query);
        self.changed = index;
    }

    /// Takes a query from a snapshot; `None` when it has no id.
    pub(crate) fn restore(&mut self, query: PreparedQuery) -> Option<()> {
        self.insert(query.id.parse().ok()?, query);
        Some(())
    }

    /// Removes a query; false when there was none.
    pub(crate) fn remove(&mut self, index: Index, id: QueryId) -> bool {
        let is_removed = self.take(id).is_some();
        if is_removed {
            self.changed = index;
        }
        is_removed
    }

    /// Removes the queries that are bound to a session, because it is gone; false when there were none.
    pub(crate) fn remove_session(&mut self, index: Index, session: SessionId) -> bool {
        let from = (session, QueryId::from_bytes([0; 16]));
        let bound = self.by_session.range(from..).take_while(|(bound, _)| *bound == session);
        let ids: Vec<QueryId> = bound.map(|(_, id)| *id).collect();
        for id in &ids {
            self.remove(index, *id);
        }
        !ids.is_empty()
    }

    fn insert(&mut self, id: QueryId, query: PreparedQuery) {
        let name = Text::from(query.name.to_lowercase());
        if !name.is_empty() {
            self.by_name.insert(name.clone(), id);
        }
        if query.is_template() {
            self.templates.insert(name, id);
        }
        if let Ok(session) = query.session.parse() {
            self.by_session.insert((session, id));
        }
        self.queries.insert(id, Arc::new(query));
    }

    fn take(&mut self, id: QueryId) -> Option<Arc<PreparedQuery>> {
        let query = self.queries.remove(&id)?;
        let name = query.name.to_lowercase();
        self.by_name.remove(&*name);
        if query.is_template() {
            self.templates.remove(&*name);
        }
        if let Ok(session) = query.session.parse() {
            self.by_session.remove(&(session, id));
        }
        Some(query)
    }

    /// The sessions to which queries are bound.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = SessionId> {
        self.by_session.iter().map(|(session, _)| *session)
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        let mut whole = Self::restored(self.changed);
        for (id, query) in &self.queries {
            let holds = |holds, invariant| Broken::unless(holds, "queries", &query.id, invariant);
            holds(query.id.parse() == Ok(*id), "a query stands under its own id")?;
            holds(query.modify_index <= self.changed.0, "no query is newer than the table's last change")?;
            holds((1..=query.modify_index).contains(&query.create_index), "a query is made before it is changed")?;
            let is_alone = query.name.is_empty() || !whole.by_name.contains_key(&*query.name.to_lowercase());
            holds(is_alone, "a name belongs to one query")?;
            whole.insert(*id, PreparedQuery::clone(query));
        }
        Broken::unless(*self == whole, "queries", "", "the indexes hold the queries that are there, and no others")
    }
}
