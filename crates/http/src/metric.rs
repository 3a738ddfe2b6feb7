//! How long answers took, and how often the catalog was asked for: counted under the names that Consul gives its routes.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use hyper::Method;
use proconsul_telemetry::Meter;
use proconsul_telemetry::names::agent::{Api, api};
use proconsul_telemetry::names::doors::HTTP;

use crate::reply::Reply;
use crate::routes::surface::Route;
use crate::routes::{Call, FAMILIES};

/// Methods that are told apart; a client may send any word as one.
const METHODS: [Method; 6] = [Method::GET, Method::PUT, Method::POST, Method::DELETE, Method::OPTIONS, Method::HEAD];

/// One series for each route and method, made when it is first used.
type Series = [OnceLock<Arc<Meter>>; METHODS.len()];

/// A request on a route is answered.
pub(crate) fn answered(route: &Route<Call>, method: &Method, began: Instant) {
    static ALL: OnceLock<Vec<Series>> = OnceLock::new();
    let all =
        ALL.get_or_init(|| FAMILIES.iter().flat_map(|(_, routes)| routes.iter()).map(|_| Series::default()).collect());
    let place = METHODS.iter().position(|known| known == method);
    if let Some((series, place)) = all.get(route.call as usize).zip(place) {
        let meter = series[place].get_or_init(|| HTTP.of(&name(route.path, method)));
        meter.took(began.elapsed());
    }
}

/// Counts an answer that came through a call of the catalog, or did not.
pub(crate) fn asked(call: Call, node_name: &str, reply: &Reply) {
    if let Some(api) = of_catalog(call) {
        api.asked.one(node_name);
        let ended = if reply.status().is_server_error() { api.failed } else { api.succeeded };
        ended.one(node_name);
    }
}

fn of_catalog(call: Call) -> Option<&'static Api> {
    Some(match call {
        Call::CatalogRegister => &api::CATALOG_REGISTER,
        Call::CatalogDeregister => &api::CATALOG_DEREGISTER,
        Call::CatalogDatacenters => &api::CATALOG_DATACENTERS,
        Call::CatalogNodes => &api::CATALOG_NODES,
        Call::CatalogServices => &api::CATALOG_SERVICES,
        Call::CatalogService => &api::CATALOG_SERVICE_NODES,
        Call::CatalogNode => &api::CATALOG_NODE_SERVICES,
        _ => return None,
    })
}

/// `GET.v1.kv._` for `kv/`. What Consul serves on one route has one name.
fn name(path: &str, method: &Method) -> String {
    let path = path.split_once('*').map_or(path, |(start, _)| start);
    let parts: Vec<&str> = path.split('/').map(|part| if part.is_empty() { "_" } else { part }).collect();
    format!("{method}.v1.{}", parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_have_consuls_names() {
        for (path, expected) in [
            ("kv/", "GET.v1.kv._"),
            ("catalog/nodes", "GET.v1.catalog.nodes"),
            ("query/*/execute", "GET.v1.query._"),
            ("acl/policy/name/", "GET.v1.acl.policy.name._"),
        ] {
            assert_eq!(name(path, &Method::GET), expected);
        }
    }

    #[test]
    fn calls_count_up_in_the_order_of_the_page() {
        let calls: Vec<usize> =
            FAMILIES.iter().flat_map(|(_, routes)| routes.iter()).map(|route| route.call as usize).collect();
        assert!(calls.iter().enumerate().all(|(place, call)| place == *call), "{calls:?}");
    }
}
