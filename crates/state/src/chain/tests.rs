//! Chains as Consul 1.8.7 compiles them; the expected JSON was read from it.

use proconsul_base::index::Index;
use proconsul_types::config_entry::ConfigEntry;

use super::*;
use crate::table::config_entries::ConfigEntries;

fn entries(documents: &[&str]) -> ConfigEntries {
    let mut entries = ConfigEntries::default();
    for (place, document) in documents.iter().enumerate() {
        let mut entry = ConfigEntry::from_text(document).unwrap();
        entry.normalize();
        entry.validate().unwrap();
        entries.put(Index(place as u64 + 1), &entry);
    }
    entries
}

fn compiled(documents: &[&str], service: &str, overrides: Overrides) -> Result<String, String> {
    let entries = entries(documents);
    let request = ChainRequest { service, datacenter: "dc1", used_in: "dc1", trust_domain: "t.consul", overrides };
    match compile(&entries.unchanged(), &request) {
        Ok(chain) => Ok(serde_json::to_string(&chain).unwrap().replace(".internal.t.consul", "+")),
        Err(error) => Err(error.to_string()),
    }
}

fn check(documents: &[&str], service: &str, json: &str) {
    assert_eq!(compiled(documents, service, Overrides::default()).as_deref(), Ok(json), "{service}");
}

fn refused(documents: &[&str], service: &str, text: &str) {
    assert_eq!(compiled(documents, service, Overrides::default()).unwrap_err(), text, "{service}");
}

const HTTP: &str = r#"{"Kind":"proxy-defaults","Config":{"protocol":"http"},"MeshGateway":{"Mode":"local"}}"#;
const A: &str = r#"{"Kind":"service-resolver","Name":"a","Subsets":{"v1":{"Filter":"F1"},"v2":{"OnlyPassing":true}},"DefaultSubset":"v1","ConnectTimeout":"15s","Failover":{"*":{"Datacenters":["dc2"]},"v2":{"Service":"b"}}}"#;
const B: &str = r#"{"Kind":"service-splitter","Name":"b","Splits":[{"Weight":33.33},{"Weight":66.67,"Service":"a","ServiceSubset":"v2"}]}"#;
const C: &str = r#"{"Kind":"service-splitter","Name":"c","Splits":[{"Weight":10,"Service":"b"},{"Weight":90}]}"#;

#[test]
fn a_service_without_entries_resolves_to_itself() {
    let json = concat!(
        r#"{"ServiceName":"web","Namespace":"default","Datacenter":"dc1","Protocol":"tcp","StartNode":"resolver:web.default.dc1","#,
        r#""Nodes":{"resolver:web.default.dc1":{"Type":"resolver","Name":"web.default.dc1","Resolver":{"ConnectTimeout":"5s","Default":true,"Target":"web.default.dc1"}}},"#,
        r#""Targets":{"web.default.dc1":{"ID":"web.default.dc1","Service":"web","Namespace":"default","Datacenter":"dc1","MeshGateway":{},"Subset":{},"SNI":"web.default.dc1+","Name":"web.default.dc1+"}}}"#,
    );
    check(&[], "web", json);
}

#[test]
fn a_resolver_takes_its_default_subset_and_what_stands_in() {
    let json = concat!(
        r#"{"ServiceName":"a","Namespace":"default","Datacenter":"dc1","Protocol":"http","StartNode":"resolver:v1.a.default.dc1","#,
        r#""Nodes":{"resolver:v1.a.default.dc1":{"Type":"resolver","Name":"v1.a.default.dc1","Resolver":{"ConnectTimeout":"15s","Target":"v1.a.default.dc1","Failover":{"Targets":["v1.a.default.dc2"]}}}},"#,
        r#""Targets":{"v1.a.default.dc1":{"ID":"v1.a.default.dc1","Service":"a","ServiceSubset":"v1","Namespace":"default","Datacenter":"dc1","MeshGateway":{},"Subset":{"Filter":"F1"},"SNI":"v1.a.default.dc1+","Name":"v1.a.default.dc1+"},"#,
        r#""v1.a.default.dc2":{"ID":"v1.a.default.dc2","Service":"a","ServiceSubset":"v1","Namespace":"default","Datacenter":"dc2","MeshGateway":{"Mode":"local"},"Subset":{"Filter":"F1"},"SNI":"v1.a.default.dc2+","Name":"v1.a.default.dc2+"}}}"#,
    );
    check(&[HTTP, A], "a", json);
}

#[test]
fn splitters_of_splitters_become_one() {
    let json = compiled(&[HTTP, A, B, C], "c", Overrides::default()).unwrap();
    let splits = concat!(
        r#""splitter:c.default":{"Type":"splitter","Name":"c.default","Splits":[{"Weight":3.33,"NextNode":"resolver:b.default.dc1"},"#,
        r#"{"Weight":6.67,"NextNode":"resolver:v2.a.default.dc1"},{"Weight":90,"NextNode":"resolver:c.default.dc1"}]}"#,
    );
    assert!(json.contains(splits), "{json}");
    assert!(!json.contains("splitter:b"), "{json}");
}

