//! Nodes and services: what is taken, what is refused, and how it is shown.

use crate::world::World;

const NODE: &str = r#"{"Node":"n","Address":"10.0.0.1","Service":{"Service":"web","Tags":["b","A"]}}"#;

async fn get(world: &World, path: &str) -> String {
    world.ask(&format!("GET /v1/{path}")).await.body
}

async fn register(world: &World, body: &str) {
    assert_eq!(world.put("/v1/catalog/register", body).await, "true", "{body}");
}

#[tokio::test]
async fn a_registration_is_shown_in_consuls_forms() {
    let world = World::new().await;
    register(&world, NODE).await;
    let node = r#"{"ID":"","Node":"n","Address":"10.0.0.1","Datacenter":"dc1","TaggedAddresses":null,"Meta":null,"CreateIndex":10,"ModifyIndex":10}"#;
    let service = concat!(
        r#"{"ID":"web","Service":"web","Tags":["b","A"],"Address":"","Meta":null,"Port":0,"Weights":{"Passing":1,"Warning":1},"#,
        r#""EnableTagOverride":false,"Proxy":{"MeshGateway":{},"Expose":{}},"Connect":{},"CreateIndex":10,"ModifyIndex":10}"#,
    );
    let flat = concat!(
        r#"[{"ID":"","Node":"n","Address":"10.0.0.1","Datacenter":"dc1","TaggedAddresses":null,"NodeMeta":null,"ServiceKind":"","#,
        r#""ServiceID":"web","ServiceName":"web","ServiceTags":["b","A"],"ServiceAddress":"","#,
        r#""ServiceWeights":{"Passing":1,"Warning":1},"ServiceMeta":{},"ServicePort":0,"ServiceEnableTagOverride":false,"#,
        r#""ServiceProxy":{"MeshGateway":{},"Expose":{}},"ServiceConnect":{},"CreateIndex":10,"ModifyIndex":10}]"#,
    );
    assert_eq!(get(&world, "catalog/nodes").await, format!("[{node}]"));
    assert_eq!(get(&world, "catalog/services").await, r#"{"web":["A","b"]}"#);
    assert_eq!(get(&world, "catalog/service/WEB?tag=a&tag=B").await, flat);
    assert_eq!(get(&world, "catalog/service/web?tag=c").await, "[]");
    let by_id = format!(r#"{{"Node":{node},"Services":{{"web":{service}}}}}"#);
    assert_eq!(get(&world, "catalog/node/N").await, by_id);
    let list = format!(r#"{{"Node":{node},"Services":[{service}]}}"#);
    assert_eq!(get(&world, "catalog/node-services/n").await, list);
    assert_eq!(get(&world, "catalog/node/other").await, "null");
    assert_eq!(get(&world, "catalog/node-services/other").await, r#"{"Node":null,"Services":null}"#);
}

#[tokio::test]
async fn a_proxy_is_shown_with_all_that_is_filled_and_found_under_its_destination() {
    let world = World::new().await;
    let proxy = concat!(
        r#"{"DestinationServiceName":"web","LocalServicePort":8,"Config":{"a":1,"b":[1.5]},"Upstreams":[{"DestinationType":"","#,
        r#""DestinationName":"db","Datacenter":"","LocalBindPort":9,"Config":null,"MeshGateway":{}}],"#,
        r#""MeshGateway":{"Mode":"local"},"Expose":{"Checks":true,"Paths":[{"ListenerPort":1,"Path":"/x","#,
        r#""LocalPathPort":3,"Protocol":"http","ParsedFromCheck":false}]}}"#,
    );
    let service = format!(
        r#"{{"Kind":"connect-proxy","Service":"px","Port":1,"TaggedAddresses":{{"lan":{{"Address":"h","Port":2}}}},"Proxy":{proxy}}}"#
    );
    register(&world, &format!(r#"{{"Node":"n","Address":"10.0.0.1","Service":{service}}}"#)).await;
    let shown = get(&world, "catalog/connect/web").await;
    for part in [
        &*format!(r#""ServiceProxy":{proxy}"#),
        r#""ServiceKind":"connect-proxy""#,
        r#""ServiceTaggedAddresses":{"lan":{"Address":"h","Port":2}},"ServiceWeights""#,
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert_eq!(get(&world, "catalog/connect/px").await, "[]");
}

#[tokio::test]
async fn what_cannot_be_registered_is_refused_in_consuls_words() {
    let world = World::new().await;
    let with = |part: &str| format!(r#"{{"Node":"n","Address":"10.0.0.1",{part}}}"#);
    let refused = [
        ("{}".to_owned(), 500, "Must provide node"),
        (r#"{"Node":"n"}"#.to_owned(), 500, "Must provide address if SkipNodeUpdate is not set"),
        (with(r#""ID":"x""#), 500, "Bad node ID: uuid string is wrong length"),
        (with(r#""Datacenter":"dc9""#), 500, "No path to datacenter"),
        (with(r#""Service":{"ID":"x"}"#), 500, "Must provide service name with ID"),
        (with(r#""Service":{"Service":"s","Address":"[::]"}"#), 500, "Invalid service address"),
        (
            with(r#""Service":{"Service":"s","Kind":"mesh-gateway"}"#),
            500,
            "1 error occurred:\n\t* Port must be non-zero for a mesh-gateway\n\n",
        ),
        (with(r#""Check":{"CheckID":"c","Node":"N"}"#), 500, r#"check node "N" does not match node "n""#),
        (
            with(r#""Check":{"CheckID":"c","ServiceID":"s"}"#),
            500,
            r#"failed inserting check: Missing service registration on node "n""#,
        ),
        (
            with(r#""Service":{"Service":"s","Meta":{"a b":"x"}}"#),
            500,
            "failed inserting service: Invalid Service Meta for node n and serviceID s: Couldn't load metadata pair ('a b', 'x'): Key contains invalid characters",
        ),
        (with(r#""Foo":1"#), 400, r#"Request decode failed: json: unknown field "Foo""#),
        (
            with(r#""Service":{"Namespace":"x"}"#),
            400,
            r#"Request decode failed: json: unknown field "Namespace" - Namespaces are a Consul Enterprise feature"#,
        ),
        (
            with(r#""Checks":{}"#),
            400,
            "Request decode failed: json: cannot unmarshal object into Go struct field RegisterRequest.Checks of type structs.HealthChecks",
        ),
        (
            with(r#""Service":{"Proxy":{"Upstreams":"x"}}"#),
            400,
            "Request decode failed: json: cannot unmarshal string into Go struct field NodeService.Service.Proxy of type structs.Upstreams",
        ),
    ];
    for (body, status, text) in refused {
        let answer = world.client().await.ask("PUT /v1/catalog/register", &body).await;
        assert_eq!(answer.brief(), (status, text), "{body}");
    }
    assert_eq!(get(&world, "catalog/nodes").await, "[]", "nothing of it was kept");
}

#[tokio::test]
async fn what_is_deregistered_is_gone_with_all_that_is_on_it() {
    let world = World::new().await;
    register(&world, NODE).await;
    register(&world, r#"{"Node":"n","SkipNodeUpdate":true,"Check":{"Name":"c","ServiceID":"web"}}"#).await;
    let deregister = async |body: &str| world.put("/v1/catalog/deregister", body).await;
    assert_eq!(deregister("{}").await, "Must provide node");
    assert_eq!(deregister(r#"{"Node":"other","ServiceID":"x"}"#).await, "true");
    assert_eq!(deregister(r#"{"Node":"N","ServiceID":"WEB","CheckID":"c"}"#).await, "true");
    assert_eq!(get(&world, "catalog/services").await, "{}");
    assert_eq!(get(&world, "health/node/n").await, "[]");
    assert_eq!(deregister(r#"{"Node":"n"}"#).await, "true");
    assert_eq!(get(&world, "catalog/nodes").await, "[]");
}

#[tokio::test]
async fn lists_are_cut_down_by_metadata_and_filters() {
    let world = World::new().await;
    register(&world, r#"{"Node":"a","Address":"10.0.0.1","NodeMeta":{"r":"1"},"Service":{"Service":"web","Port":1}}"#)
        .await;
    register(&world, r#"{"Node":"b","Address":"10.0.0.2","NodeMeta":{"r":"2"},"Service":{"Service":"web","Port":2}}"#)
        .await;
    let nodes = async |path: &str| {
        let body = get(&world, path).await;
        ["\"a\"", "\"b\""].map(|name| body.contains(&format!(r#""Node":{name}"#)))
    };
    assert_eq!(nodes("catalog/nodes?node-meta=r:1").await, [true, false]);
    assert_eq!(nodes("catalog/nodes?node-meta=r:1&node-meta=r:2").await, [false, false]);
    assert_eq!(nodes("catalog/nodes?filter=Meta.r==2").await, [false, true]);
    assert_eq!(nodes("catalog/service/web?node-meta=r:2").await, [false, true]);
    assert_eq!(nodes("catalog/service/web?filter=ServicePort==1").await, [true, false]);
    assert_eq!(nodes("catalog/service/web").await, [true, true]);
    assert_eq!(get(&world, "catalog/services?node-meta=r:3").await, "{}");
    assert!(get(&world, "catalog/node/a?filter=Port==2").await.ends_with(r#""Services":{}}"#));
    let answer = world.ask("GET /v1/catalog/nodes?filter=bogus==1").await;
    let text = r#"Failed to create boolean expression evaluator: Selector "bogus" is not valid"#;
    assert_eq!((answer.brief(), answer.header("X-Consul-Index")), ((500, text), Some("1")));
}

#[tokio::test]
async fn a_read_tells_how_fresh_it_was_asked_to_be() {
    let world = World::new().await;
    register(&world, NODE).await;
    for (query, mode) in [("", "leader"), ("?stale", "stale"), ("?consistent", "consistent")] {
        for path in ["catalog/nodes", "catalog/services", "catalog/service/web", "catalog/node/n", "health/service/web"]
        {
            let answer = world.ask(&format!("GET /v1/{path}{query}")).await;
            assert_eq!(answer.header("X-Consul-Effective-Consistency"), Some(mode), "{path}{query}");
            assert_eq!(answer.header("X-Consul-Index"), Some("10"), "{path}{query}");
        }
    }
    let names = ["service", "connect"].map(|path| (format!("catalog/{path}/"), "Missing service name"));
    for (path, text) in names.into_iter().chain([("catalog/node/".to_owned(), "Missing node name")]) {
        assert_eq!(world.ask(&format!("GET /v1/{path}")).await.brief(), (400, text));
    }
}
