//! Files read again while the agent runs.

use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;
use proconsul_types::check::PASSING;

use super::*;
use crate::local::tests::{register, service, settings, ttl};

fn defined(services: Vec<ServiceRegistration>, checks: Vec<CheckRegistration>) -> (State, Definitions) {
    let (mut state, definitions) = (State::new(settings()), Definitions { services, checks });
    state.replace_definitions(&definitions).unwrap();
    (state, definitions)
}

fn ids(state: &State) -> Vec<String> {
    let services = state.services().map(|held| held.service.id.to_string());
    services.chain(state.checks().map(|held| held.check.id.to_string())).collect()
}

fn with_check(name: &str) -> ServiceRegistration {
    ServiceRegistration { checks: vec![ttl("a")], ..service(name) }
}

#[test]
fn what_files_defined_is_replaced_and_what_was_registered_stays() {
    let sidecar = Some(Box::default());
    let (mut state, _) =
        defined(vec![ServiceRegistration { sidecar, port: 1, ..with_check("web") }], vec![ttl("disk")]);
    register(&mut state, &with_check("api")).unwrap();
    let next = Definitions { services: vec![with_check("db")], checks: vec![ttl("load")] };
    let unkept = state.replace_definitions(&next).unwrap();
    assert_eq!(ids(&state), ["api", "db", "load", "service:api", "service:db"]);
    assert!(unkept.services.contains(&"web".into()) && unkept.checks.contains(&"disk".into()), "{unkept:?}");
    assert!(!unkept.services.contains(&"api".into()));
}

#[test]
fn a_check_that_is_still_there_keeps_its_status() {
    let (mut state, definitions) = defined(vec![with_check("web")], vec![ttl("disk")]);
    for id in ["disk", "service:web"] {
        state.update_check(id, PASSING, "fine", Instant::ZERO, &mut Rng::seeded(1));
    }
    state.replace_definitions(&definitions).unwrap();
    assert!(state.checks().all(|held| *held.check.status == *PASSING && *held.check.output == *"fine"));
}

#[test]
fn nothing_changes_when_anything_is_wrong() {
    let (mut state, _) = defined(vec![with_check("web")], vec![]);
    let of_none = CheckRegistration { service_id: "none".to_owned(), ..ttl("c") };
    let wrong = Definitions { services: vec![service("db")], checks: vec![of_none] };
    let error = state.replace_definitions(&wrong).unwrap_err().to_string();
    assert_eq!(error, r#"Failed to register check 'c': ServiceID "none" does not exist"#);
    assert_eq!(ids(&state), ["web", "service:web"]);
}

#[test]
fn a_file_takes_over_what_was_registered_under_the_same_id() {
    let mut state = State::new(settings());
    register(&mut state, &with_check("web")).unwrap();
    let definitions =
        Definitions { services: vec![ServiceRegistration { port: 80, ..service("web") }], checks: vec![] };
    let unkept = state.replace_definitions(&definitions).unwrap();
    assert_eq!((state.service("web").unwrap().service.port, unkept.services), (80, vec!["web".into()]));
    assert_eq!(ids(&state), ["web", "service:web"], "the check was registered, and stays");
}
