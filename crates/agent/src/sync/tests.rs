//! A node, and what the catalog may say of it.

use proconsul_base::index::Index;
use proconsul_types::service::{Proxy, ServiceKind, Weights};

use super::*;

fn node() -> Node {
    Node {
        id: None,
        name: "n1".into(),
        address: "10.0.0.1".into(),
        datacenter: "dc1".into(),
        tagged_addresses: None,
        meta: None,
        create_index: Index(5),
        modify_index: Index(6),
    }
}

fn service(id: &str) -> Arc<Service> {
    Arc::new(Service {
        kind: ServiceKind::Typical,
        id: id.into(),
        name: id.into(),
        node: "n1".into(),
        tags: [].into(),
        address: "".into(),
        tagged_addresses: None,
        meta: None,
        port: 0,
        weights: Weights { passing: 1, warning: 1 },
        enable_tag_override: false,
        proxy: Arc::new(Proxy::default()),
        connect_native: false,
        create_index: Index(1),
        modify_index: Index(1),
    })
}

fn check(id: &str, service: &str) -> Arc<Check> {
    let empty = || Arc::from("");
    Arc::new(Check {
        node: "n1".into(),
        id: id.into(),
        name: empty(),
        status: empty(),
        notes: empty(),
        output: empty(),
        service_id: service.into(),
        service_name: empty(),
        service_tags: [].into(),
        kind: empty(),
        definition: None,
        create_index: Index(1),
        modify_index: Index(1),
    })
}

/// What is to be written, in short.
fn told(seen: &Seen) -> Vec<String> {
    let ours = Node { create_index: Index::ZERO, modify_index: Index::ZERO, ..node() };
    let told = |deed| match deed {
        Deed::Register(register) => format!("{} is at {}", register.node.name, register.node.address),
        Deed::Deregister(gone) => format!("no service {:?}, no check {:?}", gone.service_id, gone.check_id),
    };
    due(&ours, seen).into_iter().map(told).collect()
}

#[test]
fn a_node_that_is_missing_or_told_differently_is_registered_and_one_told_right_is_left_alone() {
    let seen = |node| Seen { node: Some(Arc::new(node)), ..Seen::default() };
    assert_eq!(told(&Seen::default()), ["n1 is at 10.0.0.1"]);
    assert!(told(&seen(node())).is_empty(), "indexes do not count");
    for other in [
        Node { address: "10.0.0.9".into(), ..node() },
        Node { meta: Some(Arc::default()), ..node() },
        Node { tagged_addresses: Some(Arc::default()), ..node() },
    ] {
        assert_eq!(told(&seen(other)), ["n1 is at 10.0.0.1"]);
    }
}

#[test]
fn services_and_checks_that_others_put_on_the_node_go_but_the_leaders_own_stay() {
    let seen = Seen {
        node: Some(Arc::new(node())),
        services: vec![service("consul"), service("web")],
        checks: vec![check("serfHealth", ""), check("disk", ""), check("alive", "web"), check("odd", "consul")],
    };
    let expected =
        [r#"no service "web", no check """#, r#"no service "", no check "disk""#, r#"no service "", no check "odd""#];
    assert_eq!(told(&seen), expected);
}

#[test]
fn the_next_look_is_within_twice_the_interval_which_grows_with_the_cluster() {
    let mut rng = Rng::seeded(1);
    for (nodes, minutes) in [(0, 1), (3, 1), (128, 1), (129, 2), (256, 2), (257, 3), (8192, 7)] {
        let interval = Duration::from_secs(60 * minutes);
        for _ in 0..100 {
            let pause = pause(nodes, &mut rng);
            assert!((interval..interval * 2).contains(&pause), "{nodes} nodes: {pause:?}");
        }
    }
}
