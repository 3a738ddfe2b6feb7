//! Prepared queries, events and coordinates from the socket to the bytes.

use crate::world::World;

async fn post(world: &World, body: &str) -> String {
    world.client().await.ask("POST /v1/query", body).await.body
}

#[tokio::test]
async fn a_query_is_kept_shown_changed_and_removed() {
    let world = World::new().await;
    let created = post(&world, r#"{"Name":"q","Service":{"Service":"web","Tags":["!a"]},"dns":{"ttl":"5s"}}"#).await;
    let id = created.strip_prefix(r#"{"ID":""#).and_then(|rest| rest.strip_suffix(r#""}"#)).unwrap();
    let shown = concat!(
        r#"[{"ID":"ID","Name":"q","Session":"","Token":"","Template":{"Type":"","Regexp":"","RemoveEmptyTags":false},"#,
        r#""Service":{"Service":"web","Failover":{"NearestN":0,"Datacenters":null},"OnlyPassing":false,"#,
        r#""IgnoreCheckIDs":null,"Near":"","Tags":["!a"],"NodeMeta":null,"ServiceMeta":null,"Connect":false},"#,
        r#""DNS":{"TTL":"5s"},"CreateIndex":10,"ModifyIndex":10}]"#,
    );
    for path in ["/v1/query", &format!("/v1/query/{id}")] {
        let answer = world.ask(&format!("GET {path}")).await;
        assert_eq!(answer.body.replace(id, "ID"), shown);
        let headers = ["X-Consul-Index", "X-Consul-Effective-Consistency"].map(|name| answer.header(name));
        assert_eq!(headers, [Some("10"), Some("leader")], "{path}");
    }
    assert_eq!(world.put(&format!("/v1/query/{id}"), r#"{"Name":"r","Service":{"Service":"api"}}"#).await, "");
    let executed = world.ask("GET /v1/query/r/execute?stale").await;
    let found = concat!(
        r#"{"Service":"api","Nodes":[],"DNS":{"TTL":""},"Datacenter":"dc1","Failovers":0,"#,
        r#""Index":0,"LastContact":0,"KnownLeader":true,"ConsistencyLevel":"stale"}"#,
    );
    assert_eq!((executed.brief(), executed.header("X-Consul-Index")), ((200, found), Some("1")));
    assert_eq!(world.ask(&format!("DELETE /v1/query/{id}")).await.brief(), (200, ""));
    assert_eq!(world.ask("GET /v1/query/r/execute").await.brief(), (404, "Query not found"));
}

#[tokio::test]
async fn wrong_requests_about_queries_are_refused_in_consuls_words() {
    let world = World::new().await;
    let refused = [
        ("GET /v1/query/abc", 500, "failed prepared query lookup: index error: UUID must be 36 characters"),
        ("GET /v1/query/x/execute?limit=x", 500, "Bad limit: strconv.Atoi: parsing \"x\": invalid syntax"),
        (
            "GET /v1/query/x/execute?connect=zz",
            500,
            "Error parsing 'connect' value: strconv.ParseBool: parsing \"zz\": invalid syntax",
        ),
        ("PUT /v1/query", 405, "method PUT not allowed"),
        ("POST /v1/query", 400, "Request decode failed: EOF"),
        (
            "DELETE /v1/query/8f246b77-f3e1-ff88-5b48-8ec93abf3e05",
            500,
            "Cannot modify non-existent prepared query: '8f246b77-f3e1-ff88-5b48-8ec93abf3e05'",
        ),
    ];
    for (what, status, text) in refused {
        assert_eq!(world.ask(what).await.brief(), (status, text), "{what}");
    }
    let unknown = post(&world, r#"{"Service":{"Service":"web"},"Foo":1}"#).await;
    assert_eq!(unknown, "Request decode failed: json: unknown field \"Foo\"");
    let kind = post(&world, r#"{"Name":"a","Service":{"Service":"zz","Failover":{"NearestN":1.5}}}"#).await;
    let text = "json: cannot unmarshal number 1.5 into Go struct field QueryDatacenterOptions.Service.Failover.NearestN of type int";
    assert_eq!(kind, format!("Request decode failed: {text}"));
}

#[tokio::test]
async fn an_event_is_listed_under_a_number_made_from_its_id() {
    let world = World::new().await;
    let empty = world.ask("GET /v1/event/list").await;
    assert_eq!((empty.brief(), empty.header("X-Consul-Index")), ((200, "[]"), Some("1")));
    let fired = world.put("/v1/event/fire/deploy?node=one&service=web&tag=a", "hi").await;
    let rest = concat!(
        r#""Name":"deploy","Payload":"aGk=","NodeFilter":"one","ServiceFilter":"web","TagFilter":"a","#,
        r#""Version":1,"LTime":0}"#,
    );
    assert!(fired.ends_with(rest), "{fired}");
    let listed = world.ask("GET /v1/event/list?name=deploy").await;
    assert_eq!(listed.body, format!("[{fired}]"));
    assert_eq!(listed.header("X-Consul-Knownleader"), None);
    let index = listed.header("X-Consul-Index").unwrap();
    // Another index than the last is no reason to wait.
    let other = world.ask(&format!("GET /v1/event/list?index={}&wait=600s", index.parse::<u64>().unwrap() ^ 1)).await;
    assert_eq!(other.header("X-Consul-Index"), Some(index));
    let refused = [
        ("PUT /v1/event/fire/", 400, "Missing name"),
        ("PUT /v1/event/fire/x?tag=a", 500, "Cannot provide tag filter without service filter"),
        ("PUT /v1/event/fire/x?node=(", 500, "Invalid node filter: error parsing regexp: missing closing ): `(`"),
        ("PUT /v1/event/fire/x?dc=dc9", 500, "No path to datacenter"),
    ];
    for (what, status, text) in refused {
        assert_eq!(world.ask(what).await.brief(), (status, text), "{what}");
    }
}

#[tokio::test]
async fn coordinates_are_shown_with_gos_numbers() {
    let world = World::new().await;
    world.register("one", "passing").await;
    let place = r#"{"Node":"one","Segment":"","Coord":{"Vec":[1,0,0,0,0,0,0,0.5],"Error":0.5,"Adjustment":-1e-7,"Height":0.00001}}"#;
    assert_eq!(world.put("/v1/coordinate/update", place).await, "");
    let shown = format!("[{}]", place);
    for path in ["nodes", "node/ONE", "nodes?segment="] {
        assert_eq!(world.ask(&format!("GET /v1/coordinate/{path}")).await.brief(), (200, &*shown), "{path}");
    }
    let missing = world.ask("GET /v1/coordinate/node/none").await;
    assert_eq!((missing.brief(), missing.header("X-Consul-Index")), ((404, ""), None));
    assert_eq!(world.ask("GET /v1/coordinate/nodes?segment=x").await.brief(), (200, "[]"));
    let short = place.replace("[1,0,0,0,0,0,0,0.5]", "[1]");
    assert_eq!(world.put("/v1/coordinate/update", &short).await, "incompatible coordinate");
}
