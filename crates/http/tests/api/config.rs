//! Config entries and discovery chains: written, read, refused.

use crate::world::World;

const WEB: &str = r#"{"Kind":"service-defaults","Name":"web","Protocol":"http"}"#;

#[tokio::test]
async fn an_entry_reads_back_in_its_normal_form() {
    let world = World::new().await;
    let snake = r#"{"kind":"service-defaults","name":"web","protocol":"HTTP","mesh_gateway":{"mode":"local"}} behind"#;
    assert_eq!(world.put("/v1/config", snake).await, "true");
    let shown = concat!(
        r#"{"Kind":"service-defaults","Name":"web","Protocol":"http","MeshGateway":{"Mode":"local"},"Expose":{},"#,
        r#""CreateIndex":10,"ModifyIndex":10}"#,
    );
    let one = world.ask("GET /v1/config/service-defaults/WEB").await;
    assert_eq!((one.brief(), one.header("X-Consul-Index")), ((200, shown), Some("10")));
    for list in ["service-defaults", ""] {
        let list = world.ask(&format!("GET /v1/config/{list}")).await;
        assert_eq!(list.brief(), (200, &*format!("[{shown}]")));
    }
    assert_eq!(world.ask("GET /v1/config/service-router").await.brief(), (200, "[]"));
}

