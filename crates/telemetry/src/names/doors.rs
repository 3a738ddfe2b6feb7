//! What clients ask.

use crate::family::Family;

/// How long requests to the HTTP API took: `http.GET.v1.kv._`.
pub static HTTP: Family = Family::samples_named("http");

/// How long questions about names of services and nodes took.
pub static DNS_DOMAIN_QUERY: Family = Family::samples("dns.domain_query", "node");
/// How long questions about names of addresses took.
pub static DNS_PTR_QUERY: Family = Family::samples("dns.ptr_query", "node");
