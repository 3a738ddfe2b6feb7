//! States put together from records.

use bytes::Bytes;
use proconsul_base::id::SessionId;
use proconsul_types::service::{Proxy, ServiceKind, Weights};

use super::*;

fn node(name: &str, at: u64) -> Node {
    Node {
        id: None,
        name: name.into(),
        address: "192.0.2.1".into(),
        datacenter: "dc1".into(),
        tagged_addresses: None,
        meta: None,
        create_index: Index(at),
        modify_index: Index(at),
    }
}

fn service(name: &str, destination: &str, at: u64) -> Service {
    let is_proxy = !destination.is_empty();
    Service {
        kind: if is_proxy { ServiceKind::ConnectProxy } else { ServiceKind::Typical },
        id: name.into(),
        name: name.into(),
        node: "n".into(),
        tags: [].into(),
        address: "".into(),
        tagged_addresses: None,
        meta: None,
        port: 0,
        weights: Weights { passing: 1, warning: 1 },
        enable_tag_override: false,
        proxy: Proxy { destination_service_name: destination.to_owned(), ..Proxy::default() }.into(),
        connect_native: false,
        create_index: Index(at),
        modify_index: Index(at),
    }
}

fn key(key: &str, at: u64) -> KvEntry {
    KvEntry {
        lock_index: 0,
        key: key.into(),
        flags: 0,
        value: Bytes::new(),
        session: None,
        create_index: Index(at),
        modify_index: Index(at),
    }
}

#[test]
fn indexes_are_as_told_and_never_older_than_the_records() {
    let indexes = [("kvs", 20), ("service.Web", 9), ("service.web-proxy", 11), ("services", 3)];
    let view = Import {
        indexes: indexes.map(|(name, index)| (name.to_owned(), Index(index))).into(),
        keys: vec![key("a", 5)],
        nodes: vec![node("n", 4)],
        services: vec![service("web", "", 6), service("web-proxy", "web", 7)],
        ..Import::default()
    }
    .finish()
    .unwrap();
    assert_eq!((view.kv_index(), view.nodes_index(), view.services_index()), (Index(20), Index(4), Index(7)));
    assert_eq!((view.service_index("web", true), view.connect_index("web", true)), (Index(9), Index(11)));
    assert_eq!(view.applied(), Index(20), "the state is as new as the newest of them");
}

#[test]
fn a_deletion_of_a_key_that_came_back_is_forgotten() {
    let tombstones = vec![(Index(6), "a".into()), (Index(7), "b".into())];
    let view = Import { keys: vec![key("a", 8)], tombstones, ..Import::default() }.finish().unwrap();
    assert_eq!(view.tombstones().collect::<Vec<_>>(), [(&"b".into(), Index(7))]);
    assert_eq!((view.kv_prefix_index("b"), view.kv_prefix_index("a")), (Index(7), Index(8)));
}

#[test]
fn records_that_make_no_whole_state_are_refused() {
    let lonely = Import { services: vec![service("web", "", 6)], ..Import::default() };
    assert_eq!(lonely.finish().unwrap_err().invariant, "an instance is on a node that is there");
    let held = KvEntry { session: Some(SessionId::from_bytes([1; 16])), ..key("a", 5) };
    let held = Import { keys: vec![held], ..Import::default() };
    assert_eq!(held.finish().unwrap_err().invariant, "the session that holds a lock exists");
}
