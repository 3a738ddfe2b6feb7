//! Definitions as people write them, and what is said about those that are refused.

use proconsul_types::service::{ServiceKind, Weights};

use super::*;

const SECOND: i64 = 1_000_000_000;

/// What a file given as a flag defines, and everything that is wrong with it.
fn defined(key: &str, kind: Kind, text: &str) -> (Definitions, Vec<String>) {
    let (defined, mistakes) = all_defined(key, kind, text);
    (defined.local, mistakes)
}

fn all_defined(key: &str, kind: Kind, text: &str) -> (Defined, Vec<String>) {
    let (mut into, mut mistakes) = (Defined::default(), Vec::new());
    let root = proconsul_hcl::read(text, proconsul_hcl::Format::guess(text)).unwrap();
    let origin = |at: Position| Origin::Fragment(1, at);
    for entry in root.entries.iter().filter(|entry| entry.key == key) {
        read(kind, entry, &mut into, &origin, &mut mistakes);
    }
    (into, mistakes.iter().map(ToString::to_string).collect())
}

fn refused(text: &str) -> Vec<String> {
    defined("service", Kind::Service, text).1
}

#[test]
fn a_service_is_read_with_all_its_parts() {
    let text = r#"
        service {
            id = "web-1"
            name = "web"
            Port = 80
            tags = ["a", "b"]
            meta { x = "y" }
            weights { passing = 3 }
            enable_tag_override = true
            tagged_addresses { wan { address = "1.2.3.4" port = 81 } }
            token = "secret"
            check { name = "last" ttl = "3s" }
            checks { http = "http://x" interval = "10s" header { a = ["b", "c"] } }
            checks = [{ args = ["true"], Interval = "1m", DeregisterCriticalServiceAfter = "90m" }]
            connect {
                native = false
                sidecar_service {
                    proxy {
                        config { a { b = 1 } c = [1, "x"] }
                        upstreams { destination_name = "db" local_bind_port = 5 mesh_gateway { mode = "local" } }
                        upstreams { destination_name = "mq" local_bind_port = 6 }
                        expose { checks = true paths { path = "/m" listener_port = 7 } }
                    }
                }
            }
        }
    "#;
    let (defined, mistakes) = defined("service", Kind::Service, text);
    assert_eq!(mistakes, Vec::<String>::new());
    let service = &defined.services[0];
    assert_eq!((&*service.id, &*service.name, service.port, &*service.token), ("web-1", "web", 80, "secret"));
    assert_eq!(service.weights, Some(Weights { passing: 3, warning: 1 }));
    assert!(service.enable_tag_override);
    assert_eq!(service.tagged_addresses.as_ref().unwrap()["wan"].port, 81);
    let [http, script, last] = &service.checks[..] else { panic!("{:?}", service.checks) };
    assert_eq!(
        (&*http.http, http.interval, &*http.header["a"]),
        ("http://x", 10 * SECOND, &["b".into(), "c".into()][..])
    );
    assert_eq!((script.interval, script.deregister_critical_service_after), (60 * SECOND, 5400 * SECOND));
    assert_eq!((&*last.name, last.ttl), ("last", 3 * SECOND), "the single check comes last");
    let proxy = service.sidecar.as_ref().unwrap().proxy.as_ref().unwrap();
    assert_eq!(serde_json::to_string(&proxy.config).unwrap(), r#"{"a":{"b":1},"c":[1,"x"]}"#);
    assert_eq!((proxy.upstreams.len(), &*proxy.upstreams[0].mesh_gateway_mode), (2, "local"));
    assert_eq!((proxy.expose_checks, proxy.expose_paths[0].listener_port), (true, 7));
}

#[test]
fn json_defines_the_same() {
    let text = r#"{"services": [{"Name": "a", "tags": null, "check": {"id": "x", "HTTP": "y", "interval": "1s"}},
        {"name": "g", "kind": "mesh-gateway", "port": 1}, {"name": "b", "kind": "zz"}]}"#;
    let (defined, mistakes) = defined("services", Kind::Services, text);
    assert_eq!(mistakes, Vec::<String>::new());
    let kinds: Vec<_> = defined.services.iter().map(|service| service.kind).collect();
    assert_eq!(kinds, [ServiceKind::Typical, ServiceKind::MeshGateway, ServiceKind::Typical]);
    assert_eq!(defined.services[0].checks[0].http, "y");
}

#[test]
fn a_mistake_names_place_key_and_reason() {
    for (text, told) in [
        ("service { nmae = \"a\" }", "-hcl:1:11: invalid config key service.nmae; did you mean service.name?"),
        (
            "service { name = \"a\" check { ttl = \"1s\" check_id = \"x\" } }",
            "-hcl:1:41: invalid config key service.check.check_id",
        ),
        (
            "service {\n  name = \"a\"\n  port = \"80\"\n}",
            "-hcl:3:10: service.port takes a whole number, without quotes, not text",
        ),
        (
            "service { name = \"a\" check { ttl = 10 } }",
            "-hcl:1:36: service.check.ttl takes a length of time in quotes, such as \"30s\", not an integer",
        ),
        (
            "service { name = \"a\" check { ttl = \"zz\" } }",
            "-hcl:1:36: service.check.ttl: invalid duration: time: invalid duration \"zz\"",
        ),
        (
            "service { name = \"a\" name = \"b\" }",
            "-hcl:1:22: the block service.name stands here for the second time; write its keys into one block",
        ),
        ("service { port = 1 }", "-hcl:1:1: service: service \"\": Missing service name"),
        (
            "service { name = \"a\" weights { passing = 0 } }",
            "-hcl:1:1: service: service \"a\": Invalid Weights: Passing must be greater than 0",
        ),
        (
            "service { name = \"a\" proxy { mesh_gateway { mode = \"zz\" } } }",
            "-hcl:1:52: service.proxy.mesh_gateway: Invalid Mesh Gateway Mode: \"zz\"",
        ),
        ("service = 7", "-hcl:1:11: service takes a block, not an integer"),
    ] {
        assert_eq!(refused(text), [told], "{text}");
    }
}

#[test]
fn a_check_alone_needs_a_name_and_a_way_to_be_carried_out() {
    let refused = |text| defined("check", Kind::Check, text).1;
    assert_eq!(refused("check { ttl = \"1s\" }"), ["-hcl:1:1: check: a check needs a name or an id"]);
    assert_eq!(
        refused("check { name = \"c\" tcp = \"x:1\" }"),
        ["-hcl:1:1: check: check \"c\": Check is not valid: Interval must be > 0 for Script, HTTP, or TCP checks"]
    );
    let (defined, mistakes) = defined("check", Kind::Check, "check { name = \"c\" ServiceID = \"web\" ttl = \"1s\" }");
    assert_eq!((mistakes.len(), &*defined.checks[0].service_id), (0, "web"));
}

#[test]
fn watches_are_read_from_blocks_and_lists_and_refused_with_their_place() {
    let text =
        "watches { type = \"key\" key = \"a\" args = [\"cat\"] }\nwatches { type = \"nodes\" handler = \"cat\" }";
    let (defined, mistakes) = all_defined("watches", Kind::Watches, text);
    assert_eq!((defined.watches.len(), mistakes), (2, Vec::new()));
    let (_, mistakes) = all_defined("watches", Kind::Watches, "watches = [{ type = \"nodes\" }]");
    assert_eq!(mistakes.len(), 1);
    assert!(mistakes[0].ends_with("Failed to parse watch: Must define a watch handler"), "{mistakes:?}");
}
