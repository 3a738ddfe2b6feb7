//! Keys: reading, writing, listing.

use crate::world::World;

#[tokio::test]
async fn a_key_reads_back_in_consuls_form_with_its_headers() {
    let world = World::new().await;
    assert_eq!(world.put("/v1/kv/a/b?flags=42", "hello").await, "true");
    let answer = world.ask("GET /v1/kv/a/b").await;
    let head = "HTTP/1.1 200 OK\nVary: Accept-Encoding\nContent-Type: application/json\nX-Consul-Index: 10\n\
                X-Consul-Knownleader: true\nX-Consul-Lastcontact: 0\nContent-Length: 97\n";
    let body = r#"[{"LockIndex":0,"Key":"a/b","Flags":42,"Value":"aGVsbG8=","CreateIndex":10,"ModifyIndex":10}]"#;
    assert_eq!((&*answer.head, &*answer.body), (&*head.replace("97", &body.len().to_string()), body));
}

#[tokio::test]
async fn a_missing_key_is_an_empty_404_with_the_tables_index() {
    let world = World::new().await;
    let answer = world.ask("GET /v1/kv/none").await;
    assert_eq!((answer.brief(), answer.header("X-Consul-Index")), ((404, ""), Some("1")));
    world.put("/v1/kv/a", "1").await;
    for query in ["", "?raw", "?recurse", "?keys"] {
        let answer = world.ask(&format!("GET /v1/kv/none{query}")).await;
        assert_eq!((answer.brief(), answer.header("X-Consul-Index")), ((404, ""), Some("10")));
        assert_eq!(answer.header("Content-Type"), None);
    }
}

#[tokio::test]
async fn the_whole_key_space_without_keys_has_names_but_no_entries() {
    let world = World::new().await;
    assert_eq!(world.ask("GET /v1/kv/?keys").await.brief(), (200, "[]"));
    assert_eq!(world.ask("GET /v1/kv/?recurse").await.brief(), (404, ""));
}

