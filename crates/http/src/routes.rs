//! The whole surface on one page.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::path::{self, PathError};
use crate::progress::Progress;
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::serve::HttpConfig;
use crate::{agent, catalog, kv, operator, page, redirect, status};

/// What a route leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    AgentLeave,
    AgentMembers,
    AgentSelf,
    CatalogDatacenters,
    Kv,
    OperatorRaftConfiguration,
    StatusLeader,
    StatusPeers,
}

struct Route {
    /// The path; one that ends in a slash leads on to everything under it.
    path: &'static str,
    /// The methods, as `Allow` tells them.
    allow: &'static str,
    call: Call,
}

const ROUTES: [Route; 8] = [
    Route { path: "/v1/kv/", allow: "OPTIONS,GET,PUT,DELETE", call: Call::Kv },
    Route { path: "/v1/agent/leave", allow: "OPTIONS,PUT", call: Call::AgentLeave },
    Route { path: "/v1/agent/members", allow: "OPTIONS,GET", call: Call::AgentMembers },
    Route { path: "/v1/agent/self", allow: "OPTIONS,GET", call: Call::AgentSelf },
    Route { path: "/v1/catalog/datacenters", allow: "OPTIONS,GET", call: Call::CatalogDatacenters },
    Route { path: "/v1/operator/raft/configuration", allow: "OPTIONS,GET", call: Call::OperatorRaftConfiguration },
    Route { path: "/v1/status/leader", allow: "OPTIONS,GET", call: Call::StatusLeader },
    Route { path: "/v1/status/peers", allow: "OPTIONS,GET", call: Call::StatusPeers },
];

impl Route {
    /// What comes after the route in the path, when the path is on it.
    fn rest<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.path).filter(|rest| rest.is_empty() || self.path.ends_with('/'))
    }

    fn has(&self, method: &Method) -> bool {
        self.allow.split(',').skip(1).any(|allowed| allowed == method.as_str())
    }
}

/// Answers one request.
pub(crate) async fn answer<D: Door>(
    door: &D,
    config: &HttpConfig,
    progress: &Progress,
    request: Request<Incoming>,
) -> Reply {
    let (head, body) = request.into_parts();
    let (method, query) = (&head.method, head.uri.query());
    let path = match path::decode(head.uri.path()) {
        Ok(path) => path,
        Err(PathError::Escape) => return reply::malformed(),
        Err(PathError::NotText) => return reply::error(&HttpError::NotText),
        Err(PathError::Unprintable) => return reply::nowhere(StatusCode::BAD_REQUEST),
    };
    let clean = path::cleaned(&path).map_or(Cow::Borrowed(&*path), Cow::Owned);
    if let Some(moved) = elsewhere(&path, &clean, config) {
        return redirect::moved_path(method, &moved, query);
    }
    let Some((route, rest)) = ROUTES.iter().find_map(|route| Some((route, route.rest(&path)?))) else {
        return page::answer(config, method, &path);
    };
    if !route.has(method) {
        return reply::with_allow(without_call(method), route.allow);
    }
    let query = match Query::parse(query) {
        Ok(query) => query,
        Err(error) => return reply::error(&error),
    };
    let mut cx = Cx { door, config, method, rest, query, progress, body };
    call(route.call, &mut cx).await.unwrap_or_else(|error| reply::error(&error))
}

/// Where a path that is not clean, or lacks the slash of a route, is to be asked for.
fn elsewhere<'a>(path: &str, clean: &'a str, config: &HttpConfig) -> Option<Cow<'a, str>> {
    let lacks_slash = |tree: &str| tree.strip_suffix('/') == Some(clean);
    if ROUTES.iter().any(|route| lacks_slash(route.path)) || (config.ui && lacks_slash(page::TREE)) {
        return Some(Cow::Owned(format!("{clean}/")));
    }
    (clean != path).then_some(Cow::Borrowed(clean))
}

fn without_call(method: &Method) -> Reply {
    if *method == Method::OPTIONS {
        return reply::empty(StatusCode::OK);
    }
    let text = format!("method {method} not allowed");
    reply::text(StatusCode::METHOD_NOT_ALLOWED, Bytes::from(text))
}

async fn call<D: Door>(call: Call, cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    match call {
        Call::Kv => kv::answer(cx).await,
        Call::AgentLeave => agent::leave(cx).await,
        Call::AgentMembers => agent::members(cx),
        Call::AgentSelf => agent::this_agent(cx),
        Call::CatalogDatacenters => catalog::datacenters(cx),
        Call::OperatorRaftConfiguration => operator::raft_configuration(cx).await,
        Call::StatusLeader => status::leader(cx),
        Call::StatusPeers => status::peers(cx),
    }
}
