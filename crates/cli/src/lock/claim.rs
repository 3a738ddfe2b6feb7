//! A lock or a place of a semaphore, and the keys that stand for it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proconsul_api::{Answer, ApiError, Client, Method, Question};
use serde::Deserialize;

use super::mutex::Mutex;
use super::semaphore::Semaphore;

/// How long one blocking query for a lock that somebody else has waits.
pub(super) const WAIT: Duration = Duration::from_secs(15);

/// The pause after an attempt that failed although nobody has it: a lock-delay.
pub(super) const RETRY: Duration = Duration::from_secs(5);

/// The pause after an agent could not say who has it.
pub(super) const MONITOR_RETRY: Duration = Duration::from_secs(1);

/// How long is waited, and how often asked again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the lock; `None` for as long as it takes.
    pub(super) acquire: Option<Duration>,
    /// Failures in a row while it is held.
    pub(super) monitor_retries: u32,
}

/// What is claimed.
pub(super) enum Claim {
    Mutex(Mutex),
    Semaphore(Semaphore),
}

impl Claim {
    pub(super) fn new(holders: u32, prefix: &str) -> Self {
        if holders == 1 { Self::Mutex(Mutex::at(prefix)) } else { Self::Semaphore(Semaphore::at(prefix, holders)) }
    }

    /// Waits until it is held; false when the time was over before.
    pub(super) async fn acquire(&self, client: &Client, session: &str, patience: Patience) -> anyhow::Result<bool> {
        match self {
            Self::Mutex(mutex) => mutex.acquire(client, session, patience.acquire).await,
            Self::Semaphore(semaphore) => semaphore.acquire(client, session, patience.acquire).await,
        }
    }

    /// Returns when it is no longer held, or when too long nobody could say.
    pub(super) async fn lost(&self, client: &Client, session: &str, patience: Patience) {
        let (key, recurse) = match self {
            Self::Mutex(mutex) => (mutex.key().to_owned(), false),
            Self::Semaphore(semaphore) => (semaphore.prefix().to_owned(), true),
        };
        let (mut index, mut failures) = (None, 0);
        loop {
            let entries = entries(client, &key, Look { recurse, consistent: true, index, wait: None }).await;
            match entries {
                Ok(Seen { entries, index: seen }) => {
                    let held = match self {
                        Self::Mutex(_) => entries.iter().any(|entry| entry.session.as_deref() == Some(session)),
                        Self::Semaphore(semaphore) => semaphore.is_held(&entries, session),
                    };
                    if !held {
                        return;
                    }
                    (index, failures) = (seen, 0);
                }
                Err(_) if failures >= patience.monitor_retries => return,
                Err(_) => {
                    failures += 1;
                    // The lock may be another's by now, whatever the index.
                    index = None;
                    tokio::time::sleep(MONITOR_RETRY).await;
                }
            }
        }
    }

    /// Gives it back.
    pub(super) async fn release(&self, client: &Client, session: &str) -> anyhow::Result<()> {
        match self {
            Self::Mutex(mutex) => mutex.release(client, session).await,
            Self::Semaphore(semaphore) => semaphore.release(client, session).await,
        }
    }

    /// Takes back what was written for a claim that did not succeed; the end of the session would do that later.
    pub(super) async fn withdraw(&self, client: &Client, session: &str) {
        if let Self::Semaphore(semaphore) = self {
            let _ = semaphore.withdraw(client, session).await;
        }
    }

    /// Removes its key, unless somebody uses it: whether that was done.
    pub(super) async fn clean_up(&self, client: &Client) -> anyhow::Result<bool> {
        match self {
            Self::Mutex(mutex) => mutex.clean_up(client).await,
            Self::Semaphore(semaphore) => semaphore.clean_up(client).await,
        }
    }
}

/// A key, as far as locks need it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) flags: u64,
    pub(super) modify_index: u64,
    #[serde(default)]
    pub(super) session: Option<String>,
    value: Option<String>,
}

impl Entry {
    /// The value's bytes; none for what is no base64.
    pub(super) fn value(&self) -> Vec<u8> {
        self.value.as_deref().and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default()
    }

    /// Whether a session holds it.
    pub(super) fn is_locked(&self) -> bool {
        self.session.as_deref().is_some_and(|session| !session.is_empty())
    }
}

/// How keys are looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    pub(super) recurse: bool,
    pub(super) consistent: bool,
    pub(super) index: Option<u64>,
    pub(super) wait: Option<Duration>,
}

/// What was found, and the index to wait on.
pub(super) struct Seen {
    pub(super) entries: Vec<Entry>,
    pub(super) index: Option<u64>,
}

pub(super) async fn entries(client: &Client, key: &str, look: Look) -> Result<Seen, ApiError> {
    let mut query: Vec<(&str, String)> = Vec::new();
    query.extend(look.recurse.then(|| ("recurse", String::new())));
    query.extend(look.consistent.then(|| ("consistent", String::new())));
    query.extend(look.index.map(|index| ("index", index.to_string())));
    query.extend(look.wait.map(|wait| ("wait", format!("{}ms", wait.as_millis()))));
    let path = format!("/v1/kv/{key}");
    let answer = client.ask(Question::new(Method::GET, &path).query(&query)).await?;
    let index = answer.index();
    let entries = answer.found()?.map(|answer| answer.json()).transpose()?.unwrap_or_default();
    Ok(Seen { entries, index })
}

/// A write, and whether it took place.
pub(super) async fn write(
    client: &Client,
    key: &str,
    query: &[(&str, String)],
    value: Vec<u8>,
) -> Result<bool, ApiError> {
    let path = format!("/v1/kv/{key}");
    client.ask(Question::new(Method::PUT, &path).query(query).body(value)).await.and_then(Answer::truth)
}

/// A removal, and whether it took place.
pub(super) async fn delete(client: &Client, key: &str, unless_changed_since: Option<u64>) -> Result<bool, ApiError> {
    let path = format!("/v1/kv/{key}");
    let query: Vec<(&str, String)> = unless_changed_since.map(|index| ("cas", index.to_string())).into_iter().collect();
    client.ask(Question::new(Method::DELETE, &path).query(&query)).await.and_then(Answer::truth)
}
