//! What is watched, and how it is asked for.

use proconsul_api::Method;

use crate::shape::Shape;

/// A watch, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What is watched.
    pub kind: Kind,
    /// The datacenter; `None` for the agent's own.
    pub datacenter: Option<String>,
    /// The ACL token; `None` for the agent's own.
    pub token: Option<String>,
    /// Whether any server may answer.
    pub stale: bool,
}

/// What is watched, by the names of Consul's watch types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One key.
    Key(String),
    /// All keys under a prefix.
    KeyPrefix(String),
    /// The names of all services.
    Services,
    /// All nodes.
    Nodes,
    /// The instances of a service.
    Service {
        /// Its name.
        name: String,
        /// Tags they must have.
        tags: Vec<String>,
        /// Whether all their checks must pass.
        passing_only: bool,
    },
    /// The checks of a service.
    ChecksOf(String),
    /// The checks in a state; all with `any`.
    ChecksIn(String),
    /// User events, all or those of one name.
    Event(Option<String>),
    /// One service of the agent that is asked.
    AgentService(String),
}

/// How the watched thing is read from one answer to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
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

impl Plan {
    pub(crate) fn ask(&self) -> Ask {
        let index = |path: String, shape| Ask { path, query: Vec::new(), shape, reader: Reader::Index };
        let mut ask = match &self.kind {
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
        ask.query.extend(self.datacenter.iter().map(|datacenter| ("dc", datacenter.clone())));
        ask.query.extend(self.token.iter().map(|token| ("token", token.clone())));
        ask.query.extend(self.stale.then(|| ("stale", String::new())));
        ask
    }
}
