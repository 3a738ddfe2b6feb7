//! The index rules of Consul's catalog, as measured on 1.8.7: each step names the indexes that Consul gave.

use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::check::{Check, PASSING, SERF_HEALTH};
use proconsul_types::node::Node;
use proconsul_types::service::{Proxy, Service, ServiceKind, Weights};

use crate::command::Command;
use crate::command::catalog::{CatalogCommand, Register};
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::store::{Store, Writer, create};
use crate::watch::{Table, Topic};

struct World {
    writer: Writer,
    store: Arc<Store>,
    index: Index,
}

impl World {
    fn new() -> Self {
        let (writer, store) = create();
        Self { writer, store, index: Index(9) }
    }

    fn run(&mut self, command: CatalogCommand<'_>) -> Outcome {
        self.index = self.index.next();
        let bytes = Command::Catalog(command).encode();
        let mut outcomes = Vec::new();
        self.writer.apply([(self.index, &bytes[..])], |outcome| outcomes.push(outcome)).unwrap();
        self.store.view().check().unwrap();
        outcomes.remove(0)
    }

    fn register(&mut self, register: Register) -> Outcome {
        self.run(CatalogCommand::Register(Box::new(register)))
    }

    /// Nodes, services, checks, then the services web, db and one that nobody registered.
    fn indexes(&self) -> [u64; 6] {
        let view = self.store.view();
        let tables = [view.nodes_index(), view.services_index(), view.checks_index()];
        let names = ["web", "DB", "unknown"].map(|name| view.service_index(name, true));
        [tables[0].0, tables[1].0, tables[2].0, names[0].0, names[1].0, names[2].0]
    }
}

