//! Files that Consul 1.8.7 wrote, read here, and ours beside them.

use proconsul_types::registration::{CheckRegistration, ServiceRegistration};
use proconsul_types::service::ServiceKind;
use serde_json::json;

use super::*;
use crate::local::State;
use crate::local::tests::{service, settings, ttl};

const SIDECAR: &str = r#"{"Token":"","Service":{"Kind":"connect-proxy","ID":"web-sidecar-proxy","Service":"web-sidecar-proxy","Tags":["a","b"],"Address":"10.1.2.3","TaggedAddresses":{"lan_ipv4":{"Address":"10.1.2.3","Port":21000},"wan_ipv4":{"Address":"10.1.2.3","Port":21000}},"Meta":{"x":"y"},"Port":21000,"Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Proxy":{"DestinationServiceName":"web","DestinationServiceID":"web","LocalServiceAddress":"127.0.0.1","LocalServicePort":80,"MeshGateway":{},"Expose":{}},"Connect":{},"CreateIndex":0,"ModifyIndex":0},"Source":"remote","LocallyRegisteredAsSidecar":true}"#;

const PROXY: &str = r#"{"Token":"","Service":{"Kind":"connect-proxy","ID":"p1","Service":"p","Tags":null,"Address":"","Meta":{"e":""},"Port":9,"Weights":{"Passing":3,"Warning":0},"EnableTagOverride":false,"Proxy":{"DestinationServiceName":"web","Config":{"a":1,"b":{"c":[0,""]}},"Upstreams":[{"DestinationType":"service","DestinationName":"db","Datacenter":"","LocalBindPort":5,"Config":{"k":0},"MeshGateway":{}}],"MeshGateway":{"Mode":"local"},"Expose":{"Paths":[{"ListenerPort":21,"Path":"/x","LocalPathPort":22,"Protocol":"http","ParsedFromCheck":false}]}},"Connect":{},"CreateIndex":0,"ModifyIndex":0},"Source":"remote"}"#;

const GRPC: &str = r#"{"Check":{"Node":"n1","CheckID":"service:tok","Name":"Service 'tok' check","Status":"critical","Notes":"","Output":"","ServiceID":"tok","ServiceName":"tok","ServiceTags":null,"Type":"grpc","Definition":{},"CreateIndex":0,"ModifyIndex":0},"ChkType":{"CheckID":"","Name":"","Status":"","Notes":"","ScriptArgs":null,"HTTP":"","Header":null,"Method":"","Body":"","TCP":"","Interval":5000000000,"AliasNode":"","AliasService":"","DockerContainerID":"","Shell":"","GRPC":"a:1/x","GRPCUseTLS":true,"TLSSkipVerify":false,"Timeout":2000000000,"TTL":0,"SuccessBeforePassing":2,"FailuresBeforeCritical":3,"ProxyHTTP":"","ProxyGRPC":"","DeregisterCriticalServiceAfter":0,"OutputMaxSize":9},"Token":"abc","Source":"remote"}"#;

const MAINTENANCE: &str = r#"{"Check":{"Node":"n1","CheckID":"_node_maintenance","Name":"Node Maintenance Mode","Status":"critical","Notes":"why","Output":"","ServiceID":"","ServiceName":"","ServiceTags":null,"Type":"maintenance","Definition":{},"CreateIndex":0,"ModifyIndex":0},"ChkType":null,"Token":"","Source":"local"}"#;

const STATE: &str = r#"{"CheckID":"nc","Output":"ok","Status":"passing","Expires":1795467955}"#;

