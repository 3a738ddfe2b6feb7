//! Reads that wait for a change.

use std::time::Duration;

use tokio::time::timeout;

use crate::world::World;

#[tokio::test]
async fn a_waiting_read_answers_with_the_change() {
    let world = World::new().await;
    world.put("/v1/kv/a", "1").await;
    let mut reader = world.client().await;
    reader.send(b"GET /v1/kv/a?raw&index=10&wait=60s HTTP/1.1\r\nHost: h\r\n\r\n").await;
    world.put("/v1/kv/b", "other").await;
    world.put("/v1/kv/a", "1").await;
    world.put("/v1/kv/a", "2").await;
    let answer = reader.answer(false).await;
    assert_eq!((answer.brief(), answer.header("X-Consul-Index")), ((200, "2"), Some("13")));
}

#[tokio::test]
async fn an_index_that_has_passed_answers_at_once() {
    let world = World::new().await;
    world.put("/v1/kv/a", "1").await;
    for query in ["index=9", "index=0&wait=60s", "wait=60s"] {
        assert_eq!(world.ask(&format!("GET /v1/kv/a?{query}")).await.status, 200);
    }
}

#[tokio::test]
async fn a_wait_ends_without_a_change() {
    let world = World::new().await;
    world.put("/v1/kv/a", "1").await;
    let answer = world.ask("GET /v1/kv/a?raw&index=999&wait=10ms").await;
    assert_eq!((answer.brief(), answer.header("X-Consul-Index")), ((200, "1"), Some("10")));
}

#[tokio::test]
async fn many_waiting_reads_of_one_prefix_are_all_woken() {
    let world = World::new().await;
    world.put("/v1/kv/p/1", "1").await;
    let mut readers = Vec::new();
    for _ in 0..50 {
        let mut reader = world.client().await;
        reader.send(b"GET /v1/kv/p/?keys&index=10&wait=60s HTTP/1.1\r\nHost: h\r\n\r\n").await;
        readers.push(reader);
    }
    world.put("/v1/kv/p/2", "1").await;
    for reader in &mut readers {
        let answer = timeout(Duration::from_secs(30), reader.answer(false)).await.unwrap();
        assert_eq!(answer.body, r#"["p/1","p/2"]"#);
    }
}
