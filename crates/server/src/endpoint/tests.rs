//! The calls of the door over a store and a fake log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proconsul_base::index::Index;
use proconsul_base::limit;
use proconsul_calls::catalog::{CatalogCalls as _, Deregister, Instances, OfNode, Register, Role};
use proconsul_calls::config::{ConfigCalls as _, SetEntry};
use proconsul_calls::error::{CallError, Unavailable};
use proconsul_calls::health::HealthCalls as _;
use proconsul_calls::kv::KvCalls as _;
use proconsul_calls::kv::{Change, Get, Keys, List, When, Write};
use proconsul_calls::read::{Consistency, Contact, ReadOptions, Wait};
use proconsul_calls::status::StatusCalls as _;
use proconsul_types::config_entry::{ConfigEntry, ProxyDefaults};
use proconsul_types::node::Node;
use proconsul_types::service::{Service, ServiceKind, Weights};
use serde_json::Value;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::timeout;

use crate::fake::server;

fn put(key: &str, value: &'static str) -> Write {
    let value = Bytes::from_static(value.as_bytes());
    Write { datacenter: None, change: Change::Put { key: key.into(), value, flags: 0, when: When::Always } }
}

fn waiting(index: u64, secs: u64) -> ReadOptions {
    let wait = Wait { index: Index(index), at_most: Some(Duration::from_secs(secs)) };
    ReadOptions { wait: Some(wait), ..ReadOptions::default() }
}

#[tokio::test(start_paused = true)]
async fn a_read_of_a_store_never_written_answers_with_index_1() {
    let (server, _) = server();
    let options = ReadOptions::default;
    assert_eq!(server.kv_get(Get { key: "a", options: options() }).await.unwrap().index, Index(1));
    assert_eq!(server.kv_list(List { prefix: "", options: options() }).await.unwrap().index, Index(1));
    let keys = Keys { prefix: "a", separator: "", options: options() };
    assert_eq!(server.kv_keys(keys).await.unwrap().index, Index(1));
}

#[tokio::test(start_paused = true)]
async fn a_waiting_read_answers_when_its_key_changes_and_not_for_others() {
    let (server, _) = server();
    server.kv_write(put("a", "1")).await.unwrap();
    let reader = Arc::clone(&server);
    let read = tokio::spawn(async move { reader.kv_get(Get { key: "a", options: waiting(10, 60) }).await });
    server.kv_write(put("b", "1")).await.unwrap();
    for _ in 0..10 {
        yield_now().await;
    }
    assert!(!read.is_finished());
    server.kv_write(put("a", "2")).await.unwrap();
    let answer = read.await.unwrap().unwrap();
    assert_eq!((answer.index, &answer.value.unwrap().value[..]), (Index(12), &b"2"[..]));
}

