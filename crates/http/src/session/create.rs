//! `PUT /v1/session/create`: a body whose every field may be left out, and what is meant then.

use std::sync::Arc;

use proconsul_calls::door::Door;
use proconsul_calls::session::Create;
use proconsul_types::check::SERF_HEALTH;
use proconsul_types::node::Text;
use proconsul_types::session::ServiceCheck;
use serde::Serialize;

use crate::body::BodyLimit;
use crate::cx::Cx;
use crate::decode::{DecodeError, Json, Named, Nanos, Record, field, named, record, same};
use crate::error::HttpError;
use crate::reply::Reply;

/// Lock-delays below this many nanoseconds are meant as seconds.
const LOCK_DELAY_LEAST: i64 = 1000;

/// The lock-delay of a session that asks for none: 15 s.
const LOCK_DELAY: i64 = 15_000_000_000;

#[derive(Serialize)]
struct Created {
    #[serde(rename = "ID")]
    id: String,
}

pub(crate) async fn create<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let body: Body = if cx.has_body() { cx.decoded(BodyLimit::ANY, HttpError::Decode).await? } else { Body::default() };
    let mut create = body.into_call();
    create.datacenter = cx.query.filled("dc").map(Into::into);
    let id = cx.door.session_create(create).await?.to_string();
    cx.record(&Created { id })
}

/// What the user wrote, on top of what is meant without it.
struct Body {
    name: Text,
    node: Option<Text>,
    lock_delay: Option<Nanos>,
    behavior: Named<Behavior>,
    ttl: Text,
    node_checks: Option<Arc<[Text]>>,
    service_checks: Option<Arc<[ServiceCheck]>>,
    checks: Option<Arc<[Named<CheckId>]>>,
}

impl Default for Body {
    fn default() -> Self {
        Self {
            name: Text::default(),
            node: None,
            lock_delay: None,
            behavior: Named::default(),
            ttl: Text::default(),
            node_checks: Some([SERF_HEALTH.into()].into()),
            service_checks: None,
            checks: Some([Named::new(SERF_HEALTH.into())].into()),
        }
    }
}

named!(Behavior = "structs.SessionBehavior", CheckId = "types.CheckID");

record!(ServiceCheck, "structs.ServiceCheck", lenient { "ID" => id, "Namespace" => namespace });

impl Record for Body {
    const TYPE: &'static str = "struct { LockDelay interface {}; *structs.Alias }";
    const NAME: &'static str = "";
    const READS_ITSELF: bool = true;

    fn set(&mut self, name: &str, json: &Json<'_>) -> Result<(), DecodeError> {
        let is = |known| same(known, name);
        if is("ID") {
            // Looked at and passed over: the server makes the id.
            field::<Self, _>(&mut String::new(), "ID", json)
        } else if is("Name") {
            field::<Self, _>(&mut self.name, "Name", json)
        } else if is("Node") {
            field::<Self, _>(&mut self.node, "Node", json)
        } else if is("LockDelay") {
            field::<Self, _>(&mut self.lock_delay, "LockDelay", json)
        } else if is("Behavior") {
            field::<Self, _>(&mut self.behavior, "Behavior", json)
        } else if is("TTL") {
            field::<Self, _>(&mut self.ttl, "TTL", json)
        } else if is("NodeChecks") {
            list(&mut self.node_checks, "NodeChecks", json)
        } else if is("ServiceChecks") {
            list(&mut self.service_checks, "ServiceChecks", json)
        } else if is("Checks") {
            list(&mut self.checks, "Checks", json)
        } else {
            Ok(())
        }
    }
}

/// Reads a list into its place; `null` is no list at all.
fn list<T: crate::decode::FromJson>(
    place: &mut Option<Arc<[T]>>,
    name: &str,
    json: &Json<'_>,
) -> Result<(), DecodeError> {
    *place = None;
    field::<Body, _>(place, name, json)
}

impl Body {
    /// The checks are meant in two forms, of which the older one, `Checks`, counts only beside the newer: an empty one empties the
    /// other, and the check that stands there without the user's doing is not told twice.
    fn into_call(self) -> Create {
        let mut node_checks = self.node_checks;
        let mut checks: Arc<[Text]> = self.checks.unwrap_or_default().iter().map(|check| check.text.clone()).collect();
        if checks.is_empty() {
            node_checks = Some(Arc::default());
        } else if node_checks.as_deref().unwrap_or_default().is_empty()
            || matches!(&*checks, [only] if **only == *SERF_HEALTH)
        {
            checks = Arc::default();
        }
        Create {
            datacenter: None,
            name: self.name,
            node: self.node,
            lock_delay: self.lock_delay.map_or(LOCK_DELAY, |Nanos(nanos)| in_nanos(nanos)),
            behavior: self.behavior.text,
            ttl: self.ttl,
            node_checks,
            service_checks: self.service_checks,
            checks,
        }
    }
}

/// Small numbers are seconds. One below the smallest overflows, as it does in Consul.
const fn in_nanos(delay: i64) -> i64 {
    if delay < LOCK_DELAY_LEAST { delay.wrapping_mul(1_000_000_000) } else { delay }
}
