//! The calls of the door over a store and a fake log.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proconsul_base::index::Index;
use proconsul_calls::error::{CallError, Unavailable};
use proconsul_calls::kv::KvCalls as _;
use proconsul_calls::kv::{Change, Get, Keys, List, When, Write};
use proconsul_calls::read::{Consistency, Contact, ReadOptions, Wait};
use proconsul_calls::status::StatusCalls as _;
use tokio::task::yield_now;

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
    assert_eq!(server.status_leader(Some("dc2")), Err(CallError::NoPathToDatacenter));
    assert_eq!(server.status_peers(Some("dc1")), Ok(Vec::new()));
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
