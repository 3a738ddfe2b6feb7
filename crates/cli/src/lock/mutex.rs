//! A lock that one holds at a time: the session on the key `<prefix>/.lock`.

use std::time::Duration;

use anyhow::bail;
use proconsul_api::Client;
use tokio::time::{Instant, sleep};

use super::claim::{Entry, Look, RETRY, Seen, WAIT, delete, entries, write};

/// By these flags the key is known to be such a lock: Consul's `LockFlagValue`.
const FLAGS: u64 = 0x2ddc_cbc0_58a5_0c18;

pub(super) struct Mutex {
    key: String,
}

impl Mutex {
    pub(super) fn at(prefix: &str) -> Self {
        Self { key: format!("{}/.lock", prefix.trim_end_matches('/')) }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) async fn acquire(
        &self,
        client: &Client,
        session: &str,
        at_most: Option<Duration>,
    ) -> anyhow::Result<bool> {
        let began = Instant::now();
        let mut index = None;
        loop {
            let wait = match at_most.map(|at_most| at_most.saturating_sub(began.elapsed())) {
                // The first look is made in any case.
                Some(left) if left.is_zero() && index.is_some() => return Ok(false),
                Some(left) => left.max(Duration::from_millis(1)),
                None => WAIT,
            };
            let look = Look { index, wait: Some(wait), ..Look::default() };
            let Seen { entries, index: seen } = entries(client, &self.key, look).await?;
            let entry = entries.first();
            if entry.is_some_and(|entry| entry.flags != FLAGS) {
                bail!("Existing key does not match lock use");
            }
            if entry.is_some_and(|entry| entry.session.as_deref() == Some(session)) {
                return Ok(true);
            }
            if entry.is_some_and(Entry::is_locked) {
                index = seen;
                continue;
            }
            if self.put(client, "acquire", session).await? {
                return Ok(true);
            }
            // Somebody was faster, or the key rests for the lock-delay of its last holder.
            let Seen { entries, index: seen } = self.look(client).await?;
            if entries.first().is_some_and(Entry::is_locked) {
                index = seen;
                continue;
            }
            match at_most.map(|at_most| at_most.saturating_sub(began.elapsed())) {
                Some(left) if left.is_zero() => return Ok(false),
                Some(left) => sleep(RETRY.min(left)).await,
                None => sleep(RETRY).await,
            }
        }
    }

    pub(super) async fn release(&self, client: &Client, session: &str) -> anyhow::Result<()> {
        // False means that it was lost already.
        self.put(client, "release", session).await?;
        Ok(())
    }

    pub(super) async fn clean_up(&self, client: &Client) -> anyhow::Result<bool> {
        let Some(entry) = self.look(client).await?.entries.into_iter().next() else { return Ok(true) };
        if entry.flags != FLAGS {
            bail!("Existing key does not match lock use");
        }
        Ok(!entry.is_locked() && delete(client, &self.key, Some(entry.modify_index)).await?)
    }

    async fn look(&self, client: &Client) -> anyhow::Result<Seen> {
        Ok(entries(client, &self.key, Look::default()).await?)
    }

    async fn put(&self, client: &Client, how: &str, session: &str) -> anyhow::Result<bool> {
        let query = [(how, session.to_owned()), ("flags", FLAGS.to_string())];
        Ok(write(client, &self.key, &query, Vec::new()).await?)
    }
}
