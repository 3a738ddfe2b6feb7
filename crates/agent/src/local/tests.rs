//! How services and checks are registered, told and let go. Texts and ids are those that Consul 1.8.7 gives.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;
use proconsul_calls::agent::AgentError;
use proconsul_types::check::{CRITICAL, PASSING};
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};
use proconsul_types::service::{Proxy, ServiceKind, Weights};

use super::*;

const SECOND: i64 = 1_000_000_000;

pub(crate) fn settings() -> Settings {
    Settings {
        node: named("n1"),
        sidecar_ports: Some(21_000..=21_001),
        check_update_interval: Duration::from_secs(300),
        discard_check_output: false,
        scripts: Scripts::default(),
    }
}

fn named(name: &str) -> Node {
    Node {
        id: None,
        name: name.into(),
        address: "10.0.0.1".into(),
        datacenter: "dc1".into(),
        tagged_addresses: None,
        meta: None,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

pub(crate) fn service(name: &str) -> ServiceRegistration {
    ServiceRegistration { name: name.to_owned(), ..ServiceRegistration::default() }
}

pub(crate) fn ttl(name: &str) -> CheckRegistration {
    CheckRegistration { name: name.to_owned(), ttl: 30 * SECOND, ..CheckRegistration::default() }
}

pub(crate) fn register(state: &mut State, given: &ServiceRegistration) -> Result<(), AgentError> {
    replace(state, given, false)
}

fn replace(state: &mut State, given: &ServiceRegistration, replace: bool) -> Result<(), AgentError> {
    let plan = state.plan_service(given, Source::Remote, replace)?;
    plan.into_iter().for_each(|holding| state.hold(holding));
    Ok(())
}

fn register_check(state: &mut State, given: &CheckRegistration) -> Result<(), AgentError> {
    let plan = state.plan_check(given, Source::Remote)?;
    state.hold_check(plan);
    Ok(())
}

fn checks(state: &State) -> Vec<String> {
    state.checks().map(|held| format!("{} {:?} {}", held.check.id, held.check.name, held.check.kind)).collect()
}

fn status(state: &State, id: &str) -> String {
    let check = &state.check(id).unwrap().check;
    format!("{} {}", check.status, check.output)
}

/// Why Consul would not take this service.
fn refused(given: &ServiceRegistration) -> String {
    register(&mut State::new(settings()), given).unwrap_err().to_string()
}

#[test]
fn a_check_of_a_service_gets_an_id_and_a_name_from_it() {
    let mut state = State::new(settings());
    register(&mut state, &ServiceRegistration { checks: vec![ttl("")], ..service("web") }).unwrap();
    assert_eq!(checks(&state), [r#"service:web "Service 'web' check" ttl"#]);
    let http = CheckRegistration { http: "http://x".to_owned(), interval: SECOND, ..CheckRegistration::default() };
    let named = CheckRegistration { id: "own".to_owned(), ..ttl("mine") };
    let id = "db-1".to_owned();
    register(&mut state, &ServiceRegistration { id, checks: vec![ttl("a"), http, named], ..service("db") }).unwrap();
    let expected = [r#"own "mine" ttl"#, r#"service:db-1:1 "a" ttl"#, r#"service:db-1:2 "Service 'db' check" http"#];
    assert_eq!(checks(&state)[..3], expected);
}

#[test]
fn an_address_of_its_own_stands_for_both_networks() {
    let mut state = State::new(settings());
    register(&mut state, &ServiceRegistration { address: "10.1.2.3".to_owned(), port: 80, ..service("web") }).unwrap();
    let addresses = state.service("web").unwrap().service.tagged_addresses.clone().unwrap();
    let told: Vec<_> = addresses.iter().map(|(name, at)| format!("{name} {}:{}", at.address, at.port)).collect();
    assert_eq!(told, ["lan_ipv4 10.1.2.3:80", "wan_ipv4 10.1.2.3:80"]);
    let wrong = BTreeMap::from([("lan_ipv6".to_owned(), Default::default())]);
    assert_eq!(
        refused(&ServiceRegistration { tagged_addresses: Some(wrong), ..service("web") }),
        r#"Service tagged address "lan_ipv6" must be a valid ipv6 address"#
    );
}

#[test]
fn what_is_wrong_with_a_service_is_told_in_consuls_words() {
    let weights =
        |passing, warning| ServiceRegistration { weights: Some(Weights { passing, warning }), ..service("w") };
    let meta = Some(BTreeMap::from([("bad key!".to_owned(), "x".to_owned())]));
    let checked = |check| ServiceRegistration { checks: vec![check], ..service("w") };
    for (given, text) in [
        (service(""), "Missing service name"),
        (ServiceRegistration { address: "::".to_owned(), ..service("w") }, "Invalid service address"),
        (weights(0, 1), "Invalid Weights: Passing must be greater than 0"),
        (weights(1, -1), "Invalid Weights: Warning must be greater or equal than 0"),
        (weights(70_000, 1), "Invalid Weights: DNS Weight must be between 0 and 65535"),
        (
            ServiceRegistration { meta, ..service("w") },
            "Invalid Service Meta: Couldn't load metadata pair ('bad key!', 'x'): Key contains invalid characters",
        ),
        (checked(CheckRegistration::default()), "Invalid check: TTL must be > 0 for TTL checks"),
        (
            checked(CheckRegistration { status: "zz".to_owned(), ..ttl("") }),
            "Status for checks must 'passing', 'warning', 'critical'",
        ),
        (
            checked(CheckRegistration { script_args: vec!["true".to_owned()], interval: SECOND, ..Default::default() }),
            "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true",
        ),
        (
            ServiceRegistration { kind: ServiceKind::ConnectProxy, port: 1, ..service("w") },
            "1 error occurred:\n\t* Proxy.DestinationServiceName must be non-empty for Connect proxy services\n\n",
        ),
        (
            ServiceRegistration {
                sidecar: Some(Box::new(ServiceRegistration { id: "own".to_owned(), ..service("") })),
                ..service("w")
            },
            "1 error occurred:\n\t* A SidecarService cannot specify an ID as this is managed by the agent\n\n",
        ),
    ] {
        assert_eq!(refused(&given), text);
    }
}

#[test]
fn what_is_wrong_with_a_check_is_told_in_consuls_words() {
    let asked = CheckRegistration { tcp: "x:1".to_owned(), interval: SECOND, ..CheckRegistration::default() };
    let alias = CheckRegistration { alias_service: "web".to_owned(), ..CheckRegistration::default() };
    let named = |check: &CheckRegistration| CheckRegistration { name: "c".to_owned(), ..check.clone() };
    for (given, text) in [
        (CheckRegistration::default(), "Missing check name"),
        (CheckRegistration { status: "zz".to_owned(), ..ttl("c") }, "Bad check status"),
        (CheckRegistration { interval: 1, ..ttl("c") }, "Invalid check: Interval and TTL cannot both be specified"),
        (
            CheckRegistration { interval: 0, ..named(&asked) },
            "Invalid check: Interval must be > 0 for Script, HTTP, or TCP checks",
        ),
        (
            CheckRegistration { alias_node: "n".to_owned(), ..named(&asked) },
            "Invalid check: Interval cannot be set for Alias checks",
        ),
        (CheckRegistration { ttl: 1, ..named(&alias) }, "Invalid check: TTL must be not be set for Alias checks"),
        (CheckRegistration { output_max_size: -1, ..ttl("c") }, "Invalid check: MaxOutputMaxSize must be positive"),
        (CheckRegistration { service_id: "none".to_owned(), ..ttl("c") }, r#"ServiceID "none" does not exist"#),
    ] {
        let error = register_check(&mut State::new(settings()), &given).unwrap_err();
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn a_sidecar_takes_over_what_it_does_not_say_and_goes_with_its_service() {
    let mut state = State::new(settings());
    let with_sidecar = |name: &str| ServiceRegistration {
        port: 80,
        tags: vec!["v1".to_owned()],
        sidecar: Some(Box::default()),
        ..service(name)
    };
    register(&mut state, &with_sidecar("web")).unwrap();
    let sidecar = Arc::clone(&state.service("web-sidecar-proxy").unwrap().service);
    assert_eq!((sidecar.kind, sidecar.port, &*sidecar.tags[0]), (ServiceKind::ConnectProxy, 21_000, "v1"));
    let Proxy { destination_service_id, local_service_address, local_service_port, .. } = &*sidecar.proxy;
    assert_eq!((&**destination_service_id, &**local_service_address, *local_service_port), ("web", "127.0.0.1", 80));
    assert_eq!(
        checks(&state),
        [
            r#"service:web-sidecar-proxy:1 "Connect Sidecar Listening" tcp"#,
            r#"service:web-sidecar-proxy:2 "Connect Sidecar Aliasing web" alias"#
        ]
    );
    register(&mut state, &with_sidecar("web")).unwrap();
    assert_eq!(state.service("web-sidecar-proxy").unwrap().service.port, 21_000, "it keeps its port");
    register(&mut state, &with_sidecar("db")).unwrap();
    assert_eq!(
        register(&mut state, &with_sidecar("api")).unwrap_err().to_string(),
        "Invalid SidecarService: no port provided for sidecar_service and none left in the configured range [21000, 21001]"
    );
    let removal = state.plan_removal("web").unwrap();
    state.let_go(&removal);
    let left: Vec<_> = state.services().map(|held| held.service.id.to_string()).collect();
    assert_eq!((left, state.checks().count()), (vec!["db".to_owned(), "db-sidecar-proxy".to_owned()], 2));
}

#[test]
fn a_registration_anew_keeps_statuses_and_drops_other_checks_only_when_asked_to() {
    let (mut state, mut rng) = (State::new(settings()), Rng::seeded(1));
    let both = ServiceRegistration { checks: vec![ttl("a"), ttl("b")], ..service("web") };
    register(&mut state, &both).unwrap();
    state.update_check("service:web:1", PASSING, "fine", Instant::ZERO, &mut rng);
    register(&mut state, &both).unwrap();
    assert_eq!(status(&state, "service:web:1"), "passing fine");
    let one = ServiceRegistration { checks: vec![ttl("c")], ..service("web") };
    register(&mut state, &one).unwrap();
    assert_eq!(state.checks().count(), 3);
    replace(&mut state, &one, true).unwrap();
    assert_eq!(checks(&state), [r#"service:web "c" ttl"#]);
}

#[test]
fn a_check_is_told_how_it_is_only_if_it_waits_for_that_and_long_words_are_cut() {
    let (mut state, mut rng) = (State::new(settings()), Rng::seeded(1));
    register_check(&mut state, &ttl("c")).unwrap();
    let told = state.tell("c", PASSING, "überlang", 5, Instant::ZERO, &mut rng).unwrap();
    assert_eq!(told, Told { output: "über ... (captured 5 of 9 bytes)".to_owned(), ttl: Duration::from_secs(30) });
    assert_eq!(status(&state, "c"), "passing über ... (captured 5 of 9 bytes)");
    assert_eq!(state.duties()[0].told, 1);
    let error = state.tell("none", PASSING, "", 5, Instant::ZERO, &mut rng).unwrap_err();
    assert_eq!(error.to_string(), r#"CheckID "none" does not have associated TTL"#);
}

#[test]
fn a_service_whose_check_is_critical_for_too_long_is_overdue_but_not_before_a_minute() {
    let (mut state, mut rng) = (State::new(settings()), Rng::seeded(1));
    let check = CheckRegistration { deregister_critical_service_after: SECOND, ..ttl("a") };
    register(&mut state, &ServiceRegistration { checks: vec![check], ..service("web") }).unwrap();
    let at = |seconds| Instant::ZERO + Duration::from_secs(seconds);
    assert!(state.overdue(at(1000)).is_empty(), "nobody has looked yet");
    state.update_check("service:web", CRITICAL, "", at(0), &mut rng);
    assert!(state.overdue(at(60)).is_empty());
    assert_eq!(state.overdue(at(61)), [("web".into(), "service:web".into())]);
    state.update_check("service:web", PASSING, "", at(61), &mut rng);
    state.update_check("service:web", CRITICAL, "", at(62), &mut rng);
    assert!(state.overdue(at(100)).is_empty(), "counted from when it became critical again");
}

#[test]
fn maintenance_is_a_critical_check_that_nobody_carries_out() {
    let mut state = State::new(settings());
    register(&mut state, &service("web")).unwrap();
    let web = Arc::clone(&state.service("web").unwrap().service);
    let plan = state.plan_service_maintenance(&web, "", "").unwrap();
    state.hold_check(plan);
    let held = state.check("_service_maintenance:web").unwrap();
    assert_eq!((&*held.check.name, &*held.check.status), ("Service Maintenance Mode", CRITICAL));
    assert!(held.check.notes.starts_with("Maintenance mode is enabled for this service, but no reason"));
    assert!(state.duties().is_empty());
    assert!(state.plan_service_maintenance(&web, "again", "").is_none());
    let plan = state.plan_node_maintenance("why", "").unwrap();
    assert_eq!((&*plan.check.id, &*plan.check.notes), ("_node_maintenance", "why"));
}

#[test]
fn another_content_has_another_hash() {
    let mut state = State::new(settings());
    register(&mut state, &service("web")).unwrap();
    let hash = |state: &State| content_hash(&state.service("web").unwrap().service);
    let first = hash(&state);
    register(&mut state, &service("web")).unwrap();
    assert_eq!((hash(&state), first.len()), (first.clone(), 16));
    register(&mut state, &ServiceRegistration { port: 1, ..service("web") }).unwrap();
    assert_ne!(hash(&state), first);
}

#[test]
fn outputs_are_dropped_when_the_agent_is_told_to() {
    let (mut state, mut rng) = (State::new(settings()), Rng::seeded(1));
    state.discard_check_output(true);
    register_check(&mut state, &ttl("c")).unwrap();
    state.update_check("c", PASSING, "words", Instant::ZERO, &mut rng);
    assert_eq!(status(&state, "c"), "passing ");
}
