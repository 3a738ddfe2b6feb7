//! Prepared queries: kept, explained, executed.

mod choose;
mod expression;
mod template;
mod validate;

use std::sync::Arc;
use std::time::Instant;

use proconsul_base::id::{QueryId, lookup};
use proconsul_base::index::Index;
use proconsul_calls::error::CallError;
use proconsul_calls::query::{Execute, Executed, GetQuery, QueryCalls, QueryError, WriteQuery};
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_state::command::Command;
use proconsul_state::command::query::QueryCommand;
use proconsul_state::store::View;
use proconsul_state::store::query::Resolved;
use proconsul_state::watch::{Table, Topic};
use proconsul_telemetry::names::server as names;
use proconsul_types::query::PreparedQuery;

use self::template::Template;
use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> QueryCalls for Server<R, L> {
    async fn query_create(&self, write: WriteQuery) -> Result<String, CallError> {
        self.own_datacenter(write.datacenter.as_deref())?;
        let mut query = write.query;
        if !query.id.is_empty() {
            return Err(QueryError::IdGiven.into());
        }
        query.id = QueryId::random(&mut self.rng.lock()).to_string();
        let id = query.id.clone();
        self.keep_query(query).await?;
        Ok(id)
    }

    async fn query_update(&self, write: WriteQuery) -> Result<(), CallError> {
        self.own_datacenter(write.datacenter.as_deref())?;
        let mut query = write.query;
        query.id = self.query_to_change(&query.id).await?.to_string();
        self.keep_query(query).await
    }

    async fn query_delete(&self, datacenter: Option<Box<str>>, id: &str) -> Result<(), CallError> {
        self.own_datacenter(datacenter.as_deref())?;
        let id = self.query_to_change(id).await?;
        self.propose(&Command::Query(QueryCommand::Delete(id))).await.map(drop)
    }

    async fn query_list(&self, options: ReadOptions) -> Result<Answer<Vec<Arc<PreparedQuery>>>, CallError> {
        self.read(&options, Topic::Table(Table::Queries), |store| {
            let view = store.view();
            let queries = view.queries().filter(|query| authorize(Right::QueryRead(&query.name)).is_ok());
            (queries.cloned().collect(), view.queries_index())
        })
        .await
    }

    async fn query_get(&self, get: GetQuery<'_>) -> Result<Answer<Arc<PreparedQuery>>, CallError> {
        self.own_datacenter(get.options.datacenter.as_deref())?;
        let id = lookup::lookup(get.name).map_err(|error| QueryError::ReadId(error.to_string()))?;
        let id = id.map(QueryId::from_bytes).ok_or(QueryError::NotFound)?;
        let answer = self.read(&get.options, Topic::Table(Table::Queries), |store| {
            let view = store.view();
            (view.query(id).cloned(), view.queries_index())
        });
        let Answer { index, contact, value } = answer.await?;
        let value = value.ok_or(QueryError::NotFound)?;
        authorize(Right::QueryRead(&value.name))?;
        Ok(Answer { index, contact, value })
    }

    async fn query_explain(&self, explain: GetQuery<'_>) -> Result<Answer<PreparedQuery>, CallError> {
        self.fresh(&explain.options).await?;
        let began = Instant::now();
        let value = resolve(&self.store.view(), explain.name)?;
        authorize(Right::QueryRead(&value.name))?;
        names::PREPARED_QUERY_EXPLAIN.took(began.elapsed());
        Ok(Answer { index: Index(1), contact: self.replica.contact(), value })
    }

    async fn query_execute(&self, execute: Execute<'_>) -> Result<Answer<Executed>, CallError> {
        let began = Instant::now();
        self.fresh(&execute.options).await?;
        let view = self.store.view();
        let query = resolve(&view, execute.name)?;
        let mut found = choose::healthy(&view, &query.service, execute.connect);
        // So that a place that is not known leaves a random order.
        self.rng.lock().shuffle(&mut found);
        let near = if execute.near.is_empty() { &query.service.near } else { execute.near };
        choose::nearest_first(&view, near, &self.settings.node_name, execute.source, &mut found);
        if execute.limit > 0 {
            found.truncate(execute.limit);
        }
        names::PREPARED_QUERY_EXECUTE.took(began.elapsed());
        // With nothing found, the query's other datacenters would be asked now. There are none that this one knows, and
        // unknown ones are passed over.
        let value = Executed {
            nodes: found.iter().map(|found| found.instance()).collect(),
            service: query.service.service,
            dns_ttl: query.dns.ttl,
            datacenter: self.settings.datacenter.clone(),
            failovers: 0,
        };
        Ok(Answer { index: Index(1), contact: self.replica.contact(), value })
    }
}

impl<R: Replica, L: Local> Server<R, L> {
    async fn keep_query(&self, query: PreparedQuery) -> Result<(), CallError> {
        authorize(Right::QueryWrite(&query.name))?;
        validate::validate(&query)?;
        if query.is_template() {
            Template::new(&query).map_err(|error| QueryError::Template(error.to_string()))?;
        }
        self.propose(&Command::Query(QueryCommand::Set(query.into()))).await.map(drop)
    }

    /// The id of a query that is there and may be changed.
    async fn query_to_change(&self, id: &str) -> Result<QueryId, CallError> {
        self.fresh(&ReadOptions::default()).await?;
        let found = lookup::lookup(id).map_err(|error| QueryError::WriteId(error.to_string()))?;
        let known = found.map(QueryId::from_bytes).filter(|id| self.store.view().query(*id).is_some());
        Ok(known.ok_or_else(|| QueryError::Missing(id.to_owned()))?)
    }
}

/// The query as it is executed under a name or an id.
fn resolve(view: &View, id_or_name: &str) -> Result<PreparedQuery, QueryError> {
    match view.resolve_query(id_or_name).ok_or(QueryError::NotFound)? {
        Resolved::Query(query) => Ok(PreparedQuery::clone(&query)),
        Resolved::TemplateById => Err(QueryError::TemplateById),
        Resolved::Template(query) => Template::new(&query)
            .and_then(|template| template.filled_in(id_or_name))
            .map_err(|error| QueryError::Template(error.to_string())),
    }
}

#[cfg(test)]
mod tests;
