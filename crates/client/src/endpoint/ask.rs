//! One question, one reply: records into bytes and back.

use bytes::Bytes;
use proconsul_calls::catalog::Near;
use proconsul_calls::error::{CallError, ForwardError};
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_gopack as gopack;
use proconsul_records::options::{QueryOptions, QuerySource};
use proconsul_records::{Read, Reply};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Client;
use crate::forward::{Kind, Transport};

impl<T: Transport, L: Send + Sync + 'static> Client<T, L> {
    /// Asks a question that changes nothing; `value` makes of the reply what it means here.
    ///
    /// A stale answer that is older than the caller takes is asked for once more, of the leader: how old an answer may be only
    /// the agent looks at, as in Consul.
    pub(super) async fn read<Q, R, V, E>(
        &self,
        method: &'static str,
        question: Q,
        options: &ReadOptions,
        value: impl FnOnce(R) -> Result<V, E> + Send,
    ) -> Result<Answer<V>, CallError>
    where
        Q: Serialize + Send + Sync,
        R: DeserializeOwned,
        E: std::fmt::Display,
    {
        let mut question = Read { own: question, embedded: QueryOptions::from(options) };
        loop {
            let reply: Reply<R> = self.call(method, Kind::Read, &question).await?;
            let QueryOptions { allow_stale, max_stale_duration, .. } = &mut question.embedded;
            if *allow_stale && *max_stale_duration > 0 && reply.embedded.last_contact > *max_stale_duration {
                (*allow_stale, *max_stale_duration) = (false, 0);
                continue;
            }
            let value = value(reply.own).map_err(|error| unreadable(method, &error))?;
            return Ok(reply.embedded.answer(value));
        }
    }

    /// Makes a call whose reply says nothing about its freshness.
    pub(super) async fn call<R: DeserializeOwned>(
        &self,
        method: &'static str,
        kind: Kind,
        request: &(impl Serialize + Sync),
    ) -> Result<R, CallError> {
        let request = gopack::to_vec(request).map_err(|_| CallError::TooDeep)?;
        let reply = self.forward.ask(method, kind, Bytes::from(request)).await?;
        gopack::from_slice(&reply).map_err(|error| unreadable(method, &error))
    }

    /// Whose neighbours come first, as a server is told.
    pub(super) fn source(&self, near: &Near, datacenter: Option<&str>) -> QuerySource {
        let (node, ip) = match near {
            Near::Nowhere => (String::new(), String::new()),
            Near::Node(name) => (name.to_string(), String::new()),
            Near::Agent => (self.settings.node_name.to_string(), String::new()),
            Near::Address(address) => ("_ip".to_owned(), address.to_string()),
        };
        QuerySource { datacenter: self.datacenter(datacenter), ip, node, segment: String::new() }
    }
}

/// An answer that is none.
pub(super) fn unreadable(method: &'static str, error: &impl std::fmt::Display) -> CallError {
    ForwardError::Unreadable { method, reason: error.to_string() }.into()
}
