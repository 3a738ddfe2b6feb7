//! Which instances of a service a request asks for, and how the list goes out. Shared with health.

use bytes::Bytes;
use proconsul_calls::catalog::{InstanceList, Instances, Role};
use proconsul_calls::read::{Answer, Consistency};
use proconsul_types::service::ServiceInstance;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::json::parts;
use crate::reply::{self, Reply};
use crate::selection::Selection;

/// Room for an instance with a few checks.
const INSTANCE_BYTES: usize = 1024;

/// The instances that the path and the query ask for.
pub(crate) fn asked<'a, D>(cx: &Cx<'a, D>, role: Role) -> Result<Instances<'a>, HttpError> {
    let options = cx.read_options()?;
    if cx.rest.is_empty() {
        return Err(HttpError::Missing("service name"));
    }
    Ok(Instances {
        name: cx.rest,
        role,
        tags: cx.tags(),
        node_meta: cx.node_meta(),
        passing: false,
        near: cx.near(),
        merge_central_config: cx.query.has("merge-central-config"),
        options,
    })
}

/// The list as it goes out. The whole list in compact form is written once for all who are given the same.
pub(crate) fn shown<D>(
    cx: &Cx<'_, D>,
    asked: Consistency,
    answer: &Answer<InstanceList>,
    selection: &Selection,
    write: fn(&mut Vec<u8>, &ServiceInstance),
) -> Reply {
    let Answer { index, contact, value } = answer;
    let reply = if cx.is_compact() && selection.takes_all() {
        reply::json(value.written(|instances| {
            let mut out = Vec::with_capacity(2 + INSTANCE_BYTES * instances.len());
            parts::array(&mut out, instances, write);
            Bytes::from(out)
        }))
    } else {
        let mut out = Vec::new();
        let wanted = value.iter().filter(|instance| selection.has_written(|out| write(out, instance)));
        parts::array(&mut out, wanted, write);
        cx.json(out)
    };
    reply::with_consistency(reply::with_read(reply, index.0, *contact), asked, *contact)
}
