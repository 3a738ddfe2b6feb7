//! Checks, and instances with the checks that concern them.

use crate::world::World;

async fn get(world: &World, path: &str) -> String {
    world.ask(&format!("GET /v1/{path}")).await.body
}

/// A node with a service, a check of its own that passes, and one of the service that does not.
async fn world() -> World {
    let world = World::new().await;
    let bodies = [
        r#"{"Node":"n","Address":"10.0.0.1","Service":{"Service":"web"},"Check":{"Name":"own","Status":"passing"}}"#,
        r#"{"Node":"n","SkipNodeUpdate":true,"Check":{"CheckID":"c","ServiceID":"web","Output":"<o>","Definition":{"HTTP":"x","Interval":"90m"}}}"#,
    ];
    for body in bodies {
        assert_eq!(world.put("/v1/catalog/register", body).await, "true");
    }
    world
}

const OWN: &str = concat!(
    r#"{"Node":"n","CheckID":"own","Name":"own","Status":"passing","Notes":"","Output":"","ServiceID":"","ServiceName":"","#,
    r#""ServiceTags":[],"Type":"","Definition":{},"CreateIndex":10,"ModifyIndex":10}"#,
);
const OF_SERVICE: &str = concat!(
    r#"{"Node":"n","CheckID":"c","Name":"","Status":"critical","Notes":"","Output":"\u003co\u003e","ServiceID":"web","ServiceName":"web","#,
    r#""ServiceTags":[],"Type":"http","Definition":{"Interval":"1h30m0s","HTTP":"x"},"CreateIndex":11,"ModifyIndex":11}"#,
);

#[tokio::test]
async fn checks_are_shown_by_node_service_and_state() {
    let world = world().await;
    assert_eq!(get(&world, "health/node/N").await, format!("[{OF_SERVICE},{OWN}]"));
    assert_eq!(get(&world, "health/checks/WEB").await, format!("[{OF_SERVICE}]"));
    assert_eq!(get(&world, "health/state/any").await, format!("[{OF_SERVICE},{OWN}]"));
    assert_eq!(get(&world, "health/state/passing").await, format!("[{OWN}]"));
    assert_eq!(get(&world, "health/state/any?filter=Type==http").await, format!("[{OF_SERVICE}]"));
    for path in ["health/node/other", "health/checks/other", "health/state/other", "health/service/other"] {
        assert_eq!(get(&world, path).await, "[]", "{path}");
    }
}

#[tokio::test]
async fn an_instance_comes_with_its_node_and_the_nodes_checks_first() {
    let world = world().await;
    let shown = concat!(
        r#"[{"Node":{"ID":"","Node":"n","Address":"10.0.0.1","Datacenter":"dc1","TaggedAddresses":null,"Meta":null,"CreateIndex":10,"#,
        r#""ModifyIndex":10},"Service":{"ID":"web","Service":"web","Tags":[],"Address":"","Meta":null,"Port":0,"#,
        r#""Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Proxy":{"MeshGateway":{},"Expose":{}},"Connect":{},"#,
        r#""CreateIndex":10,"ModifyIndex":10},"Checks":["#,
    );
    for path in
        ["health/service/web", "health/service/web?passing=0", "health/service/web?filter=Checks.Status==passing"]
    {
        assert_eq!(get(&world, path).await, format!("{shown}{OWN},{OF_SERVICE}]}}]"), "{path}");
    }
    assert_eq!(get(&world, "health/service/web?passing").await, "[]");
    assert_eq!(world.ask("GET /v1/health/service/web?passing=x").await.brief(), (400, "Invalid value for ?passing"));
    let lines = get(&world, "health/service/web?pretty").await;
    assert!(lines.starts_with("[\n    {\n        \"Node\": {") && lines.ends_with("]\n"), "{lines}");
}

