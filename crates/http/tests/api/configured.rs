//! What the operator's configuration changes: blocked endpoints, restricted writes, further headers, paths, gzip.

use proconsul_http::{HttpConfig, headers};

use crate::world::World;

const PLAIN: &str = "Content-Type: text/plain; charset=utf-8\n";

#[tokio::test]
async fn a_blocked_endpoint_is_forbidden_whatever_the_method() {
    let block_endpoints = vec!["/v1/agent/self".to_owned(), "/v1/status/p".to_owned()];
    let world = World::with(HttpConfig { block_endpoints, ..HttpConfig::default() }).await;
    let mut client = world.client().await;
    for what in ["GET /v1/agent/self", "POST /v1/agent/self", "OPTIONS /v1/status/peers"] {
        let answer = client.ask(what, "").await;
        assert_eq!(answer.brief(), (403, "Endpoint is blocked by agent configuration"), "{what}");
        assert!(answer.head.contains("Vary: Accept-Encoding\n") && answer.head.contains(PLAIN), "{}", answer.head);
    }
    assert_eq!(client.ask("GET /v1/status/leader", "").await.status, 200);
    assert_eq!(client.ask("GET /v1/agent/members", "").await.status, 200);
    // There is no endpoint to block.
    assert_eq!(client.ask("GET /v1/status/p", "").await.status, 404);
}

#[tokio::test]
async fn writes_are_taken_only_from_where_they_may_come() {
    let from = |block: &str| HttpConfig { allow_write_from: vec![block.parse().unwrap()], ..HttpConfig::default() };
    let world = World::with(from("10.0.0.0/8")).await;
    let mut client = world.client().await;
    for what in ["PUT /v1/kv/a", "DELETE /v1/kv/a", "PUT /v1/agent/leave"] {
        assert_eq!(client.ask(what, "x").await.brief(), (403, "Access is restricted"), "{what}");
    }
    assert_eq!(client.ask("GET /v1/kv/a", "").await.status, 404);
    assert_eq!(client.ask("OPTIONS /v1/kv/a", "").await.status, 200);
    assert_eq!(client.ask("PUT /v1/status/leader", "").await.status, 405);
    let world = World::with(from("127.0.0.0/8")).await;
    assert_eq!(world.put("/v1/kv/a", "x").await, "true");
}

#[tokio::test]
async fn configured_headers_are_on_every_answer_of_a_route_and_on_no_other() {
    let named = [("X-Foo", "bar"), ("Vary", "mine"), ("No Header", "x")];
    let named = named.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let config = HttpConfig { response_headers: headers(&named), translate_addresses: true, ..HttpConfig::default() };
    let world = World::with(config).await;
    let mut client = world.client().await;
    for what in ["GET /v1/status/leader", "POST /v1/status/leader", "GET /v1/kv/none", "GET /v1/kv/"] {
        let answer = client.ask(what, "").await;
        assert_eq!((answer.header("X-Foo"), answer.header("Vary")), (Some("bar"), Some("Accept-Encoding")), "{what}");
        assert_eq!(answer.header("X-Consul-Translate-Addresses"), Some("true"), "{what}");
    }
    for what in ["GET /v1/none", "GET /v1/kv//a", "GET /"] {
        assert_eq!(client.ask(what, "").await.header("X-Foo"), None, "{what}");
    }
}

#[tokio::test]
async fn paths_that_cannot_be_printed_are_taken_when_configured_so() {
    let world = World::with(HttpConfig { unprintable_paths: true, ..HttpConfig::default() }).await;
    assert_eq!(world.put("/v1/kv/a%0ab", "x").await, "true");
    assert_eq!(world.ask("GET /v1/kv/a%0ab?raw").await.brief(), (200, "x"));
}

#[tokio::test]
async fn who_accepts_gzip_gets_it_from_every_route_that_has_something_to_say() {
    let world = World::new().await;
    let packed = async |what: &str| {
        let mut client = world.client().await;
        client.send(format!("{what} HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n").as_bytes()).await;
        let (head, body) = client.bytes().await;
        (head.contains("\nContent-Encoding: gzip\n"), body)
    };
    for what in ["GET /v1/status/leader", "POST /v1/status/leader", "GET /v1/kv/", "GET /v1/agent/self"] {
        let (is_packed, body) = packed(what).await;
        assert!(is_packed && body.starts_with(b"\x1f\x8b\x08"), "{what}");
    }
    for what in ["GET /v1/kv/none", "OPTIONS /v1/kv/a", "GET /v1/none", "GET /v1/kv//a", "GET /"] {
        assert!(!packed(what).await.0, "{what}");
    }
}
