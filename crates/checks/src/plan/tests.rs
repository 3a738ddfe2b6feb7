//! Which check becomes what.

use super::*;
use crate::tls::TlsOptions;

const SECOND: i64 = 1_000_000_000;

fn means() -> Means {
    let network = Network::default();
    Means {
        tls: Arc::new(Tls::load(&TlsOptions::default()).unwrap()),
        engine: Engine::at("", network.clone()).unwrap(),
        network,
        output_max: 4096,
    }
}

fn check(change: impl FnOnce(&mut CheckRegistration)) -> CheckRegistration {
    let mut check = CheckRegistration { interval: 10 * SECOND, ..CheckRegistration::default() };
    change(&mut check);
    check
}

fn repeated(check: &CheckRegistration) -> Repeated {
    match Plan::of(check, &means()).unwrap() {
        Plan::Repeated(repeated) => repeated,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_kind_follows_from_what_is_filled_in() {
    let args = || vec!["true".to_owned()];
    let kinds = [
        (check(|check| check.http = "http://a".to_owned()), Kind::Http),
        (check(|check| check.tcp = "a:1".to_owned()), Kind::Tcp),
        (check(|check| check.udp = "a:1".to_owned()), Kind::Udp),
        (check(|check| check.grpc = "a:1".to_owned()), Kind::Grpc),
        (check(|check| check.h2ping = "a:1".to_owned()), Kind::H2Ping),
        (check(|check| check.os_service = "a".to_owned()), Kind::OsService),
        (check(|check| check.script_args = args()), Kind::Script),
        (
            check(|check| {
                check.script_args = args();
                check.docker_container_id = "a".to_owned();
            }),
            Kind::Docker,
        ),
        (CheckRegistration { ttl: SECOND, ..CheckRegistration::default() }, Kind::Ttl),
        (CheckRegistration { alias_node: "a".to_owned(), ..CheckRegistration::default() }, Kind::Alias),
        (CheckRegistration { alias_service: "a".to_owned(), ..CheckRegistration::default() }, Kind::Alias),
    ];
    for (check, kind) in kinds {
        assert_eq!(Kind::of(&check), Some(kind));
        assert!(Plan::of(&check, &means()).is_ok(), "{kind:?}");
    }
}

#[test]
fn what_says_nothing_or_not_how_often_is_no_check() {
    for check in
        [CheckRegistration::default(), CheckRegistration { tcp: "a:1".to_owned(), ..CheckRegistration::default() }]
    {
        assert!(matches!(Plan::of(&check, &means()), Err(PlanError::NoKind)));
    }
}

#[test]
fn no_check_is_carried_out_more_often_than_once_a_second() {
    let often = check(|check| {
        check.tcp = "a:1".to_owned();
        check.interval = SECOND / 100;
    });
    assert_eq!(repeated(&often).interval, Duration::from_secs(1));
}

#[test]
fn an_attempt_may_take_as_long_as_its_kind_says_unless_the_check_does() {
    let timeout = |check: &CheckRegistration| match repeated(check).probe {
        Probe::Tcp(tcp) => tcp.timeout,
        Probe::Script(script) => script.timeout,
        other => panic!("{other:?}"),
    };
    let tcp = check(|check| check.tcp = "a:1".to_owned());
    let script = check(|check| check.script_args = vec!["true".to_owned()]);
    assert_eq!((timeout(&tcp), timeout(&script)), (Duration::from_secs(10), Duration::from_secs(30)));
    assert_eq!(timeout(&CheckRegistration { timeout: 3 * SECOND, ..script }), Duration::from_secs(3));
}

#[test]
fn a_check_may_keep_less_of_an_output_than_the_agent_and_never_more() {
    let output_max = |own| {
        let script = check(|check| {
            check.script_args = vec!["true".to_owned()];
            check.output_max_size = own;
        });
        match repeated(&script).probe {
            Probe::Script(script) => script.output_max,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!([0, 10, 100_000].map(output_max), [4096, 10, 4096]);
}

#[test]
fn a_name_that_no_certificate_can_have_is_refused_before_anything_is_asked() {
    let check = check(|check| {
        check.http = "https://a".to_owned();
        check.tls_server_name = "not a name".to_owned();
    });
    let told = Plan::of(&check, &means()).unwrap_err().to_string();
    assert_eq!(told, "Failed to set up TLS: \"not a name\" is no name that a certificate can have");
}