#[test]
fn a_router_ends_with_the_way_of_all_other_requests() {
    let router = r#"{"Kind":"service-router","Name":"r","Routes":[{"Match":{"HTTP":{"PathExact":"/y"}},"Destination":{"Service":"a","ServiceSubset":"v2"}},{"Match":{"HTTP":{"PathExact":"/n"}}}]}"#;
    let json = compiled(&[HTTP, A, B, router], "r", Overrides::default()).unwrap();
    let routes = concat!(
        r#""router:r.default":{"Type":"router","Name":"r.default","Routes":["#,
        r#"{"Definition":{"Match":{"HTTP":{"PathExact":"/y"}},"Destination":{"Service":"a","ServiceSubset":"v2"}},"NextNode":"resolver:v2.a.default.dc1"},"#,
        r#"{"Definition":{"Match":{"HTTP":{"PathExact":"/n"}}},"NextNode":"resolver:r.default.dc1"},"#,
        r#"{"Definition":{"Match":{"HTTP":{"PathPrefix":"/"}},"Destination":{"Service":"r","Namespace":"default"}},"NextNode":"resolver:r.default.dc1"}]}"#,
    );
    assert!(json.contains(routes), "{json}");
    let plain = Overrides { protocol: "tcp".to_owned(), ..Overrides::default() };
    let json = compiled(&[HTTP, A, B, router], "r", plain).unwrap();
    let start = r#""CustomizationHash":"96f2c150","Protocol":"tcp","StartNode":"resolver:r.default.dc1""#;
    assert!(json.contains(start), "{json}");
}

#[test]
fn what_stands_in_is_resolved_but_nothing_stands_in_for_it() {
    let g = r#"{"Kind":"service-resolver","Name":"g","Redirect":{"Service":"a","ServiceSubset":"v2"}}"#;
    let h = r#"{"Kind":"service-resolver","Name":"h","Failover":{"*":{"Service":"g","Datacenters":["dc1","dc2"]}}}"#;
    let json = compiled(&[HTTP, A, g, h], "h", Overrides::default()).unwrap();
    assert!(json.contains(r#""Failover":{"Targets":["v2.a.default.dc1","v2.a.default.dc2"]}"#), "{json}");
    assert!(!json.contains(r#""ID":"g."#), "{json}");
    let i = r#"{"Kind":"service-resolver","Name":"i","Failover":{"*":{"Datacenters":["dc1"]}}}"#;
    assert!(!compiled(&[i], "i", Overrides::default()).unwrap().contains("Failover"));
}

#[test]
fn a_service_outside_the_mesh_has_its_own_name_in_handshakes() {
    let e = r#"{"Kind":"service-defaults","Name":"e","ExternalSNI":"e.example.com","MeshGateway":{"Mode":"remote"}}"#;
    let json = compiled(&[HTTP, e], "e", Overrides::default()).unwrap();
    let target = r#""MeshGateway":{},"Subset":{},"External":true,"SNI":"e.example.com","Name":"e.default.dc1+""#;
    assert!(json.contains(target), "{json}");
    let subsets = r#"{"Kind":"service-resolver","Name":"e","Subsets":{"v1":{}}}"#;
    let text = r#"service "e" has an external SNI set; cannot define subsets for external services"#;
    refused(&[e, subsets], "e", text);
}

#[test]
fn what_makes_no_chain_is_refused_in_consuls_words() {
    let redirect = |from: &str, to: &str| {
        format!(r#"{{"Kind":"service-resolver","Name":"{from}","Redirect":{{"Service":"{to}"}}}}"#)
    };
    let back = r#"{"Kind":"service-splitter","Name":"b","Splits":[{"Weight":50,"Service":"c"},{"Weight":50}]}"#;
    let http = r#"{"Kind":"service-defaults","Name":"b","Protocol":"http"}"#;
    refused(&[], "", "serviceName is required");
    refused(
        &[&redirect("x", "y"), &redirect("y", "x")],
        "x",
        "detected circular resolver redirect: [x.default.dc1 -> y.default.dc1 -> x.default.dc1]",
    );
    refused(
        &[HTTP, back, C],
        "c",
        "detected circular reference: [splitter:c.default -> splitter:b.default -> splitter:c.default]",
    );
    refused(&[B], "b", r#"service "a" does not have a subset named "v2""#);
    refused(
        &[http, A, B],
        "b",
        r#"discovery chain "b" uses inconsistent protocols; service "a" has "tcp" which is not "http""#,
    );
    refused(
        &[C],
        "c",
        r#"discovery chain "c" uses a protocol "tcp" that does not permit advanced routing or splitting behavior"#,
    );
}

#[test]
fn entries_are_found_whatever_the_case_of_their_letters() {
    let json = compiled(&[HTTP, A], "A", Overrides::default()).unwrap();
    assert!(json.contains(r#""StartNode":"resolver:v1.A.default.dc1""#), "{json}");
}

#[test]
fn chains_as_deep_and_as_wide_as_users_make_them_come_to_an_end() {
    let deep: Vec<String> = (0..5_000)
        .map(|place| {
            let next = place + 1;
            format!(
                r#"{{"Kind":"service-splitter","Name":"s{place}","Splits":[{{"Weight":100,"Service":"s{next}"}}]}}"#
            )
        })
        .collect();
    let documents: Vec<&str> = [HTTP].into_iter().chain(deep.iter().map(String::as_str)).collect();
    let json = compiled(&documents, "s0", Overrides::default()).unwrap();
    assert!(json.contains(r#""Splits":[{"Weight":100,"NextNode":"resolver:s5000.default.dc1"}]"#), "{json}");

    let wide: Vec<String> = (0..40)
        .flat_map(|place| {
            let next = place + 1;
            ["l", "r"].map(|side| {
                format!(
                    r#"{{"Kind":"service-splitter","Name":"{side}{place}","Splits":[{{"Weight":50,"Service":"l{next}"}},{{"Weight":50,"Service":"r{next}"}}]}}"#
                )
            })
        })
        .collect();
    let documents: Vec<&str> = [HTTP].into_iter().chain(wide.iter().map(String::as_str)).collect();
    assert!(compiled(&documents, "l0", Overrides::default()).unwrap_err().contains("more than 10000 parts"));
}
