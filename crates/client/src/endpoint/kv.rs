//! Keys.

use std::sync::Arc;

use proconsul_base::id::IdError;
use proconsul_calls::error::CallError;
use proconsul_calls::kv::{Change, Get, Keys, KvCalls, List, When, Write};
use proconsul_calls::read::Answer;
use proconsul_records::kv::{DirEntries, KeyList, KeyListRequest, KeyRequest, KvsRequest};
use proconsul_types::kv::{Key, KvEntry};

use super::Client;
use crate::forward::{Kind, Transport};

impl<T: Transport, L: Send + Sync + 'static> KvCalls for Client<T, L> {
    async fn kv_get(&self, get: Get<'_>) -> Result<Answer<Option<Arc<KvEntry>>>, CallError> {
        let datacenter = self.datacenter(get.options.datacenter.as_deref());
        let question = KeyRequest { datacenter, key: get.key.to_owned() };
        let first = |found| entries(found).map(|entries| entries.into_iter().next());
        self.read("KVS.Get", question, &get.options, first).await
    }

    async fn kv_list(&self, list: List<'_>) -> Result<Answer<Vec<Arc<KvEntry>>>, CallError> {
        let datacenter = self.datacenter(list.options.datacenter.as_deref());
        let question = KeyRequest { datacenter, key: list.prefix.to_owned() };
        self.read("KVS.List", question, &list.options, entries).await
    }

    async fn kv_keys(&self, keys: Keys<'_>) -> Result<Answer<Vec<Key>>, CallError> {
        let datacenter = self.datacenter(keys.options.datacenter.as_deref());
        let question =
            KeyListRequest { datacenter, prefix: keys.prefix.to_owned(), separator: keys.separator.to_owned() };
        let names = |found: KeyList| Ok::<_, IdError>(found.keys.unwrap_or_default());
        self.read("KVS.ListKeys", question, &keys.options, names).await
    }

    async fn kv_write(&self, write: Write) -> Result<bool, CallError> {
        let datacenter = self.datacenter(write.datacenter.as_deref());
        // Servers say nothing of changes without a condition: those take place.
        let is_certain = matches!(
            write.change,
            Change::Put { when: When::Always, .. } | Change::Delete { cas: None, .. } | Change::DeleteTree { .. }
        );
        let done: bool = self.call("KVS.Apply", Kind::Write, &KvsRequest { datacenter, ..write.into() }).await?;
        Ok(done || is_certain)
    }
}

fn entries(found: DirEntries) -> Result<Vec<Arc<KvEntry>>, IdError> {
    found.entries.unwrap_or_default().into_iter().map(|entry| KvEntry::try_from(entry).map(Arc::new)).collect()
}
