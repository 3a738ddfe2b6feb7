//! How a watch asks.

use proconsul_agent::watch::{Kind, Plan};
use proconsul_api::Method;

use crate::shape::Shape;

/// How the watched thing is read from one answer to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// By index.
    Index,
    /// By index, which stands for the last event; only events after it are news.
    Events,
    /// By content hash.
    Hash,
}

/// A question that is asked again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) shape: Shape,
    pub(crate) reader: Reader,
}

impl Ask {
    /// Watches only look.
    pub(crate) const METHOD: Method = Method::GET;
}

/// How a plan is asked for.
pub(crate) fn ask(plan: &Plan) -> Ask {
    let index = |path: String, shape| Ask { path, query: Vec::new(), shape, reader: Reader::Index };
    let mut ask = match &plan.kind {
        Kind::Key(key) => index(format!("/v1/kv/{key}"), Shape::Entry),
        Kind::KeyPrefix(prefix) => {
            let mut ask = index(format!("/v1/kv/{prefix}"), Shape::Entries);
            ask.query.push(("recurse", String::new()));
            ask
        }
        Kind::Services => index("/v1/catalog/services".to_owned(), Shape::Plain),
        Kind::Nodes => index("/v1/catalog/nodes".to_owned(), Shape::Plain),
        Kind::Service { name, tags, passing_only } => {
            let mut ask = index(format!("/v1/health/service/{name}"), Shape::Instances);
            ask.query.extend(tags.iter().map(|tag| ("tag", tag.clone())));
            ask.query.extend(passing_only.then(|| ("passing", "1".to_owned())));
            ask
        }
        Kind::ChecksOf(service) => index(format!("/v1/health/checks/{service}"), Shape::Checks),
        Kind::ChecksIn(state) => index(format!("/v1/health/state/{state}"), Shape::Checks),
        Kind::Event(name) => {
            let mut ask = index("/v1/event/list".to_owned(), Shape::Plain);
            ask.query.extend(name.iter().map(|name| ("name", name.clone())));
            ask.reader = Reader::Events;
            ask
        }
        Kind::AgentService(id) => {
            let mut ask = index(format!("/v1/agent/service/{id}"), Shape::Plain);
            ask.reader = Reader::Hash;
            ask
        }
    };
    ask.query.extend(plan.datacenter.iter().map(|datacenter| ("dc", datacenter.clone())));
    ask.query.extend(plan.token.iter().map(|token| ("token", token.clone())));
    ask.query.extend(plan.stale.then(|| ("stale", String::new())));
    ask
}
