//! Both spellings, both forms of time, and what is none of them.

use proconsul_types::registration::{CheckRegistration, ServiceRegistration};
use proconsul_types::service::{ServiceKind, Weights};

use super::{CheckBody, ServiceBody};
use crate::decode;

fn service(body: &str) -> Result<ServiceRegistration, String> {
    let body: ServiceBody = decode::body(body.as_bytes()).map_err(|error| error.to_string())?;
    body.try_into().map_err(|error: crate::error::HttpError| error.to_string())
}

fn check(body: &str) -> Result<CheckRegistration, String> {
    let body: CheckBody = decode::body(body.as_bytes()).map_err(|error| error.to_string())?;
    Ok(body.into())
}

#[test]
fn names_are_found_in_both_spellings_and_any_case() {
    let camel = service(
        r#"{"ID":"a","Name":"web","TaggedAddresses":{"lan":{"Address":"x","Port":1}},"EnableTagOverride":true,
            "Connect":{"SidecarService":{"Port":2}},"Weights":{"Passing":3},
            "Check":{"Args":["x"],"DeregisterCriticalServiceAfter":"1m","DockerContainerID":"c","TLSSkipVerify":true}}"#,
    );
    let snake = service(
        r#"{"id":"a","NAME":"web","tagged_addresses":{"LAN":{},"lan":{"address":"x","port":1}},"enable_tag_override":true,
            "connect":{"sidecar_service":{"port":2}},"weights":{"passing":3},
            "checks":[{"script_args":["x"],"deregister_critical_service_after":60000000000,"docker_container_id":"c","tls_skip_verify":true}]}"#,
    );
    let mut camel = camel.unwrap();
    let snake = snake.unwrap();
    assert_eq!(camel.weights, Some(Weights { passing: 3, warning: 0 }));
    assert_eq!(camel.sidecar.as_ref().map(|sidecar| sidecar.port), Some(2));
    // The keys of a map are no field names.
    camel.tagged_addresses.as_mut().unwrap().insert("LAN".to_owned(), Default::default());
    assert_eq!(camel, snake);
}

#[test]
fn a_check_that_says_nothing_is_none_unless_it_stands_in_the_list() {
    assert_eq!(service(r#"{"Name":"a","Check":{}}"#).unwrap().checks, []);
    assert_eq!(service(r#"{"Name":"a","Check":{"TTL":0,"Header":null}}"#).unwrap().checks, []);
    assert_eq!(service(r#"{"Name":"a","Check":{"TTL":true}}"#).unwrap().checks, []);
    assert_eq!(service(r#"{"Name":"a","Check":{"Header":{}}}"#).unwrap().checks.len(), 1);
    assert_eq!(service(r#"{"Name":"a","Checks":[{},null]}"#).unwrap().checks.len(), 2);
    let both = service(r#"{"Name":"a","Checks":[{"Name":"2"}],"Check":{"Name":"1"}}"#).unwrap();
    assert_eq!(both.checks.iter().map(|check| &*check.name).collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn lengths_of_time_are_texts_or_nanoseconds() {
    let read = |body: &str| check(body).map(|check| (check.interval, check.timeout, check.ttl));
    assert_eq!(read(r#"{"Interval":"1m30s","timeout":1500,"TTL":"-1s"}"#), Ok((90_000_000_000, 1500, -1_000_000_000)));
    assert_eq!(read(r#"{"Interval":{},"Timeout":null,"TTL":1.9}"#), Ok((0, 0, 1)));
    assert_eq!(read(r#"{"Interval":"10"}"#), Err(r#"time: missing unit in duration "10""#.to_owned()));
}

#[test]
fn the_forms_of_a_check_have_names_of_their_own() {
    let alone = check(r#"{"ID":"a","service_id":"web","Token":"t","Status":"passing"}"#).unwrap();
    assert_eq!((&*alone.id, &*alone.service_id, &*alone.token, &*alone.status), ("a", "web", "t", "passing"));
    let unknown = |name: &str| Err(format!("json: unknown field {name:?}"));
    assert_eq!(check(r#"{"CheckID":"a"}"#).map(drop), unknown("CheckID"));
    assert_eq!(service(r#"{"Check":{"ID":"a"}}"#).map(drop), unknown("ID"));
    let inside = service(r#"{"Check":{"CheckID":"a","ServiceID":"other"}}"#).unwrap();
    assert_eq!((&*inside.checks[0].id, &*inside.checks[0].service_id), ("a", ""));
}

#[test]
fn kinds_of_checks_that_came_later_are_read() {
    let later = check(
        r#"{"H2PING":"a","H2PingUseTLS":false,"UDP":"b","OSService":"c","tls_server_name":"d","FailuresBeforeWarning":2,
            "DisableRedirects":true}"#,
    );
    let later = later.unwrap();
    assert_eq!((&*later.h2ping, later.h2ping_use_tls, &*later.udp), ("a", Some(false), "b"));
    assert_eq!((&*later.os_service, &*later.tls_server_name), ("c", "d"));
    assert_eq!((later.failures_before_warning, later.disable_redirects), (2, true));
}

#[test]
fn kinds_of_services_are_those_there_are() {
    assert_eq!(service(r#"{"Kind":"mesh-gateway"}"#).unwrap().kind, ServiceKind::MeshGateway);
    assert!(service(r#"{"Kind":"other"}"#).is_err());
}
