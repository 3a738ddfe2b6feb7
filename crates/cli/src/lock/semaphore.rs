//! A semaphore of several places: `<prefix>/.lock` lists who holds one, and each contender holds a key of its own, by which the
//! others see that it lives.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use proconsul_api::Client;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::claim::{Entry, Look, Seen, WAIT, delete, entries, write};

/// By these flags the keys are known to be such a semaphore: Consul's `SemaphoreFlagValue`.
const FLAGS: u64 = 0xe0f6_9a2b_aa41_4de0;

pub(super) struct Semaphore {
    prefix: String,
    limit: u32,
}

/// What the shared key says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Holders {
    limit: u32,
    holders: BTreeMap<String, bool>,
}

/// The shared key as it is, and who is alive.
struct State {
    holders: Holders,
    index: u64,
}

impl Semaphore {
    pub(super) fn at(prefix: &str, limit: u32) -> Self {
        Self { prefix: prefix.trim_end_matches('/').to_owned(), limit }
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    fn shared(&self) -> String {
        format!("{}/.lock", self.prefix)
    }

    fn own(&self, session: &str) -> String {
        format!("{}/{session}", self.prefix)
    }

    pub(super) async fn acquire(
        &self,
        client: &Client,
        session: &str,
        at_most: Option<Duration>,
    ) -> anyhow::Result<bool> {
        let query = [("acquire", session.to_owned()), ("flags", FLAGS.to_string())];
        if !write(client, &self.own(session), &query, Vec::new()).await? {
            bail!("failed to make contender entry: the session has ended");
        }
        let began = Instant::now();
        let mut index = None;
        loop {
            let wait = match at_most.map(|at_most| at_most.saturating_sub(began.elapsed())) {
                Some(left) if left.is_zero() && index.is_some() => return Ok(false),
                Some(left) => left.max(Duration::from_millis(1)),
                None => WAIT,
            };
            let look = Look { recurse: true, index, wait: Some(wait), ..Look::default() };
            let Seen { entries, index: seen } = entries(client, &self.prefix, look).await?;
            let mut state = self.state(&entries)?;
            if state.holders.holders.len() >= self.limit as usize {
                index = seen;
                continue;
            }
            state.holders.holders.insert(session.to_owned(), true);
            if self.put(client, &state).await? {
                return Ok(true);
            }
            // Somebody else changed it meanwhile: look again, without waiting.
            index = None;
        }
    }

    pub(super) fn is_held(&self, entries: &[Entry], session: &str) -> bool {
        self.state(entries).is_ok_and(|state| state.holders.holders.contains_key(session))
    }

    pub(super) async fn release(&self, client: &Client, session: &str) -> anyhow::Result<()> {
        loop {
            let Seen { entries, .. } = self.look(client).await?;
            let mut state = self.state(&entries)?;
            if state.holders.holders.remove(session).is_none() || self.put(client, &state).await? {
                return self.withdraw(client, session).await;
            }
        }
    }

    /// Removes the contender's own key.
    pub(super) async fn withdraw(&self, client: &Client, session: &str) -> anyhow::Result<()> {
        delete(client, &self.own(session), None).await?;
        Ok(())
    }

    pub(super) async fn clean_up(&self, client: &Client) -> anyhow::Result<bool> {
        let Seen { entries, .. } = self.look(client).await?;
        if !entries.iter().any(|entry| entry.key == self.shared()) {
            return Ok(true);
        }
        let state = self.state(&entries)?;
        Ok(state.holders.holders.is_empty() && delete(client, &self.shared(), Some(state.index)).await?)
    }

    async fn look(&self, client: &Client) -> anyhow::Result<Seen> {
        Ok(entries(client, &self.prefix, Look { recurse: true, ..Look::default() }).await?)
    }

    /// What the shared key says, without holders that are no longer alive.
    fn state(&self, entries: &[Entry]) -> anyhow::Result<State> {
        let Some(shared) = entries.iter().find(|entry| entry.key == self.shared()) else {
            let holders = Holders { limit: self.limit, holders: BTreeMap::new() };
            return Ok(State { holders, index: 0 });
        };
        if shared.flags != FLAGS {
            bail!("Existing key does not match semaphore use");
        }
        let mut holders: Holders = serde_json::from_slice(&shared.value()).context("failed to decode semaphore")?;
        if holders.limit != self.limit {
            bail!("semaphore limit conflict (lock: {}, local: {})", holders.limit, self.limit);
        }
        let lives = |session: &str| {
            entries.iter().any(|entry| entry.key == self.own(session) && entry.session.as_deref() == Some(session))
        };
        holders.holders.retain(|session, _| lives(session));
        Ok(State { holders, index: shared.modify_index })
    }

    async fn put(&self, client: &Client, state: &State) -> anyhow::Result<bool> {
        let query = [("cas", state.index.to_string()), ("flags", FLAGS.to_string())];
        let value = serde_json::to_vec(&state.holders).context("failed to encode semaphore")?;
        Ok(write(client, &self.shared(), &query, value).await?)
    }
}
