//! What the cluster's names answer.

use std::sync::Arc;

use serde_json::json;

use super::*;

fn zone() -> Zone {
    let services = [
        json!({"metadata": {"namespace": "default", "name": "consul"}, "spec": {"clusterIP": "None"}}),
        json!({"metadata": {"namespace": "default", "name": "empty"}, "spec": {"clusterIP": "None"}}),
        json!({"metadata": {"namespace": "default", "name": "web"},
               "spec": {"clusterIP": "10.96.0.7", "ports": [{"name": "http", "port": 80}]}}),
        json!({"metadata": {"namespace": "default", "name": "far"}, "spec": {"type": "ExternalName", "externalName": "example.org"}}),
    ];
    let endpoints = [json!({"metadata": {"namespace": "default", "name": "consul"}, "subsets": [{
        "addresses": [{"ip": "127.0.28.2", "hostname": "consul-0"}, {"ip": "127.0.28.3", "hostname": "consul-1"}, {"ip": "127.0.28.9"}],
        "notReadyAddresses": [{"ip": "127.0.28.4", "hostname": "consul-2"}],
        "ports": [{"name": "http", "port": 8500, "protocol": "TCP"}],
    }]})];
    Zone::of(&services.map(Arc::new), &endpoints.map(Arc::new))
}

fn ask(name: &str, record_type: RecordType) -> Verdict {
    let mut query = Message::query();
    query.add_query(Query::query(Name::from_ascii(name).expect("a name"), record_type));
    answer(&zone(), &query, &mut Rng::seeded(1))
}

/// The answer section in text, sorted; an error code in its place when there is one.
fn check(name: &str, record_type: RecordType, expected: &[&str]) {
    let Verdict::Answer(reply) = ask(name, record_type) else { panic!("{name} was forwarded") };
    let mut shown: Vec<String> = reply.answers.iter().map(|record| record.data.to_string()).collect();
    shown.sort();
    if reply.metadata.response_code != ResponseCode::NoError {
        shown.push(format!("{:?}", reply.metadata.response_code));
    }
    assert_eq!(shown, expected, "{name} {record_type}");
}

#[test]
fn a_headless_service_answers_with_its_ready_pods() {
    check("consul.default.svc.cluster.local.", RecordType::A, &["127.0.28.2", "127.0.28.3", "127.0.28.9"]);
    check("CONSUL.Default.svc.cluster.LOCAL.", RecordType::A, &["127.0.28.2", "127.0.28.3", "127.0.28.9"]);
    check("empty.default.svc.cluster.local.", RecordType::A, &["NXDomain"]);
}

#[test]
fn a_pod_of_a_headless_service_answers_while_it_is_ready() {
    check("consul-0.consul.default.svc.cluster.local.", RecordType::A, &["127.0.28.2"]);
    check("127-0-28-9.consul.default.svc.cluster.local.", RecordType::A, &["127.0.28.9"]);
    check("consul-2.consul.default.svc.cluster.local.", RecordType::A, &["NXDomain"]);
}

#[test]
fn an_existing_name_without_the_type_is_no_missing_name() {
    check("consul-0.consul.default.svc.cluster.local.", RecordType::AAAA, &[]);
    check("svc.cluster.local.", RecordType::A, &[]);
    check("default.svc.cluster.local.", RecordType::A, &[]);
    check("other.svc.cluster.local.", RecordType::A, &["NXDomain"]);
}

#[test]
fn service_records_carry_port_and_target() {
    check(
        "_http._tcp.consul.default.svc.cluster.local.",
        RecordType::SRV,
        &[
            "0 33 8500 127-0-28-9.consul.default.svc.cluster.local.",
            "0 33 8500 consul-0.consul.default.svc.cluster.local.",
            "0 33 8500 consul-1.consul.default.svc.cluster.local.",
        ],
    );
    check("_http._tcp.web.default.svc.cluster.local.", RecordType::SRV, &["0 100 80 web.default.svc.cluster.local."]);
    check("web.default.svc.cluster.local.", RecordType::SRV, &["0 100 80 web.default.svc.cluster.local."]);
    check("empty.default.svc.cluster.local.", RecordType::SRV, &["NXDomain"]);
    check("_other._tcp.web.default.svc.cluster.local.", RecordType::SRV, &["NXDomain"]);
}

#[test]
fn a_cluster_address_and_an_external_name_answer_for_themselves() {
    check("web.default.svc.cluster.local.", RecordType::A, &["10.96.0.7"]);
    check("far.default.svc.cluster.local.", RecordType::A, &["example.org."]);
    check("7.0.96.10.in-addr.arpa.", RecordType::PTR, &["web.default.svc.cluster.local."]);
}

#[test]
fn names_outside_the_zone_are_forwarded() {
    for name in ["example.org.", "notcluster.local.", "1.0.0.10.in-addr.arpa."] {
        assert!(matches!(ask(name, RecordType::A), Verdict::Forward), "{name}");
    }
}

#[test]
fn an_answer_too_large_for_a_datagram_asks_for_tcp() {
    let mut query = Message::query();
    query
        .add_query(Query::query(Name::from_ascii("consul.default.svc.cluster.local.").expect("a name"), RecordType::A));
    let mut reply = Message::response(1, OpCode::Query);
    let name = Name::from_ascii("consul.default.svc.cluster.local.").expect("a name");
    reply.add_answers((0..40).map(|last| record(&name, RData::A(A::new(10, 0, 0, last)))));
    let bytes = datagram(&query, &reply).expect("encodes");
    assert!(bytes.len() <= usize::from(PLAIN_BYTES));
    assert!(Message::from_vec(&bytes).expect("decodes").metadata.truncation);
}
