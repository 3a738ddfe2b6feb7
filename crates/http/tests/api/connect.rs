//! Intentions in the forms of Consul 1.8 and of 1.9, and certificates that nobody issues.

use crate::world::World;

async fn made(world: &World, body: &str) -> String {
    let answer = world.client().await.ask("POST /v1/connect/intentions", body).await;
    let id = answer.body.strip_prefix(r#"{"ID":""#).and_then(|rest| rest.strip_suffix(r#""}"#));
    id.unwrap_or_else(|| panic!("no id in {}", answer.body)).to_owned()
}

#[tokio::test]
async fn an_intention_is_made_changed_and_removed_by_its_id() {
    let world = World::new().await;
    let id = made(&world, r#"{"SourceName":"web","DestinationName":"db","Action":"allow"}"#).await;
    let one = world.ask(&format!("GET /v1/connect/intentions/{}", id.to_uppercase())).await;
    let head =
        format!(r#"{{"ID":"{id}","Description":"","SourceNS":"default","SourceName":"web","DestinationNS":"default","#);
    let middle = concat!(
        r#""DestinationName":"db","SourceType":"consul","Action":"allow","DefaultAddr":"","DefaultPort":0,"Meta":{},"Precedence":9,"#,
        r#""CreatedAt":"2026-11-23T18:00:00.5Z","UpdatedAt":"2026-11-23T18:00:00.5Z","Hash":""#,
    );
    assert!(one.body.starts_with(&format!("{head}{middle}")), "{}", one.body);
    assert!(one.body.ends_with(r#"","CreateIndex":10,"ModifyIndex":10}"#), "{}", one.body);
    assert_eq!(one.header("X-Consul-Index"), None);

    let changed = r#"{"SourceName":"web","DestinationName":"db","Action":"deny"}"#;
    assert_eq!(world.put(&format!("/v1/connect/intentions/{id}"), changed).await, format!(r#"{{"ID":"{id}"}}"#));
    let list = world.ask("GET /v1/connect/intentions?filter=Action==deny").await;
    assert_eq!(list.header("X-Consul-Index"), Some("11"));
    assert!(list.body.contains(r#""Action":"deny""#));
    assert_eq!(world.ask(&format!("DELETE /v1/connect/intentions/{id}")).await.brief(), (200, "true"));
    assert_eq!(world.ask(&format!("GET /v1/connect/intentions/{id}")).await.brief(), (404, "Intention not found"));
    let gone = format!("Cannot delete non-existent intention: '{id}'");
    assert_eq!(world.ask(&format!("DELETE /v1/connect/intentions/{id}")).await.brief(), (500, &*gone));
}

#[tokio::test]
async fn intentions_that_make_no_sense_are_refused_with_all_reasons() {
    let world = World::new().await;
    let mut client = world.client().await;
    let refused = [
        (
            "{}",
            "3 errors occurred:\n\t* SourceName must be set\n\t* DestinationName must be set\n\t* Action must be set to 'allow' or 'deny'\n\n",
        ),
        ("", "Failed to decode request body: EOF"),
        (r#"{"Colour":1}"#, "Failed to decode request body: json: unknown field \"Colour\""),
        (
            r#"{"ID":"x","SourceName":"a","DestinationName":"b","Action":"allow"}"#,
            "ID must be empty when creating a new intention",
        ),
        (
            r#"{"SourceName":"a*","DestinationName":"b","Action":"allow","SourceType":"zz"}"#,
            "2 errors occurred:\n\t* SourceName: wildcard character '*' cannot be used with partial values\n\t* SourceType must be set to 'consul'\n\n",
        ),
    ];
    for (body, text) in refused {
        assert_eq!(client.ask("POST /v1/connect/intentions", body).await.brief(), (500, text), "{body}");
    }
    let no_id = (400, "Bad request: failed intention lookup: index error: UUID must be 36 characters");
    assert_eq!(client.ask("GET /v1/connect/intentions/none", "").await.brief(), no_id);
}

#[tokio::test]
async fn a_call_is_checked_by_the_most_exact_intention() {
    let world = World::new().await;
    made(&world, r#"{"SourceName":"*","DestinationName":"db","Action":"deny"}"#).await;
    made(&world, r#"{"SourceName":"web","DestinationName":"db","Action":"allow"}"#).await;
    let cases =
        [("web", "db", true), ("other", "db", false), ("web", "other", true), ("default/web", "default/db", true)];
    for (source, destination, allowed) in cases {
        let answer =
            world.ask(&format!("GET /v1/connect/intentions/check?source={source}&destination={destination}")).await;
        assert_eq!(answer.brief(), (200, &*format!(r#"{{"Allowed":{allowed}}}"#)), "{source} to {destination}");
    }
    let matched = world.ask("GET /v1/connect/intentions/match?by=destination&name=db&name=none").await;
    assert!(
        matched.body.starts_with(r#"{"db":[{"ID":"#) && matched.body.ends_with(r#"],"none":null}"#),
        "{}",
        matched.body
    );
    let refused = [
        ("match", "required query parameter 'by' not set"),
        ("match?by=zz", "'by' parameter must be one of 'source' or 'destination'"),
        ("match?by=source&name=a/b/c", r#"name "a/b/c" is invalid: input can contain at most one '/'"#),
        ("check?source=a", "required query parameter 'destination' not set"),
        ("check?source=a&destination=b&source-type=zz", r#"unsupported SourceType: "zz""#),
    ];
    for (target, text) in refused {
        assert_eq!(world.ask(&format!("GET /v1/connect/intentions/{target}")).await.brief(), (500, text));
    }
}

/// As Consul has them since 1.9; not verified against a real peer.
#[tokio::test]
async fn intentions_are_named_by_who_calls_whom_and_are_config_entries_as_well() {
    let world = World::new().await;
    let exact = "/v1/connect/intentions/exact?source=web&destination=db";
    assert_eq!(world.ask(&format!("GET {exact}")).await.brief(), (404, "Intention not found"));
    assert_eq!(world.put(exact, r#"{"Action":"allow","Description":"d"}"#).await, "true");
    let entry = concat!(
        r#"{"Kind":"service-intentions","Name":"db","Sources":[{"Name":"web","Action":"allow","Precedence":9,"Type":"consul","#,
        r#""Description":"d"}],"CreateIndex":10,"ModifyIndex":10}"#,
    );
    assert_eq!(world.ask("GET /v1/config/service-intentions/db").await.brief(), (200, entry));
    let other = r#"{"Kind":"service-intentions","Name":"db","Sources":[{"Name":"api","Action":"deny"}]}"#;
    assert_eq!(world.put("/v1/config", other).await, "true");
    assert_eq!(world.ask(&format!("GET {exact}")).await.status, 404);
    let list = world.ask("GET /v1/connect/intentions").await;
    assert!(
        list.body.contains(r#""SourceName":"api""#) && !list.body.contains(r#""SourceName":"web""#),
        "{}",
        list.body
    );
    for _ in 0..2 {
        let gone = world.ask("DELETE /v1/connect/intentions/exact?source=api&destination=db").await;
        assert_eq!(gone.brief(), (200, "true"));
    }
    assert_eq!(world.ask("GET /v1/config/service-intentions").await.brief(), (200, "[]"));
}

#[tokio::test]
async fn certificates_are_refused_by_name() {
    let world = World::new().await;
    let text = "this version has no certificate authority; intentions and discovery chains work without one";
    for path in ["connect/ca/roots", "connect/ca/configuration", "agent/connect/ca/roots", "agent/connect/ca/leaf/web"]
    {
        assert_eq!(world.ask(&format!("GET /v1/{path}")).await.brief(), (500, text), "{path}");
    }
}
