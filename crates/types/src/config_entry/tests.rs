//! Documents in and out, their normal forms, and what is refused.

use super::*;

fn entry(json: &str) -> ConfigEntry {
    let mut entry = ConfigEntry::from_text(json).unwrap();
    entry.normalize();
    entry
}

fn shown(json: &str) -> String {
    entry(json).to_text().unwrap()
}

fn refused(json: &str) -> String {
    entry(json).validate().unwrap_err().to_string()
}

#[test]
fn a_document_is_shown_in_consuls_order_of_fields() {
    let cases = [
        (
            r#"{"Kind":"service-defaults","Name":"web","Protocol":"HTTP"}"#,
            r#"{"Kind":"service-defaults","Name":"web","Protocol":"http","MeshGateway":{},"Expose":{}}"#,
        ),
        (
            r#"{"Kind":"proxy-defaults","Name":"any"}"#,
            r#"{"Kind":"proxy-defaults","Name":"global","Config":null,"MeshGateway":{},"Expose":{}}"#,
        ),
        (
            r#"{"Kind":"service-resolver","Name":"web","ConnectTimeout":"1500ms","Meta":{"a":"b"}}"#,
            r#"{"ConnectTimeout":"1.5s","Kind":"service-resolver","Name":"web","Meta":{"a":"b"}}"#,
        ),
        (r#"{"Kind":"service-router","Name":"web"}"#, r#"{"Kind":"service-router","Name":"web","Routes":null}"#),
        (
            r#"{"Kind":"ingress-gateway","Name":"i","Listeners":[{"Port":1,"Services":[{"Name":"a"}]}]}"#,
            r#"{"Kind":"ingress-gateway","Name":"i","TLS":{"Enabled":false},"Listeners":[{"Port":1,"Protocol":"tcp","Services":[{"Name":"a","Hosts":null}]}]}"#,
        ),
        (
            r#"{"Kind":"terminating-gateway","Name":"t","Services":[]}"#,
            r#"{"Kind":"terminating-gateway","Name":"t","Services":[]}"#,
        ),
    ];
    for (written, read) in cases {
        assert_eq!(shown(written), read);
        assert_eq!(shown(read), read, "the text that is stored reads back as the same");
    }
}

#[test]
fn the_indexes_stand_at_the_end() {
    let entry = entry(r#"{"Kind":"service-resolver","Name":"web","ConnectTimeout":"1s"}"#);
    let record = ConfigRecord { entry, create_index: 3, modify_index: 4 };
    let json = r#"{"ConnectTimeout":"1s","Kind":"service-resolver","Name":"web","CreateIndex":3,"ModifyIndex":4}"#;
    assert_eq!(serde_json::to_string(&record).unwrap(), json);
}

#[test]
fn a_weight_is_kept_to_a_hundredth() {
    let split = |weight: &str| format!(r#"{{"Kind":"service-splitter","Name":"a","Splits":[{{"Weight":{weight}}}]}}"#);
    for (written, read) in [("33.333", "33.33"), ("50", "50"), ("0.005", "0.01"), ("99.99", "99.99")] {
        assert_eq!(shown(&split(written)), split(read));
    }
}

#[test]
fn only_routes_with_methods_get_the_namespace_and_upper_case() {
    let router = shown(
        r#"{"Kind":"service-router","Name":"a","Routes":[{"Match":{"HTTP":{"Methods":["get"]}},"Destination":{}},{"Destination":{}}]}"#,
    );
    let json = r#"[{"Match":{"HTTP":{"Methods":["GET"]}},"Destination":{"Namespace":"default"}},{"Destination":{}}]"#;
    assert!(router.contains(json), "{router}");
}

#[test]
fn what_makes_no_sense_is_refused_in_consuls_words() {
    let cases = [
        (r#"{"Kind":"service-router"}"#, "Name is required"),
        (
            r#"{"Kind":"service-router","Name":"a","Routes":[{"Match":{"HTTP":{"PathExact":"a"}}}]}"#,
            r#"Route[0] PathExact doesn't start with '/': "a""#,
        ),
        (
            r#"{"Kind":"service-router","Name":"a","Routes":[{"Match":{"HTTP":{"Header":[{"Name":"x"}]}}}]}"#,
            "Route[0] Header[0] should only contain one of Present, Exact, Prefix, Suffix, or Regex",
        ),
        (
            r#"{"Kind":"service-router","Name":"a","Routes":[{"Destination":{"PrefixRewrite":"/"}}]}"#,
            "Route[0] cannot make use of PrefixRewrite without configuring either PathExact or PathPrefix",
        ),
        (
            r#"{"Kind":"service-splitter","Name":"a","Splits":[{"Weight":50}]}"#,
            "the sum of all split weights must be 100, not 50.000000",
        ),
        (
            r#"{"Kind":"service-splitter","Name":"a","Splits":[{"Weight":50},{"Weight":50,"Service":"a"}]}"#,
            r#"split destination occurs more than once: service="a", subset="", namespace="""#,
        ),
        (r#"{"Kind":"service-resolver","Name":"a","Redirect":{}}"#, "Redirect is empty"),
        (
            r#"{"Kind":"service-resolver","Name":"a","Failover":{"*":{"ServiceSubset":"x"}}}"#,
            r#"Bad Failover["*"].ServiceSubset "x" is not a valid subset of """#,
        ),
        (r#"{"Kind":"service-resolver","Name":"a","ConnectTimeout":"-1s"}"#, "Bad ConnectTimeout '-1s', must be >= 0"),
        (
            r#"{"Kind":"ingress-gateway","Listeners":[{"Port":1,"Services":[]}]}"#,
            "No service declared for listener with port 1",
        ),
        (
            r#"{"Kind":"ingress-gateway","Listeners":[{"Port":1,"Protocol":"http","Services":[{"Name":"a","Hosts":["a..b"]}]}]}"#,
            r#"Host "a..b" must be a valid DNS hostname"#,
        ),
        (
            r#"{"Kind":"terminating-gateway","Services":[{"Name":"a","CertFile":"x"}]}"#,
            r#"Service "a" must have a CertFile, CAFile, and KeyFile specified for TLS origination"#,
        ),
        (r#"{"Kind":"exported-services","Name":"x"}"#, r#"invalid name ("x"), only "default" is supported"#),
        (r#"{"Kind":"service-intentions","Name":"a","Sources":[]}"#, "At least one source is required"),
    ];
    for (json, text) in cases {
        assert_eq!(refused(json), text, "{json}");
    }
}

#[test]
fn intentions_of_a_service_stand_in_the_order_they_are_tried() {
    let json = shown(
        r#"{"Kind":"service-intentions","Name":"db","Sources":[{"Name":"*","Action":"deny"},{"Name":"web","Action":"allow"}]}"#,
    );
    let sources = r#"[{"Name":"web","Action":"allow","Precedence":9,"Type":"consul"},{"Name":"*","Action":"deny","Precedence":8,"Type":"consul"}]"#;
    assert!(json.contains(sources), "{json}");
}

#[test]
fn spans_are_read_and_written_as_go_does_below_zero_too() {
    for (text, nanos, written) in [("1.5h3ms", 5_400_003_000_000, "1h30m0.003s"), ("-5s", -5_000_000_000, "-5s")] {
        let span = Span::parse(text).unwrap();
        assert_eq!((span.0, &*span.to_string()), (nanos, written));
    }
}

/// Each source keeps the entry's metadata: a small request could otherwise fill the memory of every server.
#[test]
fn metadata_that_many_sources_would_keep_is_refused() {
    let with = |sources: usize, bytes: usize| {
        let sources: Vec<String> = (0..sources).map(|n| format!(r#"{{"Name":"s{n}","Action":"allow"}}"#)).collect();
        let meta = "x".repeat(bytes);
        let (sources, kind) = (sources.join(","), "service-intentions");
        entry(&format!(r#"{{"Kind":"{kind}","Name":"a","Meta":{{"k":"{meta}"}},"Sources":[{sources}]}}"#)).validate()
    };
    assert_eq!(with(10, 500), Ok(()));
    assert_eq!(with(8000, 500), Ok(()));
    assert!(with(9000, 500).unwrap_err().to_string().starts_with("Meta is kept with each of the 9000 sources"));
}