/// The list is kept and shared: a change must never be answered with the one of before.
#[tokio::test]
async fn a_list_that_was_given_out_before_is_not_given_out_after_a_change() {
    let world = world().await;
    for (status, count) in [("passing", 1), ("warning", 0), ("passing", 1)] {
        let body = format!(
            r#"{{"Node":"n","SkipNodeUpdate":true,"Check":{{"CheckID":"c","ServiceID":"web","Status":"{status}"}}}}"#
        );
        assert_eq!(world.put("/v1/catalog/register", &body).await, "true");
        for _ in 0..2 {
            assert!(
                get(&world, "health/service/web")
                    .await
                    .contains(&format!(r#""CheckID":"c","Name":"","Status":"{status}""#))
            );
            assert_eq!(get(&world, "health/service/web?passing").await.matches(r#""Service":{"#).count(), count);
            assert!(!get(&world, "catalog/service/web").await.contains("Checks"));
        }
    }
}

#[tokio::test]
async fn a_reader_of_a_service_wakes_for_its_nodes_checks_and_not_for_other_services() {
    let world = world().await;
    let mut waiting = world.client().await;
    waiting.send(b"GET /v1/health/service/web?index=11&wait=60s HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let other = r#"{"Node":"m","Address":"10.0.0.2","Service":{"Service":"db"}}"#;
    assert_eq!(world.put("/v1/catalog/register", other).await, "true");
    let own = r#"{"Node":"n","SkipNodeUpdate":true,"Check":{"Name":"own","Status":"warning"}}"#;
    assert_eq!(world.put("/v1/catalog/register", own).await, "true");
    let answer = waiting.answer(false).await;
    assert_eq!((answer.status, answer.header("X-Consul-Index")), (200, Some("13")));
    assert!(answer.body.contains(r#""CheckID":"own","Name":"own","Status":"warning""#));
}

async fn register(world: &World, service: &str) {
    let body = format!(r#"{{"Node":"n","Address":"10.0.0.1","Service":{service}}}"#);
    assert_eq!(world.put("/v1/catalog/register", &body).await, "true", "{service}");
}

#[tokio::test]
async fn gateways_are_found_under_the_services_that_config_entries_bind_to_them() {
    let world = World::new().await;
    register(&world, r#"{"Kind":"ingress-gateway","Service":"in","Port":1}"#).await;
    register(&world, r#"{"Kind":"terminating-gateway","Service":"out","Port":2}"#).await;
    assert_eq!(get(&world, "health/ingress/web").await, "[]");
    let mut waiting = world.client().await;
    waiting.send(b"GET /v1/health/ingress/web?index=11&wait=60s HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let entries = [
        r#"{"Kind":"ingress-gateway","Name":"in","Listeners":[{"Port":8,"Services":[{"Name":"web"}]}]}"#,
        r#"{"Kind":"terminating-gateway","Name":"out","Services":[{"Name":"web"}]}"#,
    ];
    for entry in entries {
        assert_eq!(world.put("/v1/config", entry).await, "true");
    }
    let answer = waiting.answer(false).await;
    assert!(answer.body.contains(r#""Service":{"Kind":"ingress-gateway","ID":"in""#), "{answer:?}");
    let out = get(&world, "health/connect/web").await;
    assert!(out.contains(r#""Service":{"Kind":"terminating-gateway","ID":"out""#), "{out}");

    let mut waiting = world.client().await;
    waiting.send(b"GET /v1/health/connect/web?index=13&wait=60s HTTP/1.1\r\nHost: h\r\n\r\n").await;
    register(&world, r#"{"Kind":"terminating-gateway","Service":"out","Port":3}"#).await;
    assert!(waiting.answer(false).await.body.contains(r#""Port":3"#));
}

#[tokio::test]
async fn what_config_entries_say_is_filled_in_when_asked_for() {
    let world = World::new().await;
    let proxy = r#"{"Kind":"connect-proxy","Service":"px","Port":1,"Proxy":{"DestinationServiceName":"web","Config":{"a":{"x":1}}}}"#;
    register(&world, proxy).await;
    let entries = [
        r#"{"Kind":"proxy-defaults","Name":"global","Config":{"a":{"x":2,"y":3},"b":4},"MeshGateway":{"Mode":"local"}}"#,
        r#"{"Kind":"service-defaults","Name":"web","Protocol":"http"}"#,
    ];
    for entry in entries {
        assert_eq!(world.put("/v1/config", entry).await, "true");
    }
    let filled = r#""Config":{"a":{"x":1,"y":3},"b":4,"protocol":"http"},"MeshGateway":{"Mode":"local"}"#;
    for path in ["health/service/px", "catalog/service/px", "health/connect/web"] {
        let shown = get(&world, &format!("{path}?merge-central-config")).await;
        assert!(shown.contains(filled), "{path}: {shown}");
        assert!(get(&world, path).await.contains(r#""Config":{"a":{"x":1}},"MeshGateway":{}"#), "{path}");
    }
}
