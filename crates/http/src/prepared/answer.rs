//! What queries become and what they find, as it goes out: beside the value stands what the headers of a read tell.

use proconsul_calls::query::Executed;
use proconsul_calls::read::{Answer, Consistency, Contact};
use proconsul_types::query::PreparedQuery;
use serde::Serialize;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::json::{self, number, parts, string};
use crate::operator::{level, nanos};
use crate::reply::{self, Reply};

/// Room for an instance with a few checks.
const INSTANCE_BYTES: usize = 1024;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Explained<'a> {
    query: &'a PreparedQuery,
    index: u64,
    last_contact: u64,
    known_leader: bool,
    consistency_level: &'static str,
}

pub(super) fn explained<D>(
    cx: &Cx<'_, D>,
    asked: Consistency,
    answer: &Answer<PreparedQuery>,
) -> Result<Reply, HttpError> {
    let Contact { known_leader, last_contact } = answer.contact;
    let shown = Explained {
        query: &answer.value,
        index: 0,
        last_contact: nanos(last_contact),
        known_leader,
        consistency_level: level(asked),
    };
    Ok(with_headers(cx.record(&shown)?, asked, answer))
}

pub(super) fn executed<D>(cx: &Cx<'_, D>, asked: Consistency, answer: &Answer<Executed>) -> Reply {
    let Executed { service, nodes, dns_ttl, datacenter, failovers } = &answer.value;
    let mut out = Vec::with_capacity(256 + INSTANCE_BYTES * nodes.len());
    out.extend_from_slice(b"{\"Service\":");
    string(&mut out, service);
    out.extend_from_slice(b",\"Nodes\":");
    parts::array(&mut out, nodes, json::service::with_checks_or_null);
    out.extend_from_slice(b",\"DNS\":{\"TTL\":");
    string(&mut out, dns_ttl);
    out.extend_from_slice(b"},\"Datacenter\":");
    string(&mut out, datacenter);
    out.extend_from_slice(b",\"Failovers\":");
    number(&mut out, *failovers);
    out.extend_from_slice(b",\"Index\":0,\"LastContact\":");
    number(&mut out, nanos(answer.contact.last_contact));
    out.extend_from_slice(b",\"KnownLeader\":");
    parts::boolean(&mut out, answer.contact.known_leader);
    out.extend_from_slice(b",\"ConsistencyLevel\":");
    string(&mut out, level(asked));
    out.push(b'}');
    with_headers(cx.json(out), asked, answer)
}

fn with_headers<T>(reply: Reply, asked: Consistency, answer: &Answer<T>) -> Reply {
    reply::with_consistency(reply::with_read(reply, answer.index.0, answer.contact), asked, answer.contact)
}
