//! The catalog under random commands: what its readers see, its indexes and its wakes belong together.

use std::collections::BTreeSet;
use std::sync::Arc;

use proconsul_base::id::NodeId;
use proconsul_base::index::Index;
use proconsul_types::check::Check;
use proconsul_types::node::Node;
use proconsul_types::service::{Proxy, Service, ServiceInstance, ServiceKind};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::tests::{check, node, service};
use crate::command::Command;
use crate::command::catalog::{CatalogCommand, Register};
use crate::snapshot;
use crate::store::{Store, View, Writer, create};
use crate::watch::{Table, Topic, Watch};

/// Few names, so that commands meet; told apart without regard to case.
const NODES: [&str; 4] = ["a", "A", "b", "c"];
const NAMES: [&str; 3] = ["s", "S", "t"];
const IDS: [&str; 3] = ["i", "I", "j"];
const FOLDED_NODES: [&str; 3] = ["a", "b", "c"];
const FOLDED_NAMES: [&str; 2] = ["s", "t"];

#[derive(Clone, Debug)]
enum Step {
    Register(Box<Register>),
    Node(&'static str),
    Service(&'static str, &'static str),
    Check(&'static str, &'static str),
}

impl Step {
    fn encoded(&self) -> Vec<u8> {
        let command = match self {
            Self::Register(register) => CatalogCommand::Register(register.clone()),
            Self::Node(node) => CatalogCommand::DeregisterNode { node },
            Self::Service(node, id) => CatalogCommand::DeregisterService { node, id },
            Self::Check(node, id) => CatalogCommand::DeregisterCheck { node, id },
        };
        Command::Catalog(command).encode().to_vec()
    }
}

fn some_node() -> impl Strategy<Value = Node> {
    let address = select(vec!["10.0.0.1", "10.0.0.2"]);
    (select(NODES.to_vec()), option::of(1..4_u8), address).prop_map(|(name, id, address)| Node {
        id: id.map(|id| NodeId::from_bytes([id; 16])),
        address: address.into(),
        ..node(name)
    })
}

fn some_service() -> impl Strategy<Value = Service> {
    let proxied = option::of(select(NAMES.to_vec()));
    (select(NAMES.to_vec()), select(IDS.to_vec()), proxied, any::<bool>(), 0..2_i64).prop_map(
        |(name, id, proxied, connect_native, port)| Service {
            kind: if proxied.is_some() { ServiceKind::ConnectProxy } else { ServiceKind::Typical },
            proxy: Arc::new(Proxy {
                destination_service_name: proxied.unwrap_or_default().to_owned(),
                ..Proxy::default()
            }),
            connect_native,
            port,
            ..service(name, id)
        },
    )
}

fn some_check() -> impl Strategy<Value = Check> {
    let ids = select(vec!["c", "C", "d", "serfHealth"]);
    let of = select(vec!["", "", "i", "J"]);
    (ids, of, select(vec!["passing", "critical", ""])).prop_map(|(id, of, status)| check(id, of, status))
}

fn step() -> impl Strategy<Value = Step> {
    let register = (some_node(), option::of(some_service()), option::of(some_check()), any::<bool>());
    let register = register.prop_map(|(node, service, check, skip_node_update)| {
        // The form does not carry the node of a service or a check: it is the one that is registered.
        let service = service.map(|service| Service { node: node.name.clone(), ..service });
        let checks = check.map(|check| Check { node: node.name.clone(), ..check }).into_iter().collect();
        Step::Register(Box::new(Register { node, service, checks, skip_node_update }))
    });
    prop_oneof![
        6 => register,
        1 => select(NODES.to_vec()).prop_map(Step::Node),
        1 => (select(NODES.to_vec()), select(IDS.to_vec())).prop_map(|(node, id)| Step::Service(node, id)),
        1 => (select(NODES.to_vec()), select(vec!["c", "d", "serfHealth"])).prop_map(|(node, id)| Step::Check(node, id)),
    ]
}

/// What one kind of reader sees: the answer, its index, and the watch that tells of it.
struct Seen<'a> {
    what: String,
    answer: Answer,
    index: Index,
    watch: Watch<'a>,
}

#[derive(Debug, PartialEq)]
enum Answer {
    Instances(Vec<ServiceInstance>),
    Nodes(Vec<Arc<Node>>),
    Names(BTreeSet<Arc<str>>),
    Services(Option<Arc<Node>>, Vec<Arc<Service>>),
    Checks(Vec<Arc<Check>>),
}

