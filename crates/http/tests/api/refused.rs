//! Every error text of the key/value API, with its status.

use crate::world::World;

const REFUSED: [(&str, u16, &str); 34] = [
    ("GET /v1/kv/", 400, "Missing key name"),
    ("PUT /v1/kv/", 400, "Missing key name"),
    ("DELETE /v1/kv/", 400, "Missing key name"),
    ("GET /v1/kv/a?index=x", 400, "Invalid index"),
    ("GET /v1/kv/a?ind%65x=x", 400, "Invalid index"),
    ("PUT /v1/kv/a?index=x", 400, "Invalid index"),
    ("GET /v1/kv/?keys&index=-1", 400, "Invalid index"),
    ("GET /v1/kv/a?wait=x", 400, "Invalid wait time"),
    ("GET /v1/kv/a?index=1&wait=10", 400, "Invalid wait time"),
    ("GET /v1/kv/a?max_stale=zz", 400, "Invalid max_stale value \"zz\""),
    ("GET /v1/kv/a?stale&consistent", 400, "Cannot specify ?stale with ?consistent, conflicting semantics."),
    ("GET /v1/kv/a?cached&consistent", 400, "Cannot specify ?cached with ?consistent, conflicting semantics."),
    ("GET /v1/status/leader?stale&consistent", 400, "Cannot specify ?stale with ?consistent, conflicting semantics."),
    ("GET /v1/kv/a?dc=dc9", 500, "No path to datacenter"),
    ("PUT /v1/kv/a?dc=dc9", 500, "No path to datacenter"),
    ("DELETE /v1/kv/a?dc=dc9", 500, "No path to datacenter"),
    ("GET /v1/status/leader?dc=dc9", 500, "No path to datacenter"),
    ("GET /v1/status/peers?dc=dc9", 500, "No path to datacenter"),
    ("GET /v1/operator/raft/configuration?dc=dc9", 500, "No path to datacenter"),
    ("GET /v1/agent/members?segment=x", 500, "Network segments are not supported in this version of Consul"),
    (
        "GET /v1/kv/a?ns=foo",
        400,
        "Bad request: Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature",
    ),
    ("PUT /v1/kv/a?flags=x", 500, "strconv.ParseUint: parsing \"x\": invalid syntax"),
    ("PUT /v1/kv/a?flags=", 500, "strconv.ParseUint: parsing \"\": invalid syntax"),
    ("PUT /v1/kv/a?flags=-1", 500, "strconv.ParseUint: parsing \"-1\": invalid syntax"),
    ("PUT /v1/kv/a?cas=%2b1", 500, "strconv.ParseUint: parsing \"+1\": invalid syntax"),
    (
        "PUT /v1/kv/a?flags=99999999999999999999",
        500,
        "strconv.ParseUint: parsing \"99999999999999999999\": value out of range",
    ),
    ("DELETE /v1/kv/a?cas=x", 500, "strconv.ParseUint: parsing \"x\": invalid syntax"),
    ("PUT /v1/kv/a?x=a%20b%2f~&cas=0&acquire=", 400, "Conflicting flags: acquire=&cas=0&x=a+b%2F~"),
    ("PUT /v1/kv/a?release=y&acquire=x", 400, "Conflicting flags: acquire=x&release=y"),
    ("DELETE /v1/kv/a?recurse&cas=1", 400, "Conflicting flags: cas=1&recurse="),
    ("PUT /v1/kv/a?acquire", 500, "missing session"),
    ("PUT /v1/kv/a?release=", 500, "missing session"),
    ("PUT /v1/kv/a?acquire=x", 500, "failed session lookup: index error: UUID must be 36 characters"),
    (
        "PUT /v1/kv/a?acquire=11111111-2222-3333-4444-555555555555",
        500,
        "invalid session \"11111111-2222-3333-4444-555555555555\"",
    ),
];

#[tokio::test]
async fn each_mistake_has_its_status_and_text() {
    let world = World::new().await;
    let mut client = world.client().await;
    for (what, status, text) in REFUSED {
        let answer = client.ask(what, "").await;
        assert_eq!(answer.brief(), (status, text), "{what}");
        assert_eq!(answer.header("Content-Type"), Some("text/plain; charset=utf-8"), "{what}");
        assert_eq!(answer.header("Vary"), Some("Accept-Encoding"), "{what}");
    }
}

#[tokio::test]
async fn a_broken_escape_in_the_query_is_an_error_without_a_word() {
    let world = World::new().await;
    let answer = world.ask("GET /v1/kv/a?x=%zz").await;
    assert_eq!(answer.head, "HTTP/1.1 500 Internal Server Error\nVary: Accept-Encoding\nContent-Length: 0\n");
}

#[tokio::test]
async fn what_consul_lets_pass_is_let_pass() {
    let world = World::new().await;
    world.put("/v1/kv/a", "1").await;
    let queries = [
        "cached",
        "leader",
        "leader&stale",
        "leader&consistent",
        "consistent",
        "stale",
        "stale&max_stale=1s",
        "dc=",
        "dc=dc1",
        "ns=",
        "ns=default",
        "index=1&wait=-1s",
        "index=1&index=x",
        "token=abc",
        "unknown=1",
        "index=",
        "filter=Key==x",
    ];
    for query in queries {
        assert_eq!(world.ask(&format!("GET /v1/kv/a?{query}")).await.status, 200, "{query}");
    }
}

#[tokio::test]
async fn without_a_leader_only_stale_reads_answer() {
    let world = World::new().await;
    world.put("/v1/kv/a", "1").await;
    world.lose_leader();
    for what in ["GET /v1/kv/a", "GET /v1/kv/a?consistent", "GET /v1/kv/a?stale&max_stale=1s", "DELETE /v1/kv/a"] {
        assert_eq!(world.ask(what).await.brief(), (500, "No cluster leader"), "{what}");
    }
    assert_eq!(world.put("/v1/kv/a", "2").await, "No cluster leader");
    let stale = world.ask("GET /v1/kv/a?stale&raw").await;
    assert_eq!(stale.brief(), (200, "1"));
    assert_eq!(stale.header("X-Consul-Knownleader"), Some("false"));
    assert_eq!(stale.header("X-Consul-Lastcontact"), Some("10582"));
    assert_eq!(world.ask("GET /v1/status/leader").await.brief(), (200, "\"\""));
    assert_eq!(world.ask("GET /v1/operator/raft/configuration").await.brief(), (500, "No cluster leader"));
    assert_eq!(world.ask("GET /v1/operator/raft/configuration?stale").await.status, 200);
}