#[tokio::test]
async fn an_empty_value_is_null_and_a_raw_one_is_bare() {
    let world = World::new().await;
    world.put("/v1/kv/empty", "").await;
    world.put("/v1/kv/full", "<b>").await;
    let empty = r#"[{"LockIndex":0,"Key":"empty","Flags":0,"Value":null,"CreateIndex":10,"ModifyIndex":10}]"#;
    assert_eq!(world.ask("GET /v1/kv/empty").await.body, empty);
    let raw = world.ask("GET /v1/kv/full?raw").await;
    assert_eq!(raw.brief(), (200, "<b>"));
    assert_eq!(raw.header("Content-Type"), Some("text/plain"));
    assert_eq!(raw.header("X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(raw.header("Content-Security-Policy"), Some("sandbox"));
    assert_eq!(raw.header("X-Consul-Index"), Some("11"));
    assert_eq!(world.ask("GET /v1/kv/empty?raw").await.brief(), (200, ""));
}

#[tokio::test]
async fn lists_follow_the_prefix_and_the_separator() {
    let world = World::new().await;
    for key in ["q/%3ca%26b%3e%22%5c", "q/x/1", "q/x/2", "q/y", "z"] {
        world.put(&format!("/v1/kv/{key}"), "x").await;
    }
    let lists = [
        ("q/?keys", r#"["q/\u003ca\u0026b\u003e\"\\","q/x/1","q/x/2","q/y"]"#),
        ("q/?keys&separator=/", r#"["q/\u003ca\u0026b\u003e\"\\","q/x/","q/y"]"#),
        ("q?keys&separator=/", r#"["q/"]"#),
        ("q/x?keys&separator=/", r#"["q/x/"]"#),
        ("?keys&separator=%2F", r#"["q/","z"]"#),
        ("q/x/?recurse&keys", r#"["q/x/1","q/x/2"]"#),
    ];
    for (target, body) in lists {
        assert_eq!(world.ask(&format!("GET /v1/kv/{target}")).await.brief(), (200, body), "{target}");
    }
    let entries = world.ask("GET /v1/kv/q/x?recurse").await;
    assert_eq!(entries.header("X-Consul-Index"), Some("12"));
    let body = concat!(
        r#"[{"LockIndex":0,"Key":"q/x/1","Flags":0,"Value":"eA==","CreateIndex":11,"ModifyIndex":11},"#,
        r#"{"LockIndex":0,"Key":"q/x/2","Flags":0,"Value":"eA==","CreateIndex":12,"ModifyIndex":12}]"#,
    );
    assert_eq!(entries.body, body);
}

#[tokio::test]
async fn pretty_writes_lines_also_for_truth() {
    let world = World::new().await;
    assert_eq!(world.put("/v1/kv/a?pretty", "1").await, "true\n");
    assert_eq!(world.ask("GET /v1/kv/?keys&pretty").await.body, "[\n    \"a\"\n]\n");
}

#[tokio::test]
async fn conditions_are_answered_with_true_or_false() {
    let world = World::new().await;
    let steps = [
        ("PUT /v1/kv/c?cas=9", "false"),
        ("PUT /v1/kv/c?cas=0", "true"),
        ("PUT /v1/kv/c?cas=0", "false"),
        ("PUT /v1/kv/c?cas=11&flags=1", "true"),
        ("DELETE /v1/kv/c?cas=0", "false"),
        ("DELETE /v1/kv/c?cas=11", "false"),
        ("DELETE /v1/kv/c?cas=13", "true"),
        ("DELETE /v1/kv/c?cas=13", "true"),
        ("DELETE /v1/kv/c", "true"),
        ("DELETE /v1/kv/c?recurse", "true"),
    ];
    let mut client = world.client().await;
    for (place, (what, body)) in steps.into_iter().enumerate() {
        let answer = client.ask(what, if what.starts_with("PUT") { "v" } else { "" }).await;
        assert_eq!(answer.brief(), (200, body), "step {place}: {what}");
        assert_eq!(answer.header("X-Consul-Index"), None);
    }
}

#[tokio::test]
async fn deleting_a_tree_takes_what_is_under_it_and_nothing_else() {
    let world = World::new().await;
    for key in ["t/1", "t/2", "u"] {
        world.put(&format!("/v1/kv/{key}"), "x").await;
    }
    assert_eq!(world.ask("DELETE /v1/kv/t/?recurse").await.body, "true");
    assert_eq!(world.ask("GET /v1/kv/?keys").await.body, r#"["u"]"#);
    let gone = world.ask("GET /v1/kv/t/?recurse").await;
    assert_eq!((gone.status, gone.header("X-Consul-Index")), (404, Some("13")));
}

#[tokio::test]
async fn a_value_may_come_in_pieces_and_up_to_the_limit() {
    let world = World::new().await;
    let mut client = world.client().await;
    client.send(b"PUT /v1/kv/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").await;
    client.send(b"2\r\nde\r\n0\r\n\r\n").await;
    assert_eq!(client.answer(false).await.body, "true");
    assert_eq!(client.ask("GET /v1/kv/a?raw", "").await.body, "abcde");
    let largest = "x".repeat(524_288);
    assert_eq!(client.ask("PUT /v1/kv/a", &largest).await.body, "true");
    assert_eq!(client.ask("GET /v1/kv/a?raw", "").await.body, largest);
}

#[tokio::test]
async fn a_value_over_the_limit_is_refused_and_the_connection_closed() {
    let world = World::new().await;
    let text = "Request body(524289 bytes) too large, max size: 524288 bytes. \
                See https://www.consul.io/docs/agent/options.html#kv_max_value_size.";
    let mut client = world.client().await;
    client.send(b"PUT /v1/kv/a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 524289\r\n\r\n").await;
    let answer = client.answer(false).await;
    assert_eq!(answer.brief(), (413, text));
    assert!(answer.head.starts_with("HTTP/1.1 413 Request Entity Too Large\n"), "{}", answer.head);
    assert_eq!(answer.header("Connection"), Some("close"));
    assert!(client.has_ended().await);

    // Consul takes any size in chunks; here the limit holds for them too.
    let mut client = world.client().await;
    let chunk = format!("80001\r\n{}\r\n0\r\n\r\n", "x".repeat(524_289));
    client.send(b"PUT /v1/kv/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    client.send(chunk.as_bytes()).await;
    assert_eq!(client.answer(false).await.status, 413);
    assert_eq!(world.ask("GET /v1/kv/a").await.status, 404);
}