#[tokio::test(start_paused = true)]
async fn a_waiting_list_answers_when_a_key_under_it_goes_away() {
    let (server, _) = server();
    server.kv_write(put("p/1", "v")).await.unwrap();
    let reader = Arc::clone(&server);
    let read = tokio::spawn(async move { reader.kv_list(List { prefix: "p/", options: waiting(10, 60) }).await });
    yield_now().await;
    let delete = Change::Delete { key: "p/1".into(), cas: None };
    server.kv_write(Write { datacenter: None, change: delete }).await.unwrap();
    let answer = read.await.unwrap().unwrap();
    assert_eq!((answer.index, answer.value.len()), (Index(11), 0));
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_an_index_not_yet_seen_ends_with_the_true_index() {
    let (server, _) = server();
    server.kv_write(put("a", "1")).await.unwrap();
    let before = tokio::time::Instant::now();
    let answer = server.kv_get(Get { key: "a", options: waiting(999, 16) }).await.unwrap();
    assert_eq!(answer.index, Index(10));
    let waited = before.elapsed().as_secs_f64();
    assert!((16.0..=17.1).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_ends_without_a_leader_is_an_error() {
    let (server, replica) = server();
    server.kv_write(put("a", "1")).await.unwrap();
    let reader = Arc::clone(&server);
    let read = tokio::spawn(async move { reader.kv_get(Get { key: "a", options: waiting(10, 16) }).await });
    yield_now().await;
    replica.contact.lock().known_leader = false;
    assert_eq!(read.await.unwrap(), Err(CallError::Unavailable(Unavailable::NoLeader)));
}

#[tokio::test(start_paused = true)]
async fn a_stale_read_needs_no_leader_unless_it_is_staler_than_allowed() {
    let (server, replica) = server();
    *replica.contact.lock() = Contact { known_leader: false, last_contact: Duration::from_secs(10) };
    let read = async |at_most: Option<u64>| {
        let consistency = Consistency::Stale { at_most: at_most.map(Duration::from_secs) };
        let options = ReadOptions { consistency, ..ReadOptions::default() };
        server.kv_get(Get { key: "a", options }).await.map(|answer| answer.contact.last_contact.as_secs())
    };
    assert_eq!(read(None).await, Ok(10));
    assert_eq!(read(Some(11)).await, Ok(10));
    assert!(replica.barriers.lock().is_empty());
    assert_eq!(read(Some(9)).await, Err(CallError::Unavailable(Unavailable::NoLeader)));
    assert_eq!(*replica.barriers.lock(), [Consistency::Default]);
}

#[tokio::test(start_paused = true)]
async fn another_datacenter_is_out_of_reach() {
    let (server, _) = server();
    let datacenter = || Some("dc2".into());
    let options = ReadOptions { datacenter: datacenter(), ..ReadOptions::default() };
    assert_eq!(server.kv_get(Get { key: "a", options }).await, Err(CallError::NoPathToDatacenter));
    let write = Write { datacenter: datacenter(), ..put("a", "1") };
    assert_eq!(server.kv_write(write).await, Err(CallError::NoPathToDatacenter));
    assert_eq!(server.status_leader(Some("dc2")).await, Err(CallError::NoPathToDatacenter));
    assert_eq!(server.status_peers(Some("dc1")).await, Ok(Vec::new()));
}

/// A reader that follows every change while the writer runs on another thread: one missed wake and it never ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_change_is_missed_while_reading_and_writing_race() {
    const LAST: u64 = 2009;
    let (server, _) = server();
    let writer = Arc::clone(&server);
    let writing = tokio::spawn(async move {
        for _ in 10..LAST {
            writer.kv_write(put("p/a", "1")).await.unwrap();
            writer.kv_write(put("p/a", "2")).await.unwrap();
        }
    });
    let following = async {
        let (mut by_key, mut by_prefix) = (1, 1);
        while by_key < LAST || by_prefix < LAST {
            if by_key < LAST {
                by_key = server.kv_get(Get { key: "p/a", options: waiting(by_key, 600) }).await.unwrap().index.0;
            }
            if by_prefix < LAST {
                by_prefix =
                    server.kv_list(List { prefix: "p/", options: waiting(by_prefix, 600) }).await.unwrap().index.0;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), following).await.unwrap();
    writing.await.unwrap();
}

fn proxy_defaults(value: Value) -> SetEntry {
    let config = Some(BTreeMap::from([("a".to_owned(), value)]));
    SetEntry { entry: ProxyDefaults { name: "global".to_owned(), config, ..Default::default() }.into(), cas: None }
}

/// What is in the log and cannot be read stops every server, and stops it again after each restart.
#[tokio::test(start_paused = true)]
async fn what_no_server_could_read_again_is_refused_before_it_is_in_the_log() {
    let (server, _) = server();
    let nested = |levels| (0..levels).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    assert_eq!(server.config_set(proxy_defaults(nested(125))).await, Ok(true));
    assert_eq!(server.config_set(proxy_defaults(nested(126))).await, Err(CallError::TooDeep));
    let large = Value::Array(vec![Value::from(1e15); limit::COMMAND_BYTES / 19 + 1]);
    assert!(matches!(server.config_set(proxy_defaults(large)).await, Err(CallError::TooLarge(_))));
    assert_eq!(server.config_set(proxy_defaults(Value::Null)).await, Ok(true), "the servers go on");
}

fn register(name: &str, kind: ServiceKind) -> Register {
    let node = Node {
        id: None,
        name: "n".into(),
        address: "192.0.2.1".into(),
        datacenter: "dc1".into(),
        tagged_addresses: None,
        meta: None,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    };
    let service = Service {
        kind,
        id: name.into(),
        name: name.into(),
        node: "n".into(),
        tags: [].into(),
        address: "".into(),
        tagged_addresses: None,
        meta: None,
        port: 80,
        weights: Weights { passing: 1, warning: 1 },
        enable_tag_override: false,
        proxy: Arc::default(),
        connect_native: false,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    };
    let service = Some(service).filter(|_| !name.is_empty());
    Register { datacenter: None, node, service, checks: Vec::new(), skip_node_update: false }
}

/// What a waiting read answers that does not wait to its end: the clock stands still while anything can go on.
async fn woken<T>(read: JoinHandle<T>) -> T {
    timeout(Duration::from_secs(1), read).await.unwrap().unwrap()
}

fn deregister(service: &str) -> Deregister {
    Deregister { datacenter: None, node: "n".into(), service_id: service.into(), check_id: "".into() }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_not_here_yet_is_followed_when_it_comes() {
    let (server, _) = server();
    let reader = Arc::clone(&server);
    // The caller has seen the node on another server, which was ahead.
    let read = tokio::spawn(async move { reader.catalog_node(OfNode { node: "n", options: waiting(10, 60) }).await });
    yield_now().await;
    server.catalog_register(register("", ServiceKind::Typical)).await.unwrap();
    for _ in 0..10 {
        yield_now().await;
    }
    assert!(!read.is_finished(), "nothing that the caller has not seen");
    server.catalog_register(register("web", ServiceKind::Typical)).await.unwrap();
    let answer = woken(read).await.unwrap();
    assert_eq!((answer.index, answer.value.map(|found| found.services.len())), (Index(11), Some(1)));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_comes_behind_a_gateway_for_all_services_wakes_who_waits_for_it() {
    let (server, _) = server();
    server.catalog_register(register("other", ServiceKind::Typical)).await.unwrap();
    server.catalog_deregister(deregister("other")).await.unwrap();
    server.catalog_register(register("gate", ServiceKind::TerminatingGateway)).await.unwrap();
    let entry = r#"{"Kind":"terminating-gateway","Name":"gate","Services":[{"Name":"*"}]}"#;
    let entry = ConfigEntry::from_text(entry).unwrap();
    server.config_set(SetEntry { entry, cas: None }).await.unwrap();
    let web = |index| {
        let reader = Arc::clone(&server);
        async move {
            let asked =
                Instances { name: "web", role: Role::Connect, options: waiting(index, 60), ..Default::default() };
            let answer = reader.health_service(asked).await.unwrap();
            (answer.index, answer.value.len())
        }
    };
    let coming = tokio::spawn(web(13));
    yield_now().await;
    server.catalog_register(register("web", ServiceKind::Typical)).await.unwrap();
    assert_eq!(woken(coming).await, (Index(14), 1));
    let going = tokio::spawn(web(14));
    yield_now().await;
    server.catalog_deregister(deregister("web")).await.unwrap();
    assert_eq!(woken(going).await, (Index(15), 0));
}
