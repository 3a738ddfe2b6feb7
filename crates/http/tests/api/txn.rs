//! Transactions, their bodies and their answers.

use crate::world::World;

const READ: &str = r#","Index":0,"LastContact":0,"KnownLeader":true,"ConsistencyLevel":""}"#;

#[tokio::test]
async fn what_was_written_is_told_without_its_value_and_what_was_read_with_it() {
    let world = World::new().await;
    let ops = r#"[{"KV":{"Verb":"set","Key":"a","Value":"aGVsbG8=","Flags":7}},{"kv":{"verb":"get","key":"a"}},{}]"#;
    let answer = world.client().await.ask("PUT /v1/txn", ops).await;
    let body = concat!(
        r#"{"Results":[{"KV":{"LockIndex":0,"Key":"a","Flags":7,"Value":null,"CreateIndex":10,"ModifyIndex":10}},"#,
        r#"{"KV":{"LockIndex":0,"Key":"a","Flags":7,"Value":"aGVsbG8=","CreateIndex":10,"ModifyIndex":10}}],"Errors":null}"#,
    );
    assert_eq!((answer.brief(), answer.header("X-Consul-Knownleader")), ((200, body), None));
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
}

#[tokio::test]
async fn a_transaction_that_only_reads_has_the_headers_of_a_read_and_its_fields_but_no_index() {
    let world = World::new().await;
    world.put("/v1/kv/a", "1").await;
    let answer = world.client().await.ask("PUT /v1/txn?stale", r#"[{"KV":{"Verb":"get-tree","Key":"a"}}]"#).await;
    let results = r#"[{"KV":{"LockIndex":0,"Key":"a","Flags":0,"Value":"MQ==","CreateIndex":10,"ModifyIndex":10}}]"#;
    assert_eq!(answer.brief(), (200, &*format!(r#"{{"Results":{results},"Errors":null{READ}"#)));
    assert_eq!((answer.header("X-Consul-Index"), answer.header("X-Consul-Lastcontact")), (None, Some("0")));
    for body in ["[]", "null", "[{}]", "[null]", r#"[{"KV":null}]"#, r#"[{"KV":{"Verb":"get-tree","Key":"none"}}]"#] {
        let answer = world.client().await.ask("PUT /v1/txn", body).await;
        assert_eq!(answer.brief(), (200, &*format!(r#"{{"Results":[],"Errors":null{READ}"#)), "{body}");
    }
}

#[tokio::test]
async fn a_failed_transaction_is_a_conflict_with_every_reason() {
    let world = World::new().await;
    let failed = [
        (r#"[{"KV":{"Verb":"get","Key":"k"}}]"#, r#"[{"OpIndex":0,"What":"key \"k\" doesn't exist"}]"#, READ),
        (r#"[{"KV":{"Verb":"zz"}}]"#, r#"[{"OpIndex":0,"What":"Must provide key"}]"#, READ),
        (r#"[{"KV":{"Verb":"zz","Key":"k"}}]"#, r#"[{"OpIndex":0,"What":"unknown KV verb \"zz\""}]"#, READ),
        (
            r#"[{"Node":{"Verb":"zz","Node":{"Node":"n"}}}]"#,
            r#"[{"OpIndex":0,"What":"unknown Node verb \"zz\""}]"#,
            "}",
        ),
        (
            r#"[{"Node":{"Verb":"get","Node":{"ID":"zz"}}}]"#,
            r#"[{"OpIndex":0,"What":"node lookup by ID failed, wrong UUID: uuid string is wrong length for 'zz'"}]"#,
            READ,
        ),
        (
            concat!(
                r#"[{"KV":{"Verb":"set","Key":"a"}},{"Node":{"Verb":"set","Node":{"ID":"zz"}}},{"KV":{"Verb":"get"}},"#,
                r#"{"Node":{"Verb":"set","Node":{"Node":"n","ID":"zz"}}},"#,
                r#"{"Service":{"Verb":"delete","Node":"n","Service":{"ID":"s"}}},"#,
                r#"{"Service":{"Verb":"set","Node":"n","Service":{"Service":"s","Address":"0.0.0.0"}}}]"#
            ),
            concat!(
                r#"[{"OpIndex":1,"What":"Must provide node"},{"OpIndex":2,"What":"Must provide key"},"#,
                r#"{"OpIndex":3,"What":"Bad node ID: uuid string is wrong length"},"#,
                r#"{"OpIndex":4,"What":"Must provide service name with ID"},"#,
                r#"{"OpIndex":5,"What":"Invalid service address"}]"#
            ),
            "}",
        ),
        (
            r#"[{"Node":{"Verb":"set","Node":{"Node":"n","ID":"zzzzzzzz-2222-3333-4444-555555555555"}}}]"#,
            r#"[{"OpIndex":0,"What":"Bad node ID: encoding/hex: invalid byte: U+007A 'z'"}]"#,
            "}",
        ),
        (
            r#"[{"Service":{"Verb":"set","Node":"n","Service":{"Service":"s","Meta":{"bad key!":"x"}}}}]"#,
            concat!(
                r#"[{"OpIndex":0,"What":"Invalid Service Meta for node n and serviceID s: "#,
                r#"Couldn't load metadata pair ('bad key!', 'x'): Key contains invalid characters"}]"#
            ),
            "}",
        ),
    ];
    for (body, errors, end) in failed {
        let answer = world.client().await.ask("PUT /v1/txn", body).await;
        let expected = format!(r#"{{"Results":null,"Errors":{errors}{end}"#);
        assert_eq!(answer.brief(), (409, &*expected), "{body}");
        assert_eq!(answer.header("Content-Type"), Some("application/json"));
    }
    assert_eq!(world.ask("GET /v1/kv/?keys").await.body, "[]");
}

#[tokio::test]
async fn a_node_with_its_service_and_check_goes_in_and_out_in_consuls_form() {
    let world = World::new().await;
    let set = concat!(
        r#"[{"Node":{"Verb":"set","Node":{"Node":"n","Address":"a","Meta":{"k":"v"}}}},"#,
        r#"{"Service":{"Verb":"set","Node":"n","Service":{"Service":"s","Tags":["t"],"Kind":"connect-proxy","#,
        r#""Proxy":{"DestinationServiceName":"x"},"Weights":{"Passing":3}}}},"#,
        r#"{"Check":{"Verb":"set","Check":{"Node":"n","Name":"c","Type":"http","Definition":{"HTTP":"http://x","#,
        r#""Interval":"10s","TimeoutDuration":5000000000,"Timeout":"7s"}}}}]"#
    );
    let body = concat!(
        r#"{"Results":[{"Node":{"ID":"","Node":"n","Address":"a","Datacenter":"dc1","TaggedAddresses":null,"#,
        r#""Meta":{"k":"v"},"CreateIndex":10,"ModifyIndex":10}},"#,
        r#"{"Service":{"ID":"s","Service":"s","Tags":["t"],"Address":"","Meta":null,"Port":0,"#,
        r#""Weights":{"Passing":3,"Warning":0},"EnableTagOverride":false,"Proxy":{"MeshGateway":{},"Expose":{}},"#,
        r#""Connect":{},"CreateIndex":10,"ModifyIndex":10}},"#,
        r#"{"Check":{"Node":"n","CheckID":"c","Name":"c","Status":"critical","Notes":"","Output":"","ServiceID":"","#,
        r#""ServiceName":"","ServiceTags":null,"Type":"","Definition":{"Interval":"10s","Timeout":"5s","#,
        r#""HTTP":"http://x"},"CreateIndex":10,"ModifyIndex":10}}],"Errors":null"#,
    );
    let answer = world.client().await.ask("PUT /v1/txn", set).await;
    assert_eq!(answer.brief(), (200, &*format!("{body}}}")));
    let get = concat!(
        r#"[{"Node":{"Verb":"get","Node":{"Node":"N"}}},{"Service":{"Verb":"get","Node":"n","Service":{"ID":"s"}}},"#,
        r#"{"Check":{"Verb":"get","Check":{"Node":"n","CheckID":"c"}}}]"#
    );
    assert_eq!(world.client().await.ask("PUT /v1/txn", get).await.brief(), (200, &*format!("{body}{READ}")));
}

#[tokio::test]
async fn bodies_that_are_no_transaction_are_refused_in_consuls_words() {
    let world = World::new().await;
    let many = format!("[{}{{}}]", "{},".repeat(64));
    let large = format!(r#"[{{"KV":{{"Verb":"set","Key":"a","Value":"{}"}}}}]"#, "A".repeat(524_288));
    let refused = [
        ("", 400, "Failed to parse body: EOF"),
        ("{}", 400, "Failed to parse body: json: cannot unmarshal object into Go value of type api.TxnOps"),
        ("[1]", 400, "Failed to parse body: json: cannot unmarshal number into Go value of type api.TxnOp"),
        (r#"[{"Session":{}}]"#, 400, "Failed to parse body: json: unknown field \"Session\""),
        (
            r#"[{"KV":{"Verb":5}}]"#,
            400,
            "Failed to parse body: json: cannot unmarshal number into Go struct field KVTxnOp.KV.Verb of type api.KVOp",
        ),
        (
            r#"[{"KV":{"Flags":-1}}]"#,
            400,
            "Failed to parse body: json: cannot unmarshal number -1 into Go struct field KVTxnOp.KV.Flags of type uint64",
        ),
        (r#"[{"KV":{"Value":"!!"}}]"#, 400, "Failed to parse body: illegal base64 data at input byte 0"),
        (
            r#"[{"Check":{"Check":{"Definition":{"Interval":true}}}}]"#,
            400,
            "Failed to parse body: strconv.ParseFloat: parsing \"true\": invalid syntax",
        ),
        (&many, 413, "Transaction contains too many operations (65 > 64)"),
        (
            &large,
            413,
            "Request body(524332 bytes) too large, max size: 524288 bytes. \
             See https://www.consul.io/docs/agent/options.html#txn_max_req_len.",
        ),
    ];
    for (body, status, text) in refused {
        let answer = world.client().await.ask("PUT /v1/txn", body).await;
        assert_eq!(answer.brief(), (status, text), "{}", &body[..body.len().min(80)]);
    }
    let read = r#"[{"KV":{"Verb":"get-tree","Key":"a"}}]"#;
    let conflict = "Cannot specify ?stale with ?consistent, conflicting semantics.";
    let mut client = world.client().await;
    assert_eq!(client.ask("PUT /v1/txn?stale&consistent", read).await.brief(), (400, conflict));
    let write = r#"[{"KV":{"Verb":"set","Key":"a"}}]"#;
    assert_eq!(client.ask("PUT /v1/txn?stale&consistent", write).await.status, 200);
    assert_eq!(client.ask("PUT /v1/txn?dc=zz", write).await.brief(), (500, "No path to datacenter"));
}

#[tokio::test]
async fn a_value_over_the_limit_of_values_is_refused_also_where_the_transaction_is_not() {
    let config = proconsul_http::HttpConfig { kv_value_bytes_max: 2, ..Default::default() };
    let world = World::with(config).await;
    let body = r#"[{"KV":{"Verb":"set","Key":"a","Value":"QUFB"}}]"#;
    let answer = world.client().await.ask("PUT /v1/txn", body).await;
    assert_eq!(answer.brief(), (413, "Value for key \"a\" is too large (3 > 2 bytes)"));
}
