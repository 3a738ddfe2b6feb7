//! `ConfigEntry`: config entries, and what they come to for one service.

use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_calls::config::{DeleteEntry, GetEntry, ListEntries, SetEntry};
use proconsul_calls::door::Door;
use proconsul_records::catalog::DcSpecific;
use proconsul_records::config_entry::{
    ConfigEntries, ConfigEntryQuery, ConfigEntryReply, ConfigEntryRequest, GenericConfigEntries,
};
use proconsul_records::options::QueryMeta;
use proconsul_records::{Empty, Read};
use proconsul_types::config_entry::{ConfigRecord, Kind};

use crate::call;
use crate::refused::Refused;
use crate::service_config;

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "Apply" => call!(door, request, apply),
        "Get" => call!(door, request, get),
        "List" => call!(door, request, list),
        "ListAll" => call!(door, request, list_all),
        "Delete" => call!(door, request, delete),
        "ResolveServiceConfig" => call!(door, request, service_config::resolve),
        _ => None,
    }
}

async fn apply<D: Door>(door: &D, request: ConfigEntryRequest) -> Result<bool, Refused> {
    let ConfigRecord { entry, modify_index, .. } = request.record;
    let cas = (request.op == "upsert-cas").then_some(Index(modify_index));
    Ok(door.config_set(SetEntry { entry, cas }).await?)
}

async fn get<D: Door>(door: &D, ask: Read<ConfigEntryQuery>) -> Result<ConfigEntryReply, Refused> {
    let kind: Kind = ask.own.kind.parse()?;
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.config_get(GetEntry { kind, name: &ask.own.name, options }).await?;
    let meta = QueryMeta::new(answer.index, answer.contact);
    Ok(ConfigEntryReply { record: answer.value.as_deref().cloned(), meta })
}

/// The reply has no form for entries of several kinds: without a kind all are meant, and told of only when there are none.
async fn list<D: Door>(door: &D, ask: Read<ConfigEntryQuery>) -> Result<ConfigEntries, Refused> {
    let kind: Result<Kind, _> = ask.own.kind.parse();
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let asked = if ask.own.kind.is_empty() { None } else { Some(kind.clone()?) };
    let answer = door.config_list(ListEntries { kind: asked, options }).await?;
    let meta = QueryMeta::new(answer.index, answer.contact);
    if asked.is_none() && !answer.value.is_empty() {
        kind?;
    }
    Ok(ConfigEntries { kind: asked, records: owned(&answer.value), meta })
}

async fn list_all<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<GenericConfigEntries, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.config_list(ListEntries { kind: None, options }).await?;
    Ok(GenericConfigEntries { records: owned(&answer.value), meta: QueryMeta::new(answer.index, answer.contact) })
}

fn owned(records: &[Arc<ConfigRecord>]) -> Vec<ConfigRecord> {
    records.iter().map(|record| (**record).clone()).collect()
}

async fn delete<D: Door>(door: &D, request: ConfigEntryRequest) -> Result<Empty, Refused> {
    let entry = request.record.entry;
    door.config_delete(DeleteEntry { kind: entry.kind(), name: entry.name().to_owned(), cas: None }).await?;
    Ok(Empty {})
}
