//! What the operations of a transaction do to keys.

use std::sync::Arc;

use bytes::Bytes;
use proconsul_base::id::SessionId;
use proconsul_base::id::lookup::lookup;
use proconsul_base::index::Index;
use proconsul_types::kv::{Key, KvEntry};
use proconsul_types::txn::{KvOp, KvVerb, OpResult};

use super::Found;
use super::refusal::Refusal;
use crate::command::kv::{KvCommand, Put};
use crate::failure::Failure;
use crate::table::Tables;
use crate::wake::Wakes;

impl Tables {
    pub(super) fn operate_on_key(&mut self, index: Index, op: &KvOp, wakes: &mut Wakes) -> Found {
        let (key, put) = (&*op.key, Put { key: &op.key, flags: op.flags, value: &op.value });
        let command = match &op.verb {
            KvVerb::Set => KvCommand::Put(put),
            KvVerb::Cas => KvCommand::PutCas(put, op.index),
            KvVerb::Delete => KvCommand::Delete(key),
            KvVerb::DeleteCas => KvCommand::DeleteCas(key, op.index),
            KvVerb::DeleteTree => KvCommand::DeleteTree(key),
            KvVerb::Lock if self.lock_delays.has(key) => return Err(Refusal::LockDelay(key.to_owned())),
            KvVerb::Lock => KvCommand::Lock(put, locker(&op.session)?),
            KvVerb::Unlock => match locker(&op.session) {
                Ok(session) => KvCommand::Unlock(put, session),
                Err(Refusal::Failed(Failure::MissingSession)) => return Err(Failure::MissingSession.into()),
                // A session of no form holds nothing.
                Err(_) => return Err(Refusal::NotLocked(key.to_owned())),
            },
            _ => return self.look_at_key(op),
        };
        if !self.apply_kv(index, &command, wakes)? {
            return Err(refused(&op.verb, key.to_owned()));
        }
        let written = match &op.verb {
            KvVerb::Set | KvVerb::Cas | KvVerb::Lock | KvVerb::Unlock => self.kv.get(key),
            _ => None,
        };
        Ok(written.map(without_value).into_iter().collect())
    }

    fn look_at_key(&self, op: &KvOp) -> Found {
        let key = || op.key.to_string();
        let found = self.kv.get(&op.key);
        let result = match &op.verb {
            KvVerb::Unknown(word) => return Err(Refusal::NoVerb { kind: "KV", word: word.to_string() }),
            KvVerb::GetTree => return Ok(self.kv.under(&op.key).cloned().map(OpResult::Kv).collect()),
            KvVerb::CheckNotExists => {
                return if found.is_some() { Err(Refusal::KeyExists(key())) } else { Ok(Vec::new()) };
            }
            KvVerb::GetOrEmpty => OpResult::Kv(found.cloned().unwrap_or_else(|| Arc::new(empty(op)))),
            KvVerb::CheckSession => {
                let entry = found.ok_or_else(|| Refusal::NoKeyForSession(key()))?;
                let current = entry.session.map(|session| session.to_string()).unwrap_or_default();
                if current != *op.session {
                    return Err(Refusal::OtherSession { key: key(), current, wanted: op.session.to_string() });
                }
                without_value(entry)
            }
            KvVerb::CheckIndex => {
                let entry = found.ok_or_else(|| Refusal::NoKeyForIndex(key()))?;
                if entry.modify_index != op.index {
                    let current = entry.modify_index;
                    return Err(Refusal::OtherIndex { key: key(), current, wanted: op.index });
                }
                without_value(entry)
            }
            _ => OpResult::Kv(found.cloned().ok_or_else(|| Refusal::NoKey(key()))?),
        };
        Ok(vec![result])
    }
}

/// Who is to hold a lock.
fn locker(session: &str) -> Result<SessionId, Refusal> {
    if session.is_empty() {
        return Err(Failure::MissingSession.into());
    }
    let id = lookup(session)?.ok_or_else(|| Failure::InvalidSession(session.to_owned()))?;
    Ok(SessionId::from_bytes(id))
}

fn refused(verb: &KvVerb, key: String) -> Refusal {
    match verb {
        KvVerb::DeleteCas => Refusal::DeleteKeyStale(key),
        KvVerb::Lock => Refusal::LockHeld(key),
        KvVerb::Unlock => Refusal::NotLocked(key),
        _ => Refusal::SetKeyStale(key),
    }
}

/// What is told of a key that was not read.
fn without_value(entry: &Arc<KvEntry>) -> OpResult {
    OpResult::Kv(Arc::new(KvEntry { value: Bytes::new(), ..(**entry).clone() }))
}

/// What stands for a key that is not there, as Consul since 1.14 has it: the question without its value.
fn empty(op: &KvOp) -> KvEntry {
    KvEntry {
        lock_index: 0,
        key: Key::clone(&op.key),
        flags: op.flags,
        value: Bytes::new(),
        session: locker(&op.session).ok(),
        create_index: Index::ZERO,
        modify_index: op.index,
    }
}
