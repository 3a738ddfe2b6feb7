//! What can be read of prepared queries.

use std::sync::Arc;

use proconsul_base::id::QueryId;
use proconsul_base::index::Index;
use proconsul_types::query::PreparedQuery;

use super::View;

/// What a name or an id leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A query that is executed as it is.
    Query(Arc<PreparedQuery>),
    /// A template, to be filled in with the name.
    Template(Arc<PreparedQuery>),
    /// The id of a template, which says nothing about what to fill in.
    TemplateById,
}

impl View {
    /// The prepared queries, in the order of their ids.
    pub fn queries(&self) -> impl Iterator<Item = &Arc<PreparedQuery>> {
        self.tables.queries.iter()
    }

    /// The index to wait on for prepared queries: the last change of any of them, 0 when there was none.
    pub fn queries_index(&self) -> Index {
        self.tables.queries.changed()
    }

    /// One prepared query.
    pub fn query(&self, id: QueryId) -> Option<&Arc<PreparedQuery>> {
        self.tables.queries.get(id)
    }

    /// The query to execute: that of the id, else that of the name, else the template with the longest fitting beginning.
    pub fn resolve_query(&self, id_or_name: &str) -> Option<Resolved> {
        let queries = &self.tables.queries;
        if id_or_name.is_empty() {
            return None;
        }
        if let Some(query) = id_or_name.parse().ok().and_then(|id| queries.get(id)) {
            return Some(if query.is_template() { Resolved::TemplateById } else { Resolved::Query(query.clone()) });
        }
        let query = queries.named(id_or_name).or_else(|| queries.template_for(id_or_name))?.clone();
        Some(if query.is_template() { Resolved::Template(query) } else { Resolved::Query(query) })
    }
}