pub(super) fn node(name: &str) -> Node {
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

fn with_id(name: &str, id: u8) -> Node {
    Node { id: Some(proconsul_base::id::NodeId::from_bytes([id; 16])), ..node(name) }
}

pub(super) fn service(name: &str, id: &str) -> Service {
    Service {
        kind: ServiceKind::Typical,
        id: id.into(),
        name: name.into(),
        node: "a1".into(),
        tags: Arc::default(),
        address: "".into(),
        tagged_addresses: None,
        meta: None,
        port: 80,
        weights: Weights { passing: 1, warning: 1 },
        enable_tag_override: false,
        proxy: Arc::default(),
        connect_native: false,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

pub(super) fn check(id: &str, service_id: &str, status: &str) -> Check {
    Check {
        node: "a1".into(),
        id: id.into(),
        name: id.into(),
        status: status.into(),
        notes: "".into(),
        output: "".into(),
        service_id: service_id.into(),
        service_name: "".into(),
        service_tags: Arc::default(),
        kind: "".into(),
        definition: None,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

fn only(node: Node) -> Register {
    Register { node, service: None, checks: Vec::new(), skip_node_update: false }
}

fn serving(service: Service) -> Register {
    Register { service: Some(service), ..only(node("a1")) }
}

fn checked(check: Check) -> Register {
    Register { checks: vec![check], ..only(node("a1")) }
}

#[test]
fn indexes_move_as_consuls_do() {
    let mut world = World::new();
    world.register(only(node("a1")));
    assert_eq!(world.indexes(), [10, 0, 0, 10, 10, 10]);
    world.register(serving(service("web", "web")));
    assert_eq!(world.indexes(), [10, 11, 0, 11, 11, 11]);
    world.register(serving(service("web", "web")));
    assert_eq!(world.indexes(), [10, 11, 0, 11, 11, 11], "the same again is no change");
    world.register(serving(service("db", "db1")));
    assert_eq!(world.indexes(), [10, 13, 0, 11, 13, 13]);
    world.register(checked(check("nc", "", "")));
    assert_eq!(world.indexes(), [10, 13, 14, 14, 14, 14], "a node's check concerns all its services");
    world.register(checked(check("sc", "web", PASSING)));
    assert_eq!(world.indexes(), [10, 13, 15, 15, 14, 15]);
    world.register(only(Node { address: "10.0.0.2".into(), ..node("a1") }));
    assert_eq!(world.indexes(), [16, 13, 15, 16, 16, 16]);
    world.run(CatalogCommand::DeregisterCheck { node: "a1", id: "nc" });
    assert_eq!(world.indexes(), [16, 17, 17, 17, 17, 17]);
    world.run(CatalogCommand::DeregisterCheck { node: "A1", id: "SC" });
    assert_eq!(world.indexes(), [16, 17, 18, 18, 17, 18]);
    world.run(CatalogCommand::DeregisterService { node: "a1", id: "web" });
    assert_eq!(world.indexes(), [16, 19, 19, 19, 17, 19], "the removal of a service counts as one of checks");
    world.run(CatalogCommand::DeregisterService { node: "a1", id: "web" });
    assert_eq!(world.indexes(), [16, 19, 19, 19, 17, 19], "what is not there changes nothing");
    world.register(serving(service("api", "api")));
    assert_eq!(
        world.indexes(),
        [21, 21, 19, 19, 21, 19],
        "a service without instances keeps the index of the last end"
    );
    world.run(CatalogCommand::DeregisterNode { node: "a1" });
    assert_eq!(world.indexes(), [22, 22, 22, 22, 22, 22]);
}

#[test]
fn who_sees_no_checks_of_an_unknown_service_is_not_told_of_them() {
    let mut world = World::new();
    world.register(serving(service("web", "web")));
    world.register(checked(check("c", "web", PASSING)));
    let view = world.store.view();
    let of = |name: &str| [true, false].map(|with_checks| view.service_index(name, with_checks).0);
    assert_eq!((of("unknown"), of("web")), ([11, 10], [11, 11]));
    assert_eq!(view.connect_index("web", false), Index(11), "one that is not in the mesh has its own");
}

#[test]
fn a_write_wakes_whom_it_concerns_and_the_same_again_nobody() {
    let mut world = World::new();
    world.register(serving(service("web", "web")));
    world.register(serving(service("db", "db")));
    let store = world.store.clone();
    let topics = [
        Topic::Row(Table::Services, "web"),
        Topic::Row(Table::Services, "db"),
        Topic::Row(Table::Nodes, "a1"),
        Topic::Table(Table::Services),
        Topic::Table(Table::Checks),
    ];
    let mut woken = |register: Register| {
        let watches = topics.map(|topic| store.watch(topic));
        world.register(register);
        watches.map(|watch| watch.has_changed())
    };
    assert_eq!(woken(checked(check("c", "web", PASSING))), [true, false, true, false, true]);
    assert_eq!(woken(checked(check("c", "web", PASSING))), [false; 5]);
    assert_eq!(woken(serving(service("web", "web"))), [false; 5]);
    assert_eq!(woken(checked(check("n", "", PASSING))), [true, true, true, false, true]);
    assert_eq!(woken(serving(service("Web", "web2"))), [true, false, true, true, false]);
}

#[test]
fn a_proxy_is_found_under_its_destination_and_wakes_its_readers() {
    let mut world = World::new();
    let store = world.store.clone();
    let watch = store.watch(Topic::Row(Table::Services, "web"));
    let proxy = Proxy { destination_service_name: "Web".to_owned(), ..Proxy::default() };
    let sidecar = Service { kind: ServiceKind::ConnectProxy, proxy: proxy.into(), ..service("web-proxy", "p") };
    world.register(serving(sidecar));
    assert!(watch.has_changed());
    world.register(serving(Service { connect_native: true, ..service("web", "native") }));
    let view = world.store.view();
    let found: Vec<&str> = view.connect_instances("web").map(|found| &*found.service.id).collect();
    assert_eq!((found, view.connect_index("web", true)), (vec!["native", "p"], Index(11)));
}

#[test]
fn an_instance_shows_its_nodes_checks_first() {
    let mut world = World::new();
    world.register(serving(service("web", "W")));
    world.register(serving(service("web", "w2")));
    for (id, of) in [("z", ""), ("b", "w"), ("a", "W"), ("c", "w2")] {
        world.register(checked(check(id, of, PASSING)));
    }
    let view = world.store.view();
    let found = view.instances("WEB").next().unwrap().instance();
    let ids: Vec<&str> = found.checks.iter().map(|check| &*check.id).collect();
    assert_eq!((ids, &*found.checks[1].service_name), (vec!["z", "a", "b"], "web"));
}

#[test]
fn an_instance_that_takes_another_name_ends_the_old_one() {
    let mut world = World::new();
    world.register(serving(service("web", "w")));
    world.register(serving(service("db", "W")));
    assert_eq!(world.indexes(), [10, 11, 0, 11, 11, 11]);
    assert_eq!(world.store.view().services_len(), (1, 1));
}

#[test]
fn a_node_is_renamed_by_its_id_and_loses_what_was_on_it() {
    let mut world = World::new();
    world.register(Register { node: with_id("a1", 1), ..serving(service("web", "web")) });
    assert_eq!(world.register(only(with_id("a2", 1))), Outcome::Done);
    let view = world.store.view();
    let renamed = view.node("A2").unwrap();
    assert_eq!((renamed.create_index, renamed.modify_index), (Index(10), Index(11)));
    assert_eq!((view.nodes_len(), view.services_len()), (1, (0, 0)));
    assert_eq!(view.node_named_or_with_id("0101"), Some(renamed));
    assert_eq!(view.node_named_or_with_id("0"), None);
}

#[test]
fn the_name_of_a_living_node_is_not_given_away() {
    let mut world = World::new();
    let alive = || vec![check(SERF_HEALTH, "", PASSING)];
    world.register(Register { node: with_id("a1", 1), checks: alive(), ..only(node("a1")) });
    let Outcome::Failed(Failure::NodeNameTaken(taken)) = world.register(only(with_id("A1", 2))) else {
        panic!("the name was given away");
    };
    let text = "Error while renaming Node ID: \"02020202-0202-0202-0202-020202020202\": Node name A1 is reserved by node \
                01010101-0101-0101-0101-010101010101 with name a1 (10.0.0.1)";
    assert_eq!(taken.to_string(), text);

    world.register(only(with_id("a2", 2)));
    let Outcome::Failed(taken) = world.register(only(with_id("a1", 2))) else { panic!("the name was given away") };
    assert!(taken.to_string().starts_with(
        "Error while renaming Node ID: \"02020202-0202-0202-0202-020202020202\" (10.0.0.1): Node name a1 is"
    ));
    world.register(Register { node: with_id("a1", 1), checks: vec![check(SERF_HEALTH, "", "")], ..only(node("a1")) });
    assert_eq!(world.register(only(with_id("a1", 3))), Outcome::Done, "a dead node's name is free");
    assert_eq!(world.register(only(node("A1"))), Outcome::Done, "without an id there is no question");
    assert_eq!(world.store.view().node("a1").unwrap().id, None);
}

#[test]
fn a_registration_that_cannot_be_carried_out_changes_nothing() {
    let mut world = World::new();
    let orphan = Register { checks: vec![check("c", "none", "")], ..serving(service("web", "web")) };
    assert_eq!(world.register(orphan), Outcome::Failed(Failure::MissingService));
    assert_eq!(world.indexes(), [0; 6]);
    let together = Register { checks: vec![check("c", "WEB", "")], ..serving(service("web", "web")) };
    assert_eq!(world.register(together), Outcome::Done);
}

#[test]
fn a_node_that_exists_is_left_alone_when_asked_to() {
    let mut world = World::new();
    let skip = |register| Register { skip_node_update: true, ..register };
    world.register(skip(only(Node { address: "".into(), ..node("a1") })));
    world.register(skip(only(node("a1"))));
    assert_eq!(&*world.store.view().node("a1").unwrap().address, "", "made without an address, and kept so");
    world.register(only(node("a1")));
    assert_eq!(&*world.store.view().node("a1").unwrap().address, "10.0.0.1");
}
