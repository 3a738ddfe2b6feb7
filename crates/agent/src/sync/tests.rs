//! An agent, a catalog of its own, and what passes between them.

mod model;

use proptest::prelude::*;

use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;
use proconsul_types::check::{CRITICAL, PASSING};
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};

use self::model::Catalog;
use super::*;
use crate::local::tests::{register, service, settings, ttl};
use crate::local::{Source, State};

fn state() -> State {
    State::new(settings())
}

fn with_check(name: &str) -> ServiceRegistration {
    ServiceRegistration { checks: vec![ttl("alive")], ..service(name) }
}

/// A full look; what was written, in short.
fn look(state: &mut State, catalog: &mut Catalog) -> Vec<String> {
    let as_of = state.revision();
    compare(state, &catalog.seen(), as_of);
    write(state, catalog)
}

/// The writes that are due; what was written, in short.
fn write(state: &mut State, catalog: &mut Catalog) -> Vec<String> {
    let deeds = due(state);
    let told = deeds.iter().map(|deed| catalog.write(&deed.write)).collect();
    deeds.iter().for_each(|deed| settle(state, deed));
    told
}

#[test]
fn a_node_that_is_missing_or_told_differently_is_registered_and_one_told_right_is_left_alone() {
    let (mut state, mut catalog) = (state(), Catalog::default());
    assert_eq!(look(&mut state, &mut catalog), ["node"]);
    assert!(look(&mut state, &mut catalog).is_empty(), "indexes do not count");
    for other in [
        Node { address: "10.0.0.9".into(), ..catalog.node() },
        Node { meta: Some(Arc::default()), ..catalog.node() },
        Node { tagged_addresses: Some(Arc::default()), ..catalog.node() },
    ] {
        catalog.node = Some(other);
        assert_eq!(look(&mut state, &mut catalog), ["node"]);
    }
}

#[test]
fn a_service_is_written_with_its_checks_and_a_change_of_a_check_alone_with_its_service() {
    let (mut state, mut catalog, mut rng) = (state(), Catalog::default(), Rng::seeded(1));
    register(&mut state, &with_check("web")).unwrap();
    assert_eq!(look(&mut state, &mut catalog), ["node", "web +service:web"]);
    state.update_check("service:web", PASSING, "fine", Instant::ZERO, &mut rng);
    assert_eq!(write(&mut state, &mut catalog), ["web +service:web"]);
    assert!(look(&mut state, &mut catalog).is_empty());
}

#[test]
fn a_new_output_alone_waits_and_other_differences_of_it_do_not_count_meanwhile() {
    let (mut state, mut catalog, mut rng) = (state(), Catalog::default(), Rng::seeded(1));
    register(&mut state, &with_check("web")).unwrap();
    look(&mut state, &mut catalog);
    state.update_check("service:web", CRITICAL, "no answer", Instant::ZERO, &mut rng);
    assert!(write(&mut state, &mut catalog).is_empty());
    assert!(look(&mut state, &mut catalog).is_empty());
    let due = state.ripen(Instant::ZERO).unwrap();
    let interval = Duration::from_secs(300);
    assert!((Instant::ZERO + interval / 2..Instant::ZERO + interval * 3 / 2).contains(&due), "{due:?}");
    assert_eq!(state.ripen(due), None);
    assert_eq!(write(&mut state, &mut catalog), ["web +service:web"]);
    assert_eq!(&*catalog.checks["service:web"].output, "no answer");
}

#[test]
fn services_and_checks_that_others_put_on_the_node_go_but_the_leaders_own_stay() {
    let (mut state, mut catalog) = (state(), Catalog::default());
    look(&mut state, &mut catalog);
    for (service, check) in [("consul", "odd"), ("web", "alive"), ("", "disk"), ("", "serfHealth")] {
        catalog.put(service, check);
    }
    assert_eq!(look(&mut state, &mut catalog), ["-web", "-disk", "-odd"]);
    assert!(look(&mut state, &mut catalog).is_empty());
    let left: Vec<_> = catalog.services.keys().chain(catalog.checks.keys()).map(|id| &**id).collect();
    assert_eq!(left, ["consul", "serfHealth"]);
}

