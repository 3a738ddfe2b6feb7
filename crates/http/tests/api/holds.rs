//! Services and checks of the agent itself: registered, shown, told how they are, let go.

use tokio::join;

use crate::world::World;

const WEB: &str = concat!(
    r#"{"ID":"web","Service":"web","Tags":["a"],"Meta":{},"Port":80,"Address":"10.0.0.1","#,
    r#""TaggedAddresses":{"lan_ipv4":{"Address":"10.0.0.1","Port":80},"wan_ipv4":{"Address":"10.0.0.1","Port":80}},"#,
    r#""Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false}"#,
);

const REGISTRATION: &str = r#"{"name":"web","tags":["a"],"port":80,"address":"10.0.0.1","check":{"ttl":"10s"}}"#;

/// A check of the service above as the agent shows it.
fn check(status: &str, output: &str) -> String {
    format!(
        concat!(
            r#"{{"Node":"one","CheckID":"service:web","Name":"Service 'web' check","Status":"{}","Notes":"","Output":"{}","#,
            r#""ServiceID":"web","ServiceName":"web","ServiceTags":["a"],"Type":"ttl","Definition":{{}},"CreateIndex":0,"ModifyIndex":0}}"#,
        ),
        status, output
    )
}

#[tokio::test]
async fn what_is_registered_is_shown_until_it_is_let_go() {
    let world = World::new().await;
    let mut client = world.client().await;
    assert_eq!(client.ask("GET /v1/agent/services", "").await.brief(), (200, "{}"));
    let registered = client.ask("PUT /v1/agent/service/register", REGISTRATION).await;
    assert_eq!((registered.brief(), registered.header("Content-Type")), ((200, ""), None));
    let services = format!(r#"{{"web":{WEB}}}"#);
    assert_eq!(client.ask("GET /v1/agent/services", "").await.brief(), (200, &*services));
    assert_eq!(client.ask("GET /v1/agent/services?filter=Port==81", "").await.brief(), (200, "{}"));
    let checks = format!(r#"{{"service:web":{}}}"#, check("critical", ""));
    assert_eq!(client.ask("GET /v1/agent/checks", "").await.brief(), (200, &*checks));
    assert_eq!(client.ask("PUT /v1/agent/check/warn/service:web?note=hm", "").await.brief(), (200, ""));
    let checks = format!(r#"{{"service:web":{}}}"#, check("warning", "hm"));
    assert_eq!(client.ask("GET /v1/agent/checks?filter=Status==warning", "").await.brief(), (200, &*checks));
    assert_eq!(client.ask("PUT /v1/agent/service/deregister/web", "").await.brief(), (200, ""));
    assert_eq!(client.ask("GET /v1/agent/checks", "").await.brief(), (200, "{}"));
}

#[tokio::test]
async fn a_service_that_changes_is_told_to_who_waits_with_its_hash() {
    let world = World::new().await;
    let (mut client, mut waiting) = join!(world.client(), world.client());
    client.ask("PUT /v1/agent/service/register", REGISTRATION).await;
    let first = client.ask("GET /v1/agent/service/web", "").await;
    let hash = first.header("X-Consul-Contenthash").unwrap();
    let with_hash = WEB.replace("false}", &format!(r#"false,"ContentHash":"{hash}"}}"#));
    assert_eq!(first.brief(), (200, &*with_hash));
    let target = format!("GET /v1/agent/service/web?hash={hash}&wait=10m");
    let change = client.ask("PUT /v1/agent/service/register", r#"{"Name":"web","Port":81}"#);
    let (told, _) = join!(waiting.ask(&target, ""), change);
    assert_ne!(told.header("X-Consul-Contenthash"), Some(hash));
    assert!(told.body.contains(r#""Port":81,"Address":"","#), "{}", told.body);
    let gone = client.ask("GET /v1/agent/service/none", "").await;
    assert_eq!(gone.brief(), (404, "unknown service ID: none"));
}

#[tokio::test]
async fn health_is_told_by_the_status_and_the_worst_one_counts() {
    let world = World::new().await;
    let mut client = world.client().await;
    client
        .ask("PUT /v1/agent/service/register", r#"{"ID":"one","Name":"web","Check":{"CheckID":"c","TTL":"9s"}}"#)
        .await;
    client.ask("PUT /v1/agent/service/register", r#"{"ID":"two","Name":"web"}"#).await;
    for (told, status, word) in [("pass", 200, "passing"), ("warn", 429, "warning"), ("fail", 503, "critical")] {
        client.ask(&format!("PUT /v1/agent/check/{told}/c"), "").await;
        let all = client.ask("GET /v1/agent/health/service/name/web?format=text", "").await;
        assert_eq!(all.brief(), (status, word));
        assert_eq!((all.header("Content-Type"), all.header("X-Consul-Reason")), (Some("text/plain"), Some(word)));
        let one = client.ask("GET /v1/agent/health/service/id/one", "").await;
        assert_eq!(one.status, status);
        assert!(
            one.body.starts_with(&format!(r#"{{"AggregatedStatus":"{word}","Service":{{"ID":"one","#)),
            "{}",
            one.body
        );
        assert_eq!(client.ask("GET /v1/agent/health/service/id/two", "").await.status, 200);
    }
    client.ask("PUT /v1/agent/maintenance?enable=true", "").await;
    let two = client.ask("GET /v1/agent/health/service/id/two?format=text", "").await;
    assert_eq!(two.brief(), (503, "maintenance"));
}

#[tokio::test]
async fn who_asks_for_the_health_of_nobody_is_told_so() {
    let world = World::new().await;
    let mut client = world.client().await;
    let answers = [
        ("id/none", 404, r#"{"AggregatedStatus":"critical","Service":null,"Checks":null}"#),
        ("id/none?format=text", 404, r#""ServiceId none not found""#),
        ("name/none", 404, "[]"),
        ("name/none?format=text", 404, "ServiceName none Not Found"),
        ("id/", 500, "Bad request: Missing serviceID"),
        ("name/", 500, "Bad request: Missing service Name"),
    ];
    for (target, status, body) in answers {
        let answer = client.ask(&format!("GET /v1/agent/health/service/{target}"), "").await;
        assert_eq!(answer.brief(), (status, body), "{target}");
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_consuls_words() {
    let world = World::new().await;
    let mut client = world.client().await;
    client.ask("PUT /v1/agent/service/register", REGISTRATION).await;
    let answers = [
        ("service/register", "{}", 400, "Missing service name"),
        ("service/register", r#"{"Name":"a","Foo":1}"#, 400, r#"Request decode failed: json: unknown field "Foo""#),
        ("service/register", r#"{"Namespace":"a"}"#, 400, r#"Request decode failed: json: unknown field "Namespace""#),
        ("service/register", r#"{"Name":"a","Address":"0.0.0.0"}"#, 400, "Invalid service address"),
        (
            "service/register",
            r#"{"Name":"a","Connect":{"SidecarService":{"Check":{"HTTP":"x"}}}}"#,
            500,
            "Bad request: Invalid check in sidecar_service: Interval must be > 0 for Script, HTTP, or TCP checks",
        ),
        (
            "service/register?ns=a",
            "",
            400,
            "Bad request: Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature",
        ),
        ("check/register", r#"{"TTL":"1s"}"#, 400, "Missing check name"),
        ("check/register", r#"{"Name":"a","TTL":"1s","ServiceID":"b"}"#, 500, r#"ServiceID "b" does not exist"#),
        ("check/update/service:web", r#"{"Status":"so"}"#, 400, "Invalid check status: 'so'"),
        ("check/pass/none", "", 500, r#"CheckID "none" does not have associated TTL"#),
        ("check/deregister/", "", 500, "CheckID missing"),
        ("service/maintenance/web", "", 400, "Missing value for enable"),
        ("service/maintenance/?enable=1", "", 400, "Missing service ID"),
        ("service/maintenance/none?enable=1", "", 404, r#"No service registered with ID "none""#),
        ("maintenance?enable=so", "", 400, r#"Invalid value for enable: "so""#),
        ("force-leave/none", "", 500, "agent: No node found with name 'none'"),
        ("join/none?wan=1", "", 500, "this agent is in no wide-area pool, so it can join nobody there"),
    ];
    for (target, body, status, told) in answers {
        let answer = client.ask(&format!("PUT /v1/agent/{target}"), body).await;
        assert_eq!(answer.brief(), (status, told), "{target} {body}");
    }
    let authorize = client.ask("POST /v1/agent/connect/authorize", "{}").await;
    assert_eq!(authorize.brief(), (500, "Connect must be enabled in order to use this endpoint"));
}

#[tokio::test]
async fn a_filter_that_does_not_fit_checks_is_told_only_where_there_are_some() {
    let world = World::new().await;
    let mut client = world.client().await;
    let failed = "Failed to create boolean expression evaluator: ";
    let of_services = client.ask("GET /v1/agent/services?filter=Foo==1", "").await;
    assert_eq!(of_services.brief(), (500, &*format!("{failed}Selector \"Foo\" is not valid")));
    assert_eq!(client.ask("GET /v1/agent/checks?filter=Foo==1", "").await.brief(), (200, "{}"));
    assert!(client.ask("GET /v1/agent/checks?filter=(", "").await.body.starts_with(failed));
    client.ask("PUT /v1/agent/service/register", REGISTRATION).await;
    let of_checks = client.ask("GET /v1/agent/checks?filter=Foo==1", "").await;
    assert_eq!(of_checks.brief(), (500, "Selector \"Foo\" is not valid"));
}

#[tokio::test]
async fn the_version_is_that_of_consul() {
    let world = World::new().await;
    let version = world.ask("GET /v1/agent/version").await;
    assert_eq!(version.brief(), (200, r#"{"SHA":"","BuildDate":"1970-01-01T00:00:01Z","HumanVersion":"1.8.7"}"#));
}
