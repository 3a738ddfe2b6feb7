//! `?cached` over the wire.

use proconsul_http::HttpConfig;

use crate::client::Answer;
use crate::world::World;

fn told(answer: &Answer) -> (u16, Option<&str>, Option<&str>) {
    (answer.status, answer.header("X-Cache"), answer.header("Age"))
}

#[tokio::test]
async fn the_second_answer_comes_from_the_cache() {
    let world = World::new().await;
    let mut client = world.client().await;
    let first = client.ask("GET /v1/catalog/datacenters?cached", "").await;
    assert_eq!(told(&first), (200, Some("MISS"), None));
    let second = client.ask("GET /v1/catalog/datacenters?cached", "").await;
    assert_eq!((told(&second).1, second.header("Age").is_some()), (Some("HIT"), true));
    assert_eq!(second.body, first.body);
    assert_eq!(told(&client.ask("GET /v1/catalog/datacenters", "").await), (200, None, None));
    assert_eq!(told(&client.ask("GET /v1/kv/?keys&cached", "").await), (200, None, None));
}

#[tokio::test]
async fn an_age_that_is_no_number_is_refused_with_or_without_the_cache() {
    let world = World::new().await;
    let mut client = world.client().await;
    for target in ["/v1/catalog/datacenters?cached", "/v1/kv/a"] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: h\r\nCache-Control: max-age=x\r\n\r\n");
        client.send(request.as_bytes()).await;
        assert_eq!(client.answer(false).await.brief(), (400, "Invalid Cache-Control header."), "{target}");
    }
}

#[tokio::test]
async fn the_cache_can_be_switched_off() {
    let world = World::with(HttpConfig { use_cache: false, ..HttpConfig::default() }).await;
    for _ in 0..2 {
        assert_eq!(told(&world.ask("GET /v1/catalog/datacenters?cached").await), (200, None, None));
    }
}