#[test]
fn the_catalogs_tags_are_taken_over_where_others_may_change_them() {
    let (mut state, mut catalog) = (state(), Catalog::default());
    let free = ServiceRegistration { enable_tag_override: true, ..with_check("web") };
    register(&mut state, &free).unwrap();
    register(&mut state, &service("db")).unwrap();
    look(&mut state, &mut catalog);
    for id in ["web", "db"] {
        Arc::make_mut(catalog.services.get_mut(id).unwrap()).tags = ["blue".into()].into();
    }
    assert_eq!(look(&mut state, &mut catalog), ["db", "web +service:web"], "the check follows the tags");
    assert_eq!(&*state.service("web").unwrap().service.tags, ["blue".into()]);
    assert!(catalog.services["db"].tags.is_empty());
    assert!(look(&mut state, &mut catalog).is_empty());
}

#[test]
fn what_has_changed_since_it_was_read_or_made_up_stays_due() {
    let (mut state, mut catalog) = (state(), Catalog::default());
    let (seen, as_of) = (catalog.seen(), state.revision());
    register(&mut state, &service("web")).unwrap();
    let first = due(&state);
    register(&mut state, &ServiceRegistration { port: 80, ..service("web") }).unwrap();
    first.iter().for_each(|deed| drop(catalog.write(&deed.write)));
    first.iter().for_each(|deed| settle(&mut state, deed));
    compare(&mut state, &seen, as_of);
    assert_eq!(write(&mut state, &mut catalog), ["node", "web"]);
    assert_eq!(catalog.services["web"].port, 80);
}

#[test]
fn each_is_written_with_its_own_token() {
    let mut state = state();
    let secret = |token: &str| token.to_owned();
    register(&mut state, &ServiceRegistration { token: secret("s"), ..with_check("web") }).unwrap();
    let other = CheckRegistration { service_id: "web".to_owned(), token: secret("c"), ..ttl("other") };
    let plan = state.plan_check(&other, Source::Remote).unwrap();
    state.hold_check(plan);
    let tokens: Vec<_> = due(&state).into_iter().map(|deed| deed.token).collect();
    assert_eq!(tokens, ["", "s", "c"]);
    let removal = state.plan_removal("web").unwrap();
    state.let_go(&removal);
    let tokens: Vec<_> = due(&state).into_iter().map(|deed| deed.token).collect();
    assert_eq!(tokens, ["", "s"]);
}

#[test]
fn the_next_look_is_within_twice_the_interval_which_grows_with_the_cluster() {
    let mut rng = Rng::seeded(1);
    for (nodes, minutes) in [(0, 1), (3, 1), (128, 1), (129, 2), (256, 2), (257, 3), (8192, 7)] {
        let interval = Duration::from_secs(60 * minutes);
        for _ in 0..100 {
            let pause = pause(nodes, &mut rng);
            assert!((interval..interval * 2).contains(&pause), "{nodes} nodes: {pause:?}");
            let pause = pause_after_server(nodes, &mut rng);
            assert!(pause < Duration::from_secs(3 * minutes), "{nodes} nodes: {pause:?}");
        }
    }
}

/// What may happen on either side.
#[derive(Clone, Debug)]
enum Event {
    Registered { service: u8, port: i64, is_free: bool, checks: usize, has_sidecar: bool },
    CheckRegistered { check: u8, service: Option<u8> },
    ServiceGone(u8),
    CheckGone(u8),
    Told { check: u8, status: bool, output: u8 },
    PutByOthers { service: Option<u8>, check: u8 },
    TagsPutByOthers { service: u8, tag: u8 },
    ForgottenByCatalog(u8),
    Written,
    Looked,
}

