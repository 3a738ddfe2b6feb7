//! Prepared queries.

use std::convert::Infallible;
use std::sync::Arc;

use proconsul_calls::catalog::CatalogError;
use proconsul_calls::error::CallError;
use proconsul_calls::query::{Execute, Executed, GetQuery, QueryCalls, QueryError, WriteQuery};
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_records as records;
use proconsul_records::catalog::DcSpecific;
use proconsul_records::options::QuerySource;
use proconsul_records::query::{
    Explained, PreparedQueries, PreparedQueryExecute, PreparedQueryExecuted, PreparedQueryRequest,
    PreparedQuerySpecific,
};
use proconsul_types::query::PreparedQuery;

use super::Client;
use crate::forward::{Kind, Transport};

/// The name that stands for the agent that is asked.
const AGENT: &str = "_agent";

impl<T: Transport, L: Send + Sync + 'static> QueryCalls for Client<T, L> {
    async fn query_create(&self, write: WriteQuery) -> Result<String, CallError> {
        self.query_write("create", write).await
    }

    async fn query_update(&self, write: WriteQuery) -> Result<(), CallError> {
        self.query_write("update", write).await.map(drop)
    }

    async fn query_delete(&self, datacenter: Option<Box<str>>, id: &str) -> Result<(), CallError> {
        let query = PreparedQuery { id: id.to_owned(), ..PreparedQuery::default() };
        self.query_write("delete", WriteQuery { datacenter, query }).await.map(drop)
    }

    async fn query_list(&self, options: ReadOptions) -> Result<Answer<Vec<Arc<PreparedQuery>>>, CallError> {
        let datacenter = self.datacenter(options.datacenter.as_deref());
        let question = DcSpecific { datacenter, ..DcSpecific::default() };
        self.read("PreparedQuery.List", question, &options, queries).await
    }

    async fn query_get(&self, get: GetQuery<'_>) -> Result<Answer<Arc<PreparedQuery>>, CallError> {
        let datacenter = self.datacenter(get.options.datacenter.as_deref());
        let question = PreparedQuerySpecific { datacenter, query_id: get.name.to_owned() };
        let answer = self.read("PreparedQuery.Get", question, &get.options, queries).await?;
        let Answer { index, contact, value } = answer;
        let value = value.into_iter().next().ok_or(QueryError::NotFound)?;
        Ok(Answer { index, contact, value })
    }

    async fn query_explain(&self, explain: GetQuery<'_>) -> Result<Answer<PreparedQuery>, CallError> {
        let execute = Execute { name: explain.name, ..Execute::default() };
        let question = self.execution(&execute, &explain.options);
        let value = |found: Explained| Ok::<_, Infallible>(found.query.into());
        self.read("PreparedQuery.Explain", question, &explain.options, value).await
    }

    async fn query_execute(&self, execute: Execute<'_>) -> Result<Answer<Executed>, CallError> {
        let question = self.execution(&execute, &execute.options);
        let value = |found: PreparedQueryExecuted| -> Result<Executed, CatalogError> { found.try_into() };
        self.read("PreparedQuery.Execute", question, &execute.options, value).await
    }
}

impl<T: Transport, L: Send + Sync + 'static> Client<T, L> {
    async fn query_write(&self, op: &str, write: WriteQuery) -> Result<String, CallError> {
        let datacenter = self.datacenter(write.datacenter.as_deref());
        let query = Some(records::query::PreparedQuery::from(write.query));
        let request = PreparedQueryRequest { datacenter, op: op.to_owned(), query, token: String::new() };
        self.call("PreparedQuery.Apply", Kind::Write, &request).await
    }

    fn execution(&self, execute: &Execute<'_>, options: &ReadOptions) -> PreparedQueryExecute {
        let datacenter = self.datacenter(options.datacenter.as_deref());
        let own = self.settings.node_name.to_string();
        let node = if execute.near == AGENT { own.clone() } else { execute.near.to_owned() };
        let ip = execute.source.map(|address| address.to_string()).unwrap_or_default();
        let agent = QuerySource { datacenter: self.settings.datacenter.clone(), node: own, ..QuerySource::default() };
        PreparedQueryExecute {
            agent,
            connect: execute.connect,
            limit: i64::try_from(execute.limit).unwrap_or(i64::MAX),
            query_id_or_name: execute.name.to_owned(),
            source: QuerySource { datacenter: datacenter.clone(), ip, node, segment: String::new() },
            datacenter,
        }
    }
}

fn queries(found: PreparedQueries) -> Result<Vec<Arc<PreparedQuery>>, Infallible> {
    Ok(found.queries.unwrap_or_default().into_iter().map(|query| Arc::new(query.into())).collect())
}
