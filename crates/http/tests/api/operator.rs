//! What operators ask, and what is told of what is off.

use crate::world::World;

#[tokio::test]
async fn autopilot_has_consuls_settings_until_an_operator_says_otherwise() {
    let world = World::new().await;
    let path = "/v1/operator/autopilot/configuration";
    let shown = async || world.ask(&format!("GET {path}")).await.body;
    let initial = concat!(
        r#"{"CleanupDeadServers":true,"LastContactThreshold":"200ms","MaxTrailingLogs":250,"MinQuorum":0,"#,
        r#""ServerStabilizationTime":"10s","RedundancyZoneTag":"","DisableUpgradeMigration":false,"#,
        r#""UpgradeVersionTag":"","CreateIndex":0,"ModifyIndex":0}"#,
    );
    assert_eq!(shown().await, initial);
    assert_eq!(
        world.put(path, r#"{"LastContactThreshold":"-5s","ServerStabilizationTime":90000000000}"#).await,
        "true"
    );
    let changed = concat!(
        r#"{"CleanupDeadServers":false,"LastContactThreshold":"-5s","MaxTrailingLogs":0,"MinQuorum":0,"#,
        r#""ServerStabilizationTime":"1m30s","RedundancyZoneTag":"","DisableUpgradeMigration":false,"#,
        r#""UpgradeVersionTag":"","CreateIndex":10,"ModifyIndex":10}"#,
    );
    assert_eq!(shown().await, changed);
    for (cas, held) in [("0", "false"), ("9", "false"), ("10", "true"), ("10", "false")] {
        assert_eq!(world.put(&format!("{path}?cas={cas}"), "{}").await, held, "{cas}");
    }
    let refused = [
        ("?cas=x", "{}", "Error parsing cas value: strconv.ParseUint: parsing \"x\": invalid syntax"),
        ("", r#"{"Foo":1}"#, "Error parsing autopilot config: json: unknown field \"Foo\""),
        ("", "", "Error parsing autopilot config: EOF"),
    ];
    for (query, body, text) in refused {
        assert_eq!(world.put(&format!("{path}{query}"), body).await, format!("Bad request: {text}"));
    }
}

#[tokio::test]
async fn a_peer_to_remove_is_named_in_one_way() {
    let world = World::new().await;
    let texts = [
        ("", "Must specify either ?id with the server's ID or ?address with IP:port of peer to remove"),
        ("?id=a&address=b", "Must specify only one of ?id or ?address"),
    ];
    for (query, text) in texts {
        let answer = world.ask(&format!("DELETE /v1/operator/raft/peer{query}")).await;
        assert_eq!(answer.brief(), (400, &*format!("Bad request: {text}")));
    }
}

#[tokio::test]
async fn what_is_off_says_so() {
    let world = World::new().await;
    for path in
        ["PUT /v1/acl/bootstrap", "GET /v1/acl/token/x", "POST /v1/internal/acl/authorize", "PUT /v1/agent/token/x"]
    {
        assert_eq!(world.ask(path).await.brief(), (401, "ACL support disabled"), "{path}");
    }
    let wrong = world.ask("POST /v1/acl/bootstrap").await;
    assert_eq!((wrong.status, wrong.header("Allow")), (405, Some("OPTIONS,PUT")));
    let keyring = concat!(
        "4 errors occurred:\n\t* WAN error: 1/1 nodes reported failure\n",
        "\t* one.dc1: Keyring is empty (encryption not enabled)\n",
        "\t* dc1 (LAN) error: 1/1 nodes reported failure\n",
        "\t* one: Keyring is empty (encryption not enabled)\n\n",
    );
    assert_eq!(world.ask("GET /v1/operator/keyring").await.brief(), (500, keyring));
    let refused = [
        ("relay-factor=9", "Invalid relay-factor: Relay factor must be in range: [0, 5]"),
        ("relay-factor=x", "Error parsing relay factor: strconv.Atoi: parsing \"x\": invalid syntax"),
        ("local-only=x", "Error parsing local-only: strconv.ParseBool: parsing \"x\": invalid syntax"),
    ];
    for (query, text) in refused {
        let answer = world.ask(&format!("GET /v1/operator/keyring?{query}")).await;
        assert_eq!(answer.brief(), (400, &*format!("Bad request: {text}")));
    }
}