#[tokio::test]
async fn what_is_not_there_is_told_with_the_headers_of_a_read() {
    let world = World::new().await;
    let answer = world.ask("GET /v1/config/service-defaults/none").await;
    assert_eq!(answer.brief(), (404, r#"Config entry not found for "service-defaults" / "none""#));
    assert_eq!(answer.header("X-Consul-Index"), Some("1"));
    assert_eq!(world.ask("GET /v1/config/zz/none").await.brief(), (500, "invalid config entry kind: zz"));
    assert_eq!(world.ask("DELETE /v1/config/zz/none").await.brief(), (400, "invalid config entry kind: zz"));
    let whole = (404, "Must provide both a kind and name to delete");
    assert_eq!(world.ask("DELETE /v1/config/service-defaults").await.brief(), whole);
}

#[tokio::test]
async fn conditions_are_answered_with_whether_they_held() {
    let world = World::new().await;
    for (cas, body) in [("?cas=5", "false"), ("?cas=0", "true"), ("?cas=0", "false"), ("?cas=11", "true")] {
        assert_eq!(world.put(&format!("/v1/config{cas}"), WEB).await, body, "{cas}");
    }
    let number = r#"strconv.ParseUint: parsing "x": invalid syntax"#;
    assert_eq!(world.put("/v1/config?cas=x", WEB).await, number);
    assert_eq!(world.ask("DELETE /v1/config/service-defaults/web?cas=3").await.body, "false");
    assert_eq!(world.ask("DELETE /v1/config/service-defaults/web?cas=11").await.body, "true");
    assert_eq!(world.ask("DELETE /v1/config/service-defaults/web").await.brief(), (200, "{}"));
}

#[tokio::test]
async fn bodies_that_are_no_entries_are_refused() {
    let world = World::new().await;
    let mut client = world.client().await;
    let refused = [
        ("", "EOF"),
        ("{", "unexpected EOF"),
        ("[]", "'' expected a map, got 'slice'"),
        ("null", "Payload does not contain a kind/Kind key at the top level"),
        (r#"{"Kind":5}"#, "Kind value in payload is not a string"),
        (r#"{"Kind":"zz"}"#, "invalid config entry kind: zz"),
        (r#"{"Kind":"mesh","Zz":1}"#, "1 error occurred:\n\t* invalid config key \"Zz\"\n\n"),
        (
            r#"{"Kind":"proxy-defaults","Config":{"a":1e400}}"#,
            "json: cannot unmarshal number 1e400 into Go value of type float64",
        ),
    ];
    for (body, text) in refused {
        let answer = client.ask("PUT /v1/config", body).await;
        assert_eq!(answer.brief(), (400, &*format!("Bad request: Request decoding failed: {text}")), "{body}");
    }
    let answer = client.ask("PUT /v1/config", r#"{"Kind":"service-splitter","Name":"a","Splits":[]}"#).await;
    assert_eq!(answer.brief(), (500, "no splits configured"));
    let tcp =
        r#"discovery chain "a" uses a protocol "tcp" that does not permit advanced routing or splitting behavior"#;
    let answer = client.ask("PUT /v1/config", r#"{"Kind":"service-router","Name":"a"}"#).await;
    assert_eq!(answer.brief(), (500, tcp));
}

#[tokio::test]
async fn a_chain_is_compiled_as_its_caller_wants_it() {
    let world = World::new().await;
    let resolver = r#"{"Kind":"service-resolver","Name":"web","Redirect":{"Datacenter":"dc2"}}"#;
    assert_eq!(world.put("/v1/config", resolver).await, "true");
    let chain = world.ask("GET /v1/discovery-chain/web").await;
    assert_eq!(chain.header("X-Consul-Effective-Consistency"), Some("leader"));
    let sni = "web.default.dc2.internal.00000000-0000-0000-0000-000000000000.consul";
    let body = format!(
        concat!(
            r#"{{"Chain":{{"ServiceName":"web","Namespace":"default","Datacenter":"dc1","Protocol":"tcp","StartNode":"resolver:web.default.dc2","#,
            r#""Nodes":{{"resolver:web.default.dc2":{{"Type":"resolver","Name":"web.default.dc2","Resolver":{{"ConnectTimeout":"5s","Target":"web.default.dc2"}}}}}},"#,
            r#""Targets":{{"web.default.dc2":{{"ID":"web.default.dc2","Service":"web","Namespace":"default","Datacenter":"dc2","MeshGateway":{{}},"Subset":{{}},"SNI":"{0}","Name":"{0}"}}}}}}}}"#,
        ),
        sni
    );
    assert_eq!(chain.brief(), (200, &*body));

    let mut client = world.client().await;
    let wishes = r#"{"OverrideConnectTimeout":"9s","override_mesh_gateway":{"mode":"remote"},"Unknown":1}"#;
    let chain = client.ask("POST /v1/discovery-chain/web?compile-dc=dc3", wishes).await;
    for part in
        [r#""CustomizationHash":""#, r#""ConnectTimeout":"9s""#, r#"{"Mode":"remote"}"#, r#""Datacenter":"dc3""#]
    {
        assert!(chain.body.contains(part), "{part}: {}", chain.body);
    }
    let refused = [
        (r#"{"OverrideMeshGateway":{"Mode":"zz"}}"#, "Invalid OverrideMeshGateway.Mode parameter"),
        (
            "[]",
            "Bad request: Request decoding failed: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            r#"{"OverrideConnectTimeout":"zz"}"#,
            "Bad request: Request decoding failed: 1 error(s) decoding:\n\n* error decoding 'OverrideConnectTimeout': time: invalid duration \"zz\"",
        ),
    ];
    for (body, text) in refused {
        assert_eq!(client.ask("POST /v1/discovery-chain/web", body).await.brief(), (400, text));
    }
    assert_eq!(client.ask("GET /v1/discovery-chain/", "").await.brief(), (400, "Bad request: Missing chain name"));
}

#[tokio::test]
async fn services_behind_a_gateway_are_listed_and_none_is_null() {
    let world = World::new().await;
    let gateway = r#"{"Kind":"terminating-gateway","Name":"t","Services":[{"Name":"db","CAFile":"/ca"}]}"#;
    assert_eq!(world.put("/v1/config", gateway).await, "true");
    let listed = concat!(
        r#"[{"Gateway":{"Name":"t"},"Service":{"Name":"db"},"GatewayKind":"terminating-gateway","CAFile":"/ca","#,
        r#""CreateIndex":10,"ModifyIndex":10}]"#,
    );
    assert_eq!(world.ask("GET /v1/catalog/gateway-services/t").await.brief(), (200, listed));
    assert_eq!(world.ask("GET /v1/catalog/gateway-services/none").await.brief(), (200, "null"));
    assert_eq!(world.ask("GET /v1/catalog/gateway-services/").await.brief(), (400, "Missing gateway name"));
}
