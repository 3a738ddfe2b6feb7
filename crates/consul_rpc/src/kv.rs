//! `KVS`: keys.

use std::sync::Arc;

use proconsul_calls::door::Door;
use proconsul_calls::kv::{Get, Keys, List, Write};
use proconsul_records::kv::{DirEntries, DirEntry, KeyList, KeyListRequest, KeyRequest, KvsRequest};
use proconsul_records::options::reply;
use proconsul_records::{Read, Reply};
use proconsul_types::kv::KvEntry;

use crate::call;
use crate::refused::Refused;

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "Apply" => call!(door, request, apply),
        "Get" => call!(door, request, get),
        "List" => call!(door, request, list),
        "ListKeys" => call!(door, request, keys),
        _ => None,
    }
}

async fn apply<D: Door>(door: &D, request: KvsRequest) -> Result<bool, Refused> {
    Ok(door.kv_write(Write::try_from(request)?).await?)
}

async fn get<D: Door>(door: &D, ask: Read<KeyRequest>) -> Result<Reply<DirEntries>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.kv_get(Get { key: &ask.own.key, options }).await?;
    Ok(reply(answer, |entry| entries(entry.as_slice())))
}

async fn list<D: Door>(door: &D, ask: Read<KeyRequest>) -> Result<Reply<DirEntries>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.kv_list(List { prefix: &ask.own.key, options }).await?;
    Ok(reply(answer, |found| entries(&found)))
}

fn entries(found: &[Arc<KvEntry>]) -> DirEntries {
    let entries = found.iter().map(|entry| DirEntry::from(&**entry));
    DirEntries { entries: (!found.is_empty()).then(|| entries.collect()) }
}

async fn keys<D: Door>(door: &D, ask: Read<KeyListRequest>) -> Result<Reply<KeyList>, Refused> {
    let KeyListRequest { datacenter, prefix, separator } = &ask.own;
    let answer = door.kv_keys(Keys { prefix, separator, options: ask.embedded.to_read(datacenter) }).await?;
    Ok(reply(answer, |keys| KeyList { keys: (!keys.is_empty()).then_some(keys) }))
}
