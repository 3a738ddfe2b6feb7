//! What the agent says about itself and the cluster.

use crate::world::World;

const MEMBER: &str = concat!(
    r#"{"Name":"one","Addr":"192.0.2.1","Port":8301,"Tags":{"role":"consul"},"Status":1,"#,
    r#""ProtocolMin":1,"ProtocolMax":5,"ProtocolCur":2,"DelegateMin":2,"DelegateMax":5,"DelegateCur":4}"#,
);

#[tokio::test]
async fn the_agent_and_the_cluster_are_told_in_consuls_forms() {
    let world = World::new().await;
    let members = format!("[{MEMBER}]");
    let this = format!(
        concat!(
            r#"{{"Config":{{"Datacenter":"dc1","NodeName":"one","NodeID":"the-id","Revision":"","Server":true,"Version":"1.8.7"}},"#,
            r#""DebugConfig":{{}},"Coord":null,"Member":{},"Stats":{{}},"Meta":{{}}}}"#,
        ),
        MEMBER
    );
    let raft = concat!(
        r#"{"Servers":[{"ID":"the-id","Node":"one","Address":"192.0.2.1:8300","Leader":true,"ProtocolVersion":"3","Voter":true}],"#,
        r#""Index":0}"#,
    );
    let answers = [
        ("/v1/status/leader", r#""192.0.2.1:8300""#),
        ("/v1/status/peers", r#"["192.0.2.1:8300","192.0.2.2:8300"]"#),
        ("/v1/catalog/datacenters?dc=dc9", r#"["dc1","dc2"]"#),
        ("/v1/agent/members?dc=dc9", &members),
        ("/v1/agent/members?segment=_all", &members),
        ("/v1/agent/members?wan=1", "[]"),
        ("/v1/agent/self", &this),
        ("/v1/operator/raft/configuration", raft),
    ];
    let mut client = world.client().await;
    for (target, body) in answers {
        let answer = client.ask(&format!("GET {target}"), "").await;
        assert_eq!(answer.brief(), (200, body), "{target}");
        assert_eq!(answer.header("Content-Type"), Some("application/json"));
        assert_eq!(answer.header("X-Consul-Index"), None);
    }
    let pretty = client.ask("GET /v1/status/peers?pretty", "").await;
    assert_eq!(pretty.body, "[\n    \"192.0.2.1:8300\",\n    \"192.0.2.2:8300\"\n]\n");
}

#[tokio::test]
async fn leaving_is_answered_before_the_door_closes() {
    let world = World::new().await;
    let mut client = world.client().await;
    let answer = client.ask("PUT /v1/agent/leave", "").await;
    assert_eq!(answer.brief(), (200, ""));
    world.served.await.unwrap();
    assert!(client.has_ended().await);
}

#[tokio::test]
async fn metrics_are_told_as_an_interval_and_as_text_only_where_that_is_kept() {
    let world = World::new().await;
    let interval = concat!(
        r#"{"Timestamp":"2026-11-23 20:59:00 +0000 UTC","#,
        r#""Gauges":[{"Name":"consul.runtime.sys_bytes","Value":74793980,"Labels":{}}],"#,
        r#""Points":[],"Counters":[],"Samples":[]}"#,
    );
    assert_eq!(world.ask("GET /v1/agent/metrics").await.brief(), (200, interval));
    assert_eq!(world.ask("GET /v1/agent/metrics?format=xx").await.brief(), (200, interval));
    let off = (415, "Prometheus is not enabled since its retention time is not positive");
    assert_eq!(world.ask("GET /v1/agent/metrics?format=prometheus").await.brief(), off);
    assert_eq!(world.ask("PUT /v1/agent/metrics").await.brief(), (405, "method PUT not allowed"));
}

#[tokio::test]
async fn the_log_is_told_line_by_line_at_the_level_that_is_asked_for() {
    let world = World::new().await;
    for (target, told) in [
        ("/v1/agent/monitor", "level: INFO\njson: false\n"),
        ("/v1/agent/monitor?loglevel=debug&logjson=false", "level: DEBUG\njson: true\n"),
        ("/v1/agent/monitor?loglevel=Err", "level: ERROR\njson: false\n"),
    ] {
        let answer = world.ask(&format!("GET {target}")).await;
        assert_eq!(answer.brief(), (200, told), "{target}");
        assert_eq!(answer.header("Transfer-Encoding"), Some("chunked"));
        assert_eq!(answer.header("Content-Type"), None);
    }
    let wrong = (400, "Bad request: Unknown log level: foo");
    assert_eq!(world.ask("GET /v1/agent/monitor?loglevel=foo").await.brief(), wrong);
}

#[tokio::test]
async fn intervals_of_metrics_are_told_as_they_end() {
    let world = World::new().await;
    let interval = world.ask("GET /v1/agent/metrics").await.body + "\n";
    assert_eq!(world.ask("GET /v1/agent/metrics/stream").await.brief(), (200, &*interval));
}

#[tokio::test]
async fn a_configuration_with_a_mistake_is_not_followed_and_told() {
    let world = World::new().await;
    let wrong = (500, "failed to parse /a.json: unexpected end");
    assert_eq!(world.ask("PUT /v1/agent/reload").await.brief(), wrong);
    assert_eq!(world.ask("GET /v1/agent/reload").await.brief(), (405, "method GET not allowed"));
}

#[tokio::test]
async fn the_machine_is_told_under_the_names_that_consul_shows() {
    let answer = World::new().await.ask("GET /v1/agent/host").await;
    for part in [
        r#"{"Memory":{"total":0,"available":0,"used":0,"usedPercent":0,"free":0,"#,
        r#""hugepagesize":0},"CPU":[],"Host":{"hostname":"","uptime":0,"bootTime":0,"#,
        r#""hostid":""},"Disk":{"path":"","fstype":"","total":0,"#,
        r#""inodesUsedPercent":0},"CollectionTime":0,"Errors":null}"#,
    ] {
        assert!(answer.body.contains(part), "{part} in {}", answer.body);
    }
}
