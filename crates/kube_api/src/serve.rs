//! Connections to the control socket, and the whole surface on one page.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use proconsul_base::limit;
use proconsul_kube::kind::Kind;
use proconsul_kube::runtime::{Extent, Runtime};
use serde_json::Value;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, watch};

use crate::query::Query;
use crate::reply::{Refusal, Reply, Response};
use crate::{discovery, log, object, own, watch as watching};

/// What every request may use.
pub(crate) struct Desk {
    pub(crate) runtime: Arc<Runtime>,
    /// Set when a client asks for the end.
    pub(crate) stop: watch::Sender<Option<Extent>>,
}

/// Serves the control socket until a client asks for the end; returns what goes with the pods.
pub async fn serve(runtime: Arc<Runtime>, listener: UnixListener) -> Extent {
    let places = Arc::new(Semaphore::new(limit::KUBE_CONNECTIONS));
    let (stop, mut stopped) = watch::channel(None);
    let desk = Arc::new(Desk { runtime, stop });
    loop {
        tokio::select! {
            changed = stopped.wait_for(Option::is_some) => {
                return changed.ok().and_then(|extent| *extent).unwrap_or(Extent::Pods);
            }
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                // With every place taken the client sees the connection close and may come again.
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                let desk = Arc::clone(&desk);
                tokio::spawn(async move {
                    converse(stream, desk).await;
                    drop(place);
                });
            }
        }
    }
}

async fn converse(stream: UnixStream, desk: Arc<Desk>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let desk = Arc::clone(&desk);
        async move { Ok::<Response, Infallible>(answer(&desk, request).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection to the control socket ended early");
    }
}

async fn answer(desk: &Desk, request: Request<Incoming>) -> Response {
    route(desk, request).await.unwrap_or_else(|refusal| Reply::status(refusal.code, &refusal.status()))
}

async fn route(desk: &Desk, request: Request<Incoming>) -> Result<Response, Refusal> {
    let method = request.method().clone();
    let path = request.uri().path().trim_end_matches('/').to_owned();
    let query = Query::of(request.uri().query().unwrap_or_default(), request.headers());
    let body = read_body(request).await?;
    if let Some(document) = discovery::document(&path).filter(|_| method == Method::GET) {
        return Ok(Reply::json(200, &document));
    }
    if matches!(path.as_str(), "/healthz" | "/livez" | "/readyz") {
        return Ok(Reply::text(200, "ok"));
    }
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts.as_slice() {
        ["proconsul", "v1", rest @ ..] => own::answer(desk, &method, rest, &body),
        ["api", "v1", rest @ ..] => resource(desk, &method, ("", "v1"), rest, &query, &body).await,
        ["apis", group, version, rest @ ..] => resource(desk, &method, (*group, *version), rest, &query, &body).await,
        _ => Err(Refusal::no_path()),
    }
}

async fn read_body(request: Request<Incoming>) -> Result<Value, Refusal> {
    let bytes = Limited::new(request.into_body(), limit::KUBE_BODY_BYTES).collect().await;
    let bytes = bytes.map_err(|error| Refusal::too_large(&error.to_string()))?.to_bytes();
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|error| Refusal::bad_request(format!("the body is no JSON: {error}")))
}

/// A path below a group and version: `[namespaces/NS/]PLURAL[/NAME[/SUBRESOURCE]]`.
async fn resource(
    desk: &Desk,
    method: &Method,
    (group, version): (&str, &str),
    path: &[&str],
    query: &Query,
    body: &Value,
) -> Result<Response, Refusal> {
    let (namespace, rest) = match path {
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some(*namespace), rest),
        rest => (None, rest),
    };
    let kind = rest.first().and_then(|plural| Kind::at_path(group, version, plural)).ok_or_else(Refusal::no_path)?;
    let place = object::Place { kind, namespace, store: desk.runtime.store() };
    match (method, &rest[1..]) {
        (&Method::GET, []) if query.is_watch => watching::start(&place, query),
        (&Method::GET, []) => object::list(&place, query),
        (&Method::POST, []) => object::create(&place, body),
        (&Method::GET, [name]) => object::get(&place, name, query),
        (&Method::PUT, [name]) => object::replace(&place, name, None, body),
        (&Method::PUT, [name, "status"]) => object::replace(&place, name, Some("status"), body),
        (&Method::PATCH, [name]) => object::patch(&place, name, query, body),
        (&Method::DELETE, [name]) => object::delete(&place, name, query, body),
        (&Method::GET, [name, "log"]) if kind == Kind::Pod => log::read(desk, &place, name, query).await,
        _ => Err(Refusal::method()),
    }
}
