//! Connections: kept, counted, refused, ended.

use std::time::Duration;

use proconsul_http::HttpConfig;
use tokio::time::{advance, timeout};

use crate::world::World;

#[tokio::test]
async fn requests_may_follow_each_other_without_waiting() {
    let world = World::new().await;
    let mut client = world.client().await;
    let put = "PUT /v1/kv/a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n1";
    let get = "GET /v1/kv/a?raw HTTP/1.1\r\nHost: h\r\n\r\n";
    client.send(format!("{put}{get}{get}").as_bytes()).await;
    assert_eq!(client.answer(false).await.body, "true");
    assert_eq!(client.answer(false).await.body, "1");
    assert_eq!(client.answer(false).await.body, "1");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_silent_for_long_answers_again() {
    let world = World::new().await;
    let mut client = world.client().await;
    for _ in 0..3 {
        assert_eq!(client.ask("GET /v1/status/peers", "").await.status, 200);
        for _ in 0..10 {
            advance(Duration::from_secs(1)).await;
        }
    }
}

#[tokio::test]
async fn a_client_with_too_many_connections_is_told_so() {
    let world = World::with(HttpConfig { connections_per_client_max: 2, ..HttpConfig::default() }).await;
    let mut first = world.client().await;
    let mut second = world.client().await;
    assert_eq!(first.ask("GET /v1/status/leader", "").await.status, 200);
    assert_eq!(second.ask("GET /v1/status/leader", "").await.status, 200);
    let mut third = world.client().await;
    let answer = third.answer(false).await;
    assert_eq!((answer.status, answer.header("Connection")), (429, Some("close")));
    assert!(answer.body.ends_with("please rate limit your calls\r\n"), "{}", answer.body);
    assert!(third.has_ended().await);
    assert_eq!(first.ask("GET /v1/status/leader", "").await.status, 200);
}

#[tokio::test]
async fn a_head_that_never_ends_is_refused() {
    let world = World::new().await;
    let mut client = world.client().await;
    client.send(b"GET /v1/status/leader HTTP/1.1\r\nX: ").await;
    client.send("x".repeat(70_000).as_bytes()).await;
    assert_eq!(client.answer(false).await.status, 431);
    assert!(client.has_ended().await);
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let world = World::new().await;
    let mut client = world.client().await;
    client.send(b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n").await;
    assert_eq!(client.answer(false).await.status, 400);
    assert!(client.has_ended().await);
}

#[tokio::test]
async fn the_shutdown_ends_idle_and_waiting_connections_alike() {
    let world = World::with(HttpConfig { grace: Duration::from_millis(50), ..HttpConfig::default() }).await;
    world.put("/v1/kv/a", "1").await;
    let mut idle = world.client().await;
    assert_eq!(idle.ask("GET /v1/status/leader", "").await.status, 200);
    let mut waiting = world.client().await;
    waiting.send(b"GET /v1/kv/a?index=10&wait=600s HTTP/1.1\r\nHost: h\r\n\r\n").await;
    world.stop();
    timeout(Duration::from_secs(30), world.served).await.unwrap().unwrap();
    assert!(idle.has_ended().await);
    assert!(waiting.has_ended().await);
}