fn seen(store: &Store) -> Vec<Seen<'_>> {
    let view = store.view();
    let mut all = Vec::new();
    let mut see = |what: String, topic, answer, index| {
        all.push(Seen { what, answer, index, watch: store.watch(topic) });
    };
    for name in FOLDED_NAMES {
        let topic = Topic::Row(Table::Services, name);
        let instances = view.instances(name).map(|found| found.instance()).collect();
        see(format!("service {name}"), topic, Answer::Instances(instances), view.service_index(name, true));
        let instances = view.connect_instances(name).map(|found| found.instance()).collect();
        see(format!("connect {name}"), topic, Answer::Instances(instances), view.connect_index(name, true));
        let checks = view.checks_of(name).cloned().collect();
        see(format!("checks of {name}"), Topic::Table(Table::Checks), Answer::Checks(checks), view.checks_index());
    }
    for name in FOLDED_NODES {
        let topic = Topic::Row(Table::Nodes, name);
        let services = Answer::Services(view.node(name).cloned(), view.services_on(name).cloned().collect());
        let index = view.nodes_index().max(view.services_index());
        see(format!("node {name}"), topic, services, index);
        let checks = view.checks_on(name).cloned().collect();
        see(format!("checks on {name}"), topic, Answer::Checks(checks), view.checks_index());
    }
    let nodes = view.nodes().cloned().collect();
    see("nodes".to_owned(), Topic::Table(Table::Nodes), Answer::Nodes(nodes), view.nodes_index());
    let names = view.services().map(|service| service.name.clone()).collect();
    see("services".to_owned(), Topic::Table(Table::Services), Answer::Names(names), view.services_index());
    let checks = view.checks().cloned().collect();
    see("checks".to_owned(), Topic::Table(Table::Checks), Answer::Checks(checks), view.checks_index());
    all
}

fn apply(writer: &mut Writer, index: u64, step: &Step) {
    writer.apply([(Index(index), &step.encoded()[..])], drop).unwrap();
}

/// What is kept of a view, without the index of the last command.
fn kept(view: &View) -> View {
    let mut view = view.clone();
    view.tables.applied = Index::ZERO;
    view
}

fn written(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.view().write_to(&mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever sees another answer after a command has been woken, and finds an index that has passed the one before. Indexes
    /// never go back. The same command once more changes nothing and wakes nobody.
    #[test]
    fn a_new_answer_has_a_new_index_and_wakes_its_readers(steps in vec(step(), 1..30)) {
        let (mut writer, store) = create();
        for (place, step) in steps.iter().enumerate() {
            let before = seen(&store);
            apply(&mut writer, 2 * place as u64 + 1, step);
            prop_assert_eq!(store.view().check(), Ok(()));
            for (before, after) in before.iter().zip(seen(&store)) {
                prop_assert!(after.index >= before.index, "{} goes back at {:?}", before.what, step);
                if after.answer != before.answer {
                    prop_assert!(after.index > before.index, "{} has an old index after {:?}", before.what, step);
                    prop_assert!(before.watch.has_changed(), "{} sleeps through {:?}", before.what, step);
                }
            }
            let before = seen(&store);
            let view = kept(&store.view());
            apply(&mut writer, 2 * place as u64 + 2, step);
            prop_assert_eq!(kept(&store.view()), view, "{:?} twice", step);
            prop_assert!(before.iter().all(|seen| !seen.watch.has_changed()), "{:?} twice wakes someone", step);
        }
    }

    /// However the log is cut into batches, and wherever a snapshot is taken and restored on the way, the state is the same to
    /// the byte.
    #[test]
    fn the_same_commands_give_the_same_bytes(steps in vec(step(), 1..40), cut in 0..40_usize) {
        let log: Vec<Vec<u8>> = steps.iter().map(Step::encoded).collect();
        let (mut at_once, first) = create();
        at_once.apply(log.iter().zip(1..).map(|(bytes, index)| (Index(index), &bytes[..])), drop).unwrap();
        let (mut one_by_one, mut second) = create();
        for (place, step) in steps.iter().enumerate() {
            if place == cut {
                let restored = snapshot::read(&mut &written(&second)[..]).unwrap();
                prop_assert_eq!(&restored, &second.view());
                (one_by_one, second) = create();
                one_by_one.replace(restored);
            }
            apply(&mut one_by_one, place as u64 + 1, step);
        }
        prop_assert_eq!(written(&first), written(&second));
    }
}