fn events() -> impl Strategy<Value = Event> {
    let id = 0..4u8;
    prop_oneof![
        (id.clone(), 0..3i64, any::<bool>(), 0..3usize, any::<bool>()).prop_map(
            |(service, port, is_free, checks, has_sidecar)| Event::Registered {
                service,
                port,
                is_free,
                checks,
                has_sidecar
            }
        ),
        (id.clone(), proptest::option::of(id.clone()))
            .prop_map(|(check, service)| Event::CheckRegistered { check, service }),
        id.clone().prop_map(Event::ServiceGone),
        id.clone().prop_map(Event::CheckGone),
        (id.clone(), any::<bool>(), 0..3u8).prop_map(|(check, status, output)| Event::Told { check, status, output }),
        (proptest::option::of(id.clone()), id.clone())
            .prop_map(|(service, check)| Event::PutByOthers { service, check }),
        (id.clone(), 0..3u8).prop_map(|(service, tag)| Event::TagsPutByOthers { service, tag }),
        id.prop_map(Event::ForgottenByCatalog),
        Just(Event::Written),
        Just(Event::Looked),
    ]
}

fn happen(event: Event, state: &mut State, catalog: &mut Catalog, rng: &mut Rng) {
    let of = |service: u8| format!("s{service}");
    match event {
        Event::Registered { service: id, port, is_free, checks, has_sidecar } => {
            let sidecar = has_sidecar.then(|| Box::new(ServiceRegistration { port: 1, ..service("") }));
            let checks = (0..checks).map(|at| CheckRegistration { id: format!("c{at}"), ..ttl("c") }).collect();
            let given = ServiceRegistration { port, enable_tag_override: is_free, checks, sidecar, ..service(&of(id)) };
            register(state, &given).unwrap();
        }
        Event::CheckRegistered { check, service } => {
            let service_id = service.map(of).unwrap_or_default();
            let given = CheckRegistration { service_id, ..ttl(&format!("c{check}")) };
            // Refused when there is no such service.
            if let Ok(plan) = state.plan_check(&given, Source::Remote) {
                state.hold_check(plan);
            }
        }
        Event::ServiceGone(id) => {
            if let Some(removal) = state.plan_removal(&of(id)) {
                state.let_go(&removal);
            }
        }
        Event::CheckGone(id) => drop(state.drop_check(&format!("c{id}"))),
        Event::Told { check, status, output } => {
            let status = if status { PASSING } else { CRITICAL };
            state.update_check(&format!("c{check}"), status, &output.to_string(), Instant::ZERO, rng);
        }
        Event::PutByOthers { service, check } => {
            catalog.put(&service.map(of).unwrap_or_default(), &format!("c{check}"));
        }
        Event::TagsPutByOthers { service, tag } => {
            if let Some(known) = catalog.services.get_mut(&*of(service)) {
                Arc::make_mut(known).tags = [tag.to_string().into()].into();
            }
        }
        Event::ForgottenByCatalog(id) => drop(catalog.forget(&of(id))),
        Event::Written => drop(write(state, catalog)),
        Event::Looked => drop(look(state, catalog)),
    }
}

proptest! {
    #[test]
    fn after_a_full_look_the_catalog_says_the_same_and_a_second_look_finds_nothing(
        events in proptest::collection::vec(events(), 0..40),
        seed in any::<u64>(),
    ) {
        let (mut state, mut catalog, mut rng) = (state(), Catalog::default(), Rng::seeded(seed));
        for event in events {
            happen(event, &mut state, &mut catalog, &mut rng);
        }
        look(&mut state, &mut catalog);
        prop_assert!(due(&state).is_empty());
        prop_assert_eq!(look(&mut state, &mut catalog), Vec::<String>::new());
        let ours: Vec<_> = state.services().map(|held| (held.service.id.clone(), held.service.port, held.service.tags.clone())).collect();
        let known: Vec<_> = catalog.services.values().map(|known| (known.id.clone(), known.port, known.tags.clone())).collect();
        prop_assert_eq!(ours, known);
        let say = |check: &Check| (check.id.clone(), check.service_id.clone(), check.status.clone());
        let ours: Vec<_> = state.checks().map(|held| say(&held.check)).collect();
        let known: Vec<_> = catalog.checks.values().map(|known| say(known)).collect();
        prop_assert_eq!(ours, known);
    }
}
