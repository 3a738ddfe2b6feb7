//! `?cached`: what Consul's agent would have answered from its cache.
//!
//! Consul's agent is far from its servers and keeps answers. Reads here are local and current, so nothing is won by keeping them;
//! what clients see of it is kept up. Of the *refreshed* kinds, which Consul follows with a watch of its own, only is remembered
//! who has been asked for: the second answer is a `HIT` of age 0, and is in truth read anew. Of the *kept* kinds the answer itself
//! is remembered, with `max-age`, `must-revalidate` and `stale-if-error` of `Cache-Control`. Both memories are bounded; what has
//! not been asked for in three days is forgotten, as in Consul.

mod control;
mod memory;

use std::hash::{BuildHasher, RandomState};

use hyper::HeaderMap;
use hyper::header::{AGE, AUTHORIZATION, HeaderName, HeaderValue};
use parking_lot::Mutex;
use proconsul_base::limit;

pub(crate) use self::control::Control;
use self::memory::Memory;
use crate::query::Query;
use crate::reply::{self, Reply};

const X_CACHE: HeaderName = HeaderName::from_static("x-cache");
const HIT: HeaderValue = HeaderValue::from_static("HIT");
const MISS: HeaderValue = HeaderValue::from_static("MISS");

/// Routes whose answers Consul keeps current by itself.
const REFRESHED: &[&str] = &[
    "catalog/services",
    "catalog/service/",
    "catalog/connect/",
    "health/service/",
    "health/connect/",
    "health/ingress/",
    "discovery-chain/",
];

/// Routes whose answers Consul keeps as they are.
const KEPT: &[&str] = &["catalog/datacenters", "query/*/execute"];

/// Parameters that make another question of the same path. Others are applied to the answer, or do not change it.
const QUESTION: &[&str] = &["dc", "token", "tag", "node-meta", "filter"];

/// Parameters that change a kept answer as well.
const KEPT_QUESTION: &[&str] = &["near", "limit", "connect", "pretty"];

/// What has been asked for so far.
#[derive(Debug, Default)]
pub(crate) struct Cached {
    hasher: RandomState,
    refreshed: Mutex<Memory<u64, u64>>,
    kept: Mutex<Memory<String, Reply>>,
}

/// A question of which an answer may be known.
#[derive(Debug)]
pub(crate) struct Asked {
    is_kept: bool,
    question: String,
    control: Control,
    /// The index that the client waits on.
    index: u64,
}

impl Asked {
    /// Whether the request wants a cached answer, of a route that has them.
    pub(crate) fn of(route: &str, path: &str, query: &Query<'_>, headers: &HeaderMap) -> Option<Self> {
        let is_kept = KEPT.contains(&route);
        let is_wanted = query.has("cached") && !query.has("consistent") && (is_kept || REFRESHED.contains(&route));
        if !is_wanted {
            return None;
        }
        let mut question = path.to_owned();
        let is_in_question = |name: &str| QUESTION.contains(&name) || (is_kept && KEPT_QUESTION.contains(&name));
        for (name, value) in query.pairs().filter(|(name, _)| is_in_question(name)) {
            question.extend(["\n", name, "=", value]);
        }
        for name in [HeaderName::from_static("x-consul-token"), AUTHORIZATION] {
            question.extend(
                headers.get(name).and_then(|value| value.to_str().ok()).into_iter().flat_map(|token| ["\n", token]),
            );
        }
        let index = query.get("index").and_then(|index| index.parse().ok()).unwrap_or(0);
        // One that cannot be read is refused by the handler.
        Some(Self { is_kept, question, control: Control::of(headers).ok()?, index })
    }
}

impl Cached {
    /// The kept answer, when there is one that the client takes.
    pub(crate) fn kept(&self, asked: &Asked, now: u64) -> Option<Reply> {
        let fresh = |age| !asked.control.must_revalidate && asked.control.max_age.is_none_or(|most| age <= most);
        self.kept_if(asked, now, fresh)
    }

    /// The kept answer, when the client takes one of its age in place of an error.
    pub(crate) fn in_place_of_error(&self, asked: &Asked, now: u64) -> Option<Reply> {
        let most = asked.control.stale_if_error?;
        self.kept_if(asked, now, |age| age <= most)
    }

    fn kept_if(&self, asked: &Asked, now: u64, takes: impl Fn(u64) -> bool) -> Option<Reply> {
        if !asked.is_kept {
            return None;
        }
        let mut kept = self.kept.lock();
        let (reply, since) = kept.get(&asked.question, now)?;
        let age = now.saturating_sub(since);
        takes(age).then(|| reply::again(reply)).flatten().map(|reply| with_hit(reply, age))
    }

    /// Remembers a fresh answer and says in it whether it would have been known.
    pub(crate) fn remember(&self, asked: &Asked, reply: Reply, now: u64) -> Reply {
        if !reply.status().is_success() {
            return reply;
        }
        if asked.is_kept {
            let is_short = asked.question.len() <= limit::HTTP_CACHE_QUESTION_BYTES
                && reply::length(&reply) <= limit::HTTP_CACHE_ANSWER_BYTES as u64;
            if let Some(again) = reply::again(&reply).filter(|_| is_short) {
                self.kept.lock().put(asked.question.clone(), again, now);
            }
            return with_miss(reply);
        }
        let (question, index) = (self.hasher.hash_one(&asked.question), reply::index(&reply).unwrap_or(0));
        let mut refreshed = self.refreshed.lock();
        // Who waits on what was told last, waits for a change: that is no hit.
        let is_known = refreshed.get(&question, now).is_some_and(|(last, _)| asked.index < *last);
        refreshed.put(question, index, now);
        drop(refreshed);
        if is_known { with_hit(reply, 0) } else { with_miss(reply) }
    }
}

fn with_hit(mut reply: Reply, age: u64) -> Reply {
    reply.headers_mut().insert(X_CACHE, HIT);
    reply.headers_mut().insert(AGE, HeaderValue::from(age));
    reply
}

fn with_miss(mut reply: Reply) -> Reply {
    reply.headers_mut().insert(X_CACHE, MISS);
    reply
}

#[cfg(test)]
mod tests;