fn node() -> Text {
    "n1".into()
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// What Consul's file says, without what is zero: a field that is not there is zero for it.
fn filled(file: &str) -> Value {
    let mut document = json(file.as_bytes());
    zero::leave_out(&mut document);
    document
}

#[test]
fn files_are_named_as_consul_names_them() {
    assert_eq!(file_name("web"), "2567a5ec9705eb7ac2c984033e06189d");
    assert_eq!(file_name("service:web:1"), "ff1ac149c5540c9c07299d586cbb51bd");
}

#[test]
fn consuls_services_are_read_and_written_with_the_same_content() {
    for file in [SIDECAR, PROXY] {
        let read = read_service(file.as_bytes(), &node()).unwrap();
        assert_eq!(json(&service_file(&read).unwrap()), filled(file));
    }
    let sidecar = read_service(SIDECAR.as_bytes(), &node()).unwrap();
    assert!(sidecar.is_sidecar);
    assert_eq!(
        (sidecar.service.kind, &*sidecar.service.proxy.local_service_address),
        (ServiceKind::ConnectProxy, "127.0.0.1")
    );
    let proxy = read_service(PROXY.as_bytes(), &node()).unwrap().service;
    assert_eq!(proxy.proxy.config.as_ref().unwrap()["b"], json!({"c": [0, ""]}), "the user's zeros stay");
}

#[test]
fn consuls_checks_are_read_and_written_with_the_same_content() {
    for file in [GRPC, MAINTENANCE] {
        let read = read_check(file.as_bytes(), &node()).unwrap();
        assert_eq!(json(&check_file(&read).unwrap()), filled(file));
    }
    let read = read_check(GRPC.as_bytes(), &node()).unwrap();
    let how = read.registration.unwrap();
    assert_eq!(
        (&*how.grpc, how.timeout, how.failures_before_critical, &*how.service_id),
        ("a:1/x", 2_000_000_000, 3, "tok")
    );
    let state = read_state(STATE.as_bytes()).unwrap();
    assert_eq!(state_file(&state).unwrap(), STATE.as_bytes());
}

#[test]
fn what_only_later_versions_have_is_written_only_where_it_is_used() {
    let state = State::new(settings());
    let plain = check_file(&state.plan_check(&ttl("c"), Source::Remote).unwrap()).unwrap();
    let expected = json!({"Name": "c", "TTL": 30_000_000_000_i64});
    assert_eq!(json(&plain)["ChkType"], expected);
    let ping = CheckRegistration {
        h2ping: "a:1".to_owned(),
        h2ping_use_tls: Some(false),
        interval: 1_000_000_000,
        ttl: 0,
        ..ttl("p")
    };
    let planned = state.plan_check(&ping, Source::Remote).unwrap();
    let read = read_check(&check_file(&planned).unwrap(), &node()).unwrap();
    assert_eq!(read.registration.unwrap().h2ping_use_tls, Some(false));
}

#[test]
fn lengths_of_time_are_read_as_later_versions_write_them_too() {
    let file = GRPC.replace("5000000000", r#""5s""#);
    assert_eq!(read_check(file.as_bytes(), &node()).unwrap().registration.unwrap().interval, 5_000_000_000);
}

#[test]
fn whatever_is_planned_reads_back_the_same() {
    let mut state = State::new(settings());
    let given = ServiceRegistration { checks: vec![ttl("a"), ttl("b")], token: "t".to_owned(), ..service("web") };
    for holding in state.plan_service(&given, Source::Remote, false).unwrap() {
        for planned in &holding.checks {
            assert_eq!(read_check(&check_file(planned).unwrap(), &node()).unwrap(), *planned);
        }
        let read = read_service(&service_file(&holding).unwrap(), &node()).unwrap();
        assert_eq!((&*read.service, &*read.token, read.source), (&*holding.service, "t", Source::Remote));
        state.hold(holding);
    }
}

#[test]
fn damage_is_told_by_its_kind() {
    for damaged in ["", "{", "[]", r#"{"Service":7}"#, r#"{"Service":{}}"#] {
        assert!(read_service(damaged.as_bytes(), &node()).is_err(), "{damaged}");
        assert!(read_check(damaged.as_bytes(), &node()).is_err(), "{damaged}");
        assert!(read_state(damaged.as_bytes()).is_err(), "{damaged}");
    }
    let foreign = MAINTENANCE.replace(r#""local""#, r#""mars""#);
    assert!(matches!(read_check(foreign.as_bytes(), &node()), Err(Damage::Source(_))));
}
