//! Sessions, and the locks that belong to them.

use crate::world::World;

/// A world whose own node is registered, at index 10.
async fn world() -> World {
    let world = World::new().await;
    world.register("one", "passing").await;
    world
}

async fn create(world: &World, body: &str) -> String {
    let answer = world.put("/v1/session/create", body).await;
    answer.strip_prefix(r#"{"ID":""#).and_then(|rest| rest.strip_suffix(r#""}"#)).unwrap_or(&answer).to_owned()
}

async fn shown(world: &World, id: &str) -> String {
    world.ask(&format!("GET /v1/session/info/{id}")).await.body.replace(id, "ID")
}

#[tokio::test]
async fn a_session_is_shown_in_consuls_form_everywhere() {
    let world = world().await;
    let id = create(&world, "").await;
    let body = format!(
        concat!(
            r#"[{{"ID":"{}","Name":"","Node":"one","LockDelay":15000000000,"Behavior":"release","TTL":"","#,
            r#""NodeChecks":["serfHealth"],"ServiceChecks":null,"CreateIndex":11,"ModifyIndex":11}}]"#
        ),
        id
    );
    let capitals = id.to_uppercase();
    for path in [&format!("info/{id}"), &format!("info/{capitals}"), "node/one", "node/ONE", "list"] {
        let answer = world.ask(&format!("GET /v1/session/{path}")).await;
        assert_eq!((answer.brief(), answer.header("X-Consul-Index")), ((200, &*body), Some("11")), "{path}");
    }
    let renewed = world.ask(&format!("PUT /v1/session/renew/{id}")).await;
    assert_eq!((renewed.brief(), renewed.header("X-Consul-Index")), ((200, &*body), None));
    assert_eq!(world.ask("GET /v1/session/node/other").await.brief(), (200, "[]"));
    assert_eq!(world.ask(&format!("PUT /v1/session/destroy/{id}")).await.brief(), (200, "true"));
    let gone = world.ask(&format!("GET /v1/session/info/{id}")).await;
    assert_eq!((gone.brief(), gone.header("X-Consul-Index")), ((200, "[]"), Some("12")));
    assert_eq!(world.ask(&format!("PUT /v1/session/destroy/{id}")).await.brief(), (200, "true"));
    let renewed = world.ask(&format!("PUT /v1/session/renew/{id}")).await;
    assert_eq!(renewed.brief(), (404, &*format!("Session id '{id}' not found")));
}

#[tokio::test]
async fn a_body_is_meant_as_consul_means_it() {
    let world = world().await;
    let parts = [
        (r#"{"Name":"<a>","TTL":"10s","Behavior":"delete"}"#, r#""Name":"\u003ca\u003e","#),
        (r#"{"TTL":"10s"}"#, r#""TTL":"10s","#),
        (r#"{"TTL":"0"}"#, r#""TTL":"0","#),
        (r#"{"Behavior":"delete"}"#, r#""Behavior":"delete","#),
        (r#"{"node":"ONE"}"#, r#""Node":"ONE","#),
        (r#"{"LockDelay":5}"#, r#""LockDelay":5000000000,"#),
        (r#"{"LockDelay":999}"#, r#""LockDelay":999000000000,"#),
        (r#"{"LockDelay":1000}"#, r#""LockDelay":1000,"#),
        (r#"{"LockDelay":1e30}"#, r#""LockDelay":0,"#),
        (r#"{"LockDelay":true}"#, r#""LockDelay":0,"#),
        (r#"{"LockDelay":"5m"}"#, r#""LockDelay":300000000000,"#),
        (r#"{"LockDelay":"-5s"}"#, r#""LockDelay":-5000000000000000000,"#),
        (r#"{"LockDelay":"0s"}"#, r#""LockDelay":0,"#),
        (r#"{"LockDelay":null,"Unknown":{}}"#, r#""LockDelay":15000000000,"#),
        (r#"{"ServiceChecks":[{"ID":"own"}]}"#, r#""ServiceChecks":[{"ID":"own","Namespace":""}],"CreateIndex""#),
        (r#"{"NodeChecks":["OWN"]}"#, r#""NodeChecks":["OWN"],"ServiceChecks":null,"CreateIndex""#),
        (r#"{"NodeChecks":[]}"#, r#""NodeChecks":[],"ServiceChecks":null,"CreateIndex""#),
        (r#"{"NodeChecks":null}"#, r#""NodeChecks":null,"ServiceChecks":null,"CreateIndex""#),
        (r#"{"NodeChecks":[],"Checks":["own"]}"#, r#""NodeChecks":[],"ServiceChecks":null,"CreateIndex""#),
        (r#"{"Checks":[]}"#, r#""NodeChecks":[],"ServiceChecks":null,"CreateIndex""#),
        (r#"{"Checks":null,"NodeChecks":["own"]}"#, r#""NodeChecks":[],"ServiceChecks":null,"CreateIndex""#),
        (r#"{"Checks":["serfHealth"]}"#, r#""NodeChecks":["serfHealth"],"ServiceChecks":null,"CreateIndex""#),
        (r#"{"Checks":["own"]}"#, r#""NodeChecks":["serfHealth"],"ServiceChecks":null,"Checks":["own"],"#),
    ];
    for (body, part) in parts {
        let id = create(&world, body).await;
        let shown = shown(&world, &id).await;
        assert!(shown.contains(part), "{body}: {shown}");
    }
    // A body of unknown length counts as none, as in Consul.
    let mut client = world.client().await;
    client
        .send(b"PUT /v1/session/create HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n")
        .await;
    assert_eq!(client.answer(false).await.status, 200);
}

#[tokio::test]
async fn what_no_session_can_be_is_refused_in_consuls_words() {
    let world = world().await;
    world.register("ill", "critical").await;
    let refused = [
        (r#"{"Node":"zz"}"#, 500, "Missing node registration"),
        (r#"{"Node":""}"#, 500, "Must provide Node"),
        (r#"{"NodeChecks":["nochk"]}"#, 500, "Missing check 'nochk' registration"),
        (r#"{"Checks":["a"],"NodeChecks":["b"]}"#, 500, "Missing check 'a' registration"),
        (r#"{"Node":"ill","NodeChecks":["Own"]}"#, 500, "Check 'Own' is in critical state"),
        (r#"{"Behavior":"zz"}"#, 500, "Invalid Behavior setting 'zz'"),
        (r#"{"TTL":"zz"}"#, 500, "Session TTL 'zz' invalid: time: invalid duration \"zz\""),
        (r#"{"TTL":"10"}"#, 500, "Session TTL '10' invalid: time: missing unit in duration \"10\""),
        (r#"{"TTL":"9s"}"#, 500, "Invalid Session TTL '9000000000', must be between [10s=24h0m0s]"),
        (r#"{"TTL":"-1s"}"#, 500, "Invalid Session TTL '-1000000000', must be between [10s=24h0m0s]"),
        (r#"{"TTL":"24h1ns"}"#, 500, "Invalid Session TTL '86400000000001', must be between [10s=24h0m0s]"),
        (
            r#"{"TTL":10}"#,
            400,
            "Request decode failed: json: cannot unmarshal number into Go struct field .TTL of type string",
        ),
        (r#"{"LockDelay":"zz"}"#, 400, "Request decode failed: time: invalid duration \"zz\""),
        (
            r#"{"ServiceChecks":["x"]}"#,
            400,
            "Request decode failed: json: cannot unmarshal string into Go struct field .ServiceChecks of type \
             structs.ServiceCheck",
        ),
        ("{", 400, "Request decode failed: unexpected EOF"),
        (
            "[]",
            400,
            "Request decode failed: json: cannot unmarshal array into Go value of type \
             struct { LockDelay interface {}; *structs.Alias }",
        ),
    ];
    let mut client = world.client().await;
    for (body, status, text) in refused {
        assert_eq!(client.ask("PUT /v1/session/create", body).await.brief(), (status, text), "{body}");
    }
    assert_eq!(world.ask("GET /v1/session/list").await.body, "[]");
}

#[tokio::test]
async fn an_id_that_is_none_is_an_error_with_the_headers_of_a_read_that_failed() {
    let world = world().await;
    let text = "failed session lookup: index error: UUID must be 36 characters";
    let info = world.ask("GET /v1/session/info/x").await;
    assert_eq!((info.brief(), info.header("X-Consul-Index")), ((500, text), Some("1")));
    assert_eq!(info.header("X-Consul-Knownleader"), Some("false"));
    for what in ["PUT /v1/session/destroy/x", "PUT /v1/session/renew/x"] {
        let answer = world.ask(what).await;
        assert_eq!((answer.brief(), answer.header("X-Consul-Index")), ((500, text), None));
    }
    for what in ["GET /v1/session/info/", "PUT /v1/session/destroy/", "PUT /v1/session/renew/"] {
        assert_eq!(world.ask(what).await.brief(), (400, "Missing session"), "{what}");
    }
    assert_eq!(world.ask("GET /v1/session/node/").await.brief(), (400, "Missing node name"));
}

#[tokio::test]
async fn a_lock_is_taken_held_and_given_back() {
    let world = world().await;
    let (one, other) = (create(&world, "").await, create(&world, r#"{"Name":"other"}"#).await);
    let steps = [
        (format!("acquire={one}&flags=3"), "true", r#""LockIndex":1,"Key":"l","Flags":3,"Value":"MQ==","Session":"#),
        (format!("acquire={other}"), "false", r#""LockIndex":1,"Key":"l","Flags":3,"Value":"MQ==","Session":"#),
        (format!("acquire={one}"), "true", r#""LockIndex":1,"Key":"l","Flags":0,"Value":"Mw==","Session":"#),
        (format!("release={other}"), "false", r#""LockIndex":1,"#),
        ("release=x".to_owned(), "false", r#""LockIndex":1,"#),
        (format!("release={one}"), "true", r#"{"LockIndex":1,"Key":"l","Flags":0,"Value":"Ng==","CreateIndex""#),
        (format!("release={one}"), "false", r#""LockIndex":1,"#),
        (format!("acquire={other}"), "true", r#""LockIndex":2,"Key":"l","Flags":0,"Value":"OA==","Session":"#),
        // Consul forgets how often the lock was taken when anyone writes without it.
        ("flags=1".to_owned(), "true", r#""LockIndex":0,"Key":"l","Flags":1,"Value":"OQ==","Session":"#),
    ];
    for (place, (query, truth, entry)) in steps.into_iter().enumerate() {
        let value = (place + 1).to_string();
        assert_eq!(world.put(&format!("/v1/kv/l?{query}"), &value).await, truth, "{query}");
        let now = world.ask("GET /v1/kv/l").await.body;
        assert!(now.contains(entry), "{query}: {now}");
    }
}

#[tokio::test]
async fn a_key_waits_after_its_session_was_destroyed_and_not_after_its_lock_was_released() {
    let world = world().await;
    let first = create(&world, "").await;
    let second = create(&world, r#"{"LockDelay":"0s","Behavior":"delete"}"#).await;
    world.put(&format!("/v1/kv/a?acquire={first}"), "v").await;
    world.put(&format!("/v1/kv/b?acquire={first}"), "v").await;
    world.put(&format!("/v1/kv/b?release={first}"), "v").await;
    world.put(&format!("/v1/kv/c?acquire={second}"), "v").await;
    world.put(&format!("/v1/session/destroy/{first}"), "").await;
    world.put(&format!("/v1/session/destroy/{second}"), "").await;
    let freed = r#"[{"LockIndex":1,"Key":"a","Flags":0,"Value":"dg==","CreateIndex":13,"ModifyIndex":17}]"#;
    assert_eq!(world.ask("GET /v1/kv/a").await.body, freed);
    assert_eq!(world.ask("GET /v1/kv/c").await.status, 404);
    let third = create(&world, "").await;
    for (key, truth) in [("a", "false"), ("b", "true"), ("c", "true")] {
        assert_eq!(world.put(&format!("/v1/kv/{key}?acquire={third}"), "v").await, truth, "{key}");
    }
}
