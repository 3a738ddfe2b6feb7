//! Which instances a prepared query finds, and in which order.

use std::collections::BTreeMap;
use std::net::IpAddr;

use proconsul_state::store::View;
use proconsul_state::store::catalog::Found;
use proconsul_types::check::{CRITICAL, Check, PASSING};
use proconsul_types::node::Meta;
use proconsul_types::query::ServiceQuery;

/// Who asks comes first when it is found among so many: sorted by distance, it can hardly be farther behind.
const SELF_AMONG: usize = 10;

/// The instances that a query means and that work.
pub(super) fn healthy<'a>(view: &'a View, query: &ServiceQuery, connect: bool) -> Vec<Found<'a>> {
    let is_meant = |found: &Found<'a>| {
        found.checks().iter().all(|check| is_fine(check, query))
            && has(&found.node.meta, query.node_meta.as_ref())
            && has(&found.service.meta, query.service_meta.as_ref())
            && query.tags.iter().flatten().all(|tag| agrees(tag, found))
    };
    if query.connect || connect {
        return view.connect_instances(&query.service).filter(is_meant).collect();
    }
    view.instances(&query.service).filter(is_meant).collect()
}

fn is_fine(check: &Check, query: &ServiceQuery) -> bool {
    let is_ignored = || query.ignore_check_ids.iter().flatten().any(|id| **id == *check.id);
    let is_bad = *check.status == *CRITICAL || (query.only_passing && *check.status != *PASSING);
    !is_bad || is_ignored()
}

fn has(meta: &Meta, wanted: Option<&BTreeMap<String, String>>) -> bool {
    let mut wanted = wanted.into_iter().flatten();
    wanted.all(|(key, value)| meta.as_ref().and_then(|meta| meta.get(key)) == Some(value))
}

/// Whether an instance has a tag, or with `!` before it has it not, whatever the case of its letters.
fn agrees(tag: &str, found: &Found<'_>) -> bool {
    let (name, wanted) = tag.strip_prefix('!').map_or((tag, true), |name| (name, false));
    let name = name.to_lowercase();
    found.service.tags.iter().any(|tag| tag.to_lowercase() == name) == wanted
}

/// Puts the instances in the order of their distances from a node: `_agent` is the one called `own`, `_ip` the one that has the
/// address of who asks.
pub(super) fn nearest_first(view: &View, near: &str, own: &str, source: Option<IpAddr>, found: &mut [Found<'_>]) {
    let node = match near {
        "" => return,
        "_agent" => Some(own),
        "_ip" => source.and_then(|source| node_at(view, source)),
        node => Some(node),
    };
    let Some(node) = node else { return };
    view.sort_by_distance(node, found, |found| &found.node.name);
    if let Some(place) = found.iter().take(SELF_AMONG).position(|found| *found.node.name == *node) {
        found.swap(0, place);
    }
}

fn node_at(view: &View, address: IpAddr) -> Option<&str> {
    let address = address.to_canonical().to_string();
    view.nodes().find(|node| *node.address == *address).map(|node| &*node.name)
}
