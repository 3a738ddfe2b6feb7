//! One service, at once or when it is another.

use proconsul_calls::agent::{LocalCalls, OneService};
use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::json;
use crate::options;
use crate::reply::{self, Reply};

/// `GET /v1/agent/service/ID`.
pub(crate) async fn service<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let asked = OneService { id: cx.rest, unless: options::wait_for_hash(&cx.query)? };
    cx.default_namespace()?;
    let found = cx.door.agent().service(asked).await?;
    let mut out = Vec::new();
    json::agent::service(&mut out, &found.service, Some(&found.hash));
    Ok(reply::with_content_hash(cx.json(out), &found.hash))
}
