//! Watches: one JSON document for each change, for as long as the client stays.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proconsul_kube::kind::Kind;
use proconsul_kube::object::Object;
use proconsul_kube::store::{Change, Store, Verb, Watch};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::object::Place;
use crate::query::Query;
use crate::reply::{Refusal, Reply, Response};
use crate::table;

/// How long a watch lasts when the client names no time; the API server picks 30 to 60 minutes.
const LASTS: Duration = Duration::from_secs(1800);
/// Events a slow client may lag behind before the watch waits for it.
const QUEUE: usize = 64;

/// Starts a watch of a collection.
pub(crate) fn start(place: &Place<'_>, query: &Query) -> Result<Response, Refusal> {
    let lasts = query.number("timeoutSeconds")?.map_or(LASTS, Duration::from_secs);
    let from = query.number("resourceVersion")?.filter(|&version| version > 0);
    let form = Form {
        kind: place.kind,
        namespace: place.namespace.filter(|_| place.kind.resource().is_namespaced).map(str::to_owned),
        store: Arc::clone(place.store),
        wants_table: query.wants_table,
    };
    let selects = query.selects()?;
    let (initial, version) = match from {
        Some(version) => (Vec::new(), version),
        None => place.store.list_at(place.kind, place.namespace),
    };
    let watch = place.store.watch(version);
    let (sender, receiver) = mpsc::channel(QUEUE);
    tokio::spawn(async move {
        for object in initial.iter().filter(|object| selects(object)) {
            if sender.send(form.line("ADDED", object)).await.is_err() {
                return;
            }
        }
        let until = Instant::now() + lasts;
        tokio::select! {
            () = follow(&form, watch, &selects, &sender, until) => {}
            () = sender.closed() => {}
        }
    });
    Ok(Reply::stream("application/json", receiver))
}

/// What a watch shows, and how.
struct Form {
    kind: Kind,
    namespace: Option<String>,
    store: Arc<Store>,
    wants_table: bool,
}

async fn follow(
    form: &Form,
    mut watch: Watch,
    selects: &(impl Fn(&Object) -> bool + Send),
    sender: &mpsc::Sender<Bytes>,
    until: Instant,
) {
    while let Ok(next) = timeout_at(until, watch.next()).await {
        let changes = match next {
            Ok(changes) => changes,
            Err(gone) => {
                let _ = sender.send(line("ERROR", &Refusal::from(gone).status())).await; // gone too: nobody is left to tell
                return;
            }
        };
        for change in changes.iter().filter(|change| form.shows(change)) {
            let Some(verb) = verb(change, selects) else { continue };
            if sender.send(form.line(verb, &change.object)).await.is_err() {
                return;
            }
        }
    }
}

/// What a change is to this watch: an object that begins to be selected is added, one that ceases to be is deleted.
fn verb(change: &Change, selects: &impl Fn(&Object) -> bool) -> Option<&'static str> {
    let was = change.before.as_ref().is_some_and(selects);
    let is = change.verb != Verb::Deleted && selects(&change.object);
    match (was, is) {
        (false, true) => Some("ADDED"),
        (true, true) => Some("MODIFIED"),
        (true, false) => Some("DELETED"),
        (false, false) => None,
    }
}

impl Form {
    fn shows(&self, change: &Change) -> bool {
        let is_there = self.namespace.as_ref().is_none_or(|namespace| *namespace == change.key.namespace);
        change.key.kind == self.kind && is_there
    }

    fn line(&self, verb: &str, object: &Object) -> Bytes {
        if self.wants_table {
            let now = self.store.clock().now();
            let version = self.store.version();
            return line(verb, &table::of(self.kind, std::slice::from_ref(object), version, now));
        }
        line(verb, object)
    }
}

fn line(verb: &str, object: &Value) -> Bytes {
    Bytes::from(format!("{}\n", json!({ "type": verb, "object": object })))
}
