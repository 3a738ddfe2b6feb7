//! Keys: get, list, names of keys, and every change.

use std::sync::Arc;

use proconsul_calls::error::CallError;
use proconsul_calls::kv::{Change, Get, Keys, KvCalls, List, When, Write};
use proconsul_calls::read::Answer;
use proconsul_calls::session::SessionError;
use proconsul_state::command::Command;
use proconsul_state::command::kv::{KvCommand, Put};
use proconsul_state::watch::Topic;
use proconsul_types::kv::{Key, KvEntry};

use super::{Server, session};
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> KvCalls for Server<R, L> {
    async fn kv_get(&self, get: Get<'_>) -> Result<Answer<Option<Arc<KvEntry>>>, CallError> {
        authorize(Right::KeyRead(get.key))?;
        self.read(&get.options, Topic::Key(get.key), |store| store.kv_get(get.key)).await
    }

    async fn kv_list(&self, list: List<'_>) -> Result<Answer<Vec<Arc<KvEntry>>>, CallError> {
        authorize(Right::KeyRead(list.prefix))?;
        self.read(&list.options, Topic::Prefix(list.prefix), |store| {
            let view = store.view();
            (view.kv_list(list.prefix).cloned().collect(), view.kv_prefix_index(list.prefix))
        })
        .await
    }

    async fn kv_keys(&self, keys: Keys<'_>) -> Result<Answer<Vec<Key>>, CallError> {
        authorize(Right::KeyRead(keys.prefix))?;
        self.read(&keys.options, Topic::Prefix(keys.prefix), |store| {
            let view = store.view();
            (view.kv_keys(keys.prefix, keys.separator), view.kv_prefix_index(keys.prefix))
        })
        .await
    }

    async fn kv_write(&self, write: Write) -> Result<bool, CallError> {
        self.own_datacenter(write.datacenter.as_deref())?;
        let command = match &write.change {
            Change::Put { key, value, flags, when } => {
                authorize(Right::KeyWrite(key))?;
                let put = Put { key, flags: *flags, value };
                match when {
                    When::Always => KvCommand::Put(put),
                    When::Unchanged(index) => KvCommand::PutCas(put, *index),
                    When::Acquire(session) => match session::lookup(session)? {
                        Some(id) => KvCommand::Lock(put, id),
                        None => return Err(SessionError::Unknown(session.to_string()).into()),
                    },
                    When::Release(session) => match session::lookup(session) {
                        Ok(Some(id)) => KvCommand::Unlock(put, id),
                        // A session of no form holds nothing, so there is nothing to give back.
                        Ok(None) | Err(SessionError::Lookup(_)) => return Ok(false),
                        Err(error) => return Err(error.into()),
                    },
                }
            }
            Change::Delete { key, cas } => {
                authorize(Right::KeyWrite(key))?;
                cas.map_or(KvCommand::Delete(key), |index| KvCommand::DeleteCas(key, index))
            }
            Change::DeleteTree { prefix } => {
                authorize(Right::KeyPrefixWrite(prefix))?;
                KvCommand::DeleteTree(prefix)
            }
        };
        self.propose(&Command::Kv(command)).await
    }
}
