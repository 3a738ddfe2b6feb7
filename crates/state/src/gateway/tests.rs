//! What is behind gateways, as Consul 1.8.7 shows it, and who is woken.

use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::config_entry::{ConfigEntry, Kind};
use proconsul_types::node::Node;
use proconsul_types::service::{Service, ServiceKind, Weights};

use crate::command::Command;
use crate::command::catalog::{CatalogCommand, Register};
use crate::command::config::{ConfigCommand, EntryName};
use crate::store::{Writer, create};
use crate::watch::{Table, Topic};

struct World {
    writer: Writer,
    index: Index,
}

impl World {
    fn new() -> Self {
        Self { writer: create().0, index: Index(9) }
    }

    fn run(&mut self, command: &Command<'_>) {
        self.index = self.index.next();
        self.writer.apply([(self.index, &command.encode()[..])], drop).unwrap();
        self.writer.store().view().check().unwrap();
    }

    fn set(&mut self, document: &str) {
        let mut entry = ConfigEntry::from_text(document).unwrap();
        entry.normalize();
        self.run(&Command::Config(ConfigCommand::Set(Box::new(entry))));
    }

    fn register(&mut self, name: &str, kind: ServiceKind) {
        let register =
            Register { node: node(), service: Some(service(name, kind)), checks: Vec::new(), skip_node_update: false };
        self.run(&Command::Catalog(CatalogCommand::Register(register.into())));
    }

    /// Name, whether a `*` stands for it, and the indexes.
    fn behind(&self, gateway: &str) -> Vec<String> {
        let services = self.writer.store().view().gateway_services(gateway).into_iter();
        let shown = services.map(|behind| {
            let star = if behind.from_wildcard { "*" } else { "" };
            let extra = [behind.ca_file, behind.hosts.join("+")].concat();
            format!(
                "{}{star}:{} {extra} {}-{}",
                behind.service.name, behind.port, behind.create_index, behind.modify_index
            )
        });
        shown.collect()
    }
}

fn node() -> Node {
    Node {
        id: None,
        name: "n".into(),
        address: "192.0.2.1".into(),
        datacenter: "dc1".into(),
        tagged_addresses: None,
        meta: None,
        create_index: Index(0),
        modify_index: Index(0),
    }
}

fn service(name: &str, kind: ServiceKind) -> Service {
    Service {
        kind,
        id: name.into(),
        name: name.into(),
        node: "n".into(),
        tags: [].into(),
        address: "".into(),
        tagged_addresses: None,
        meta: None,
        port: 1,
        weights: Weights { passing: 1, warning: 1 },
        enable_tag_override: false,
        proxy: Arc::default(),
        connect_native: false,
        create_index: Index(0),
        modify_index: Index(0),
    }
}

const TERMINATING: &str =
    r#"{"Kind":"terminating-gateway","Name":"t","Services":[{"Name":"db","CAFile":"/a"},{"Name":"*","CAFile":"/b"}]}"#;
const INGRESS: &str = r#"{"Kind":"ingress-gateway","Name":"i","Listeners":[{"Port":80,"Services":[{"Name":"web"}]},{"Port":70,"Protocol":"http","Services":[{"Name":"*"}]}]}"#;

#[test]
fn a_star_stands_for_the_services_there_are() {
    let mut world = World::new();
    world.set(TERMINATING);
    assert_eq!(world.behind("t"), ["db:0 /a 10-10"]);
    world.register("web", ServiceKind::Typical);
    world.register("proxy", ServiceKind::ConnectProxy);
    world.register("t", ServiceKind::TerminatingGateway);
    world.register("consul", ServiceKind::Typical);
    world.register("db", ServiceKind::Typical);
    assert_eq!(world.behind("t"), ["db:0 /a 10-15", "web*:0 /b 11-11"], "a named service stays what its entry says");
    let name = EntryName { kind: Kind::TerminatingGateway, name: "t".to_owned() };
    world.run(&Command::Config(ConfigCommand::Delete(name)));
    assert!(world.behind("t").is_empty());
}

#[test]
fn a_star_at_a_port_stands_for_services_that_speak_the_same() {
    let mut world = World::new();
    world.set(INGRESS);
    world.register("web", ServiceKind::Typical);
    world.register("api", ServiceKind::Typical);
    assert_eq!(world.behind("i"), ["web:80  10-10"]);
    world.set(r#"{"Kind":"service-defaults","Name":"api","Protocol":"http"}"#);
    assert_eq!(world.behind("i"), ["api*:70  12-12", "web:80  10-10"]);
}

#[test]
fn a_service_knows_the_gateways_it_is_behind() {
    let mut world = World::new();
    world.set(TERMINATING);
    let view = world.writer.store().view();
    let found = |kind, name: &str| -> Vec<String> {
        view.gateways_of(kind, name).into_iter().map(|behind| behind.gateway.name).collect()
    };
    assert_eq!(found(Kind::TerminatingGateway, "DB"), ["t"]);
    assert_eq!(found(Kind::TerminatingGateway, "unknown"), [""; 0]);
    assert_eq!(found(Kind::IngressGateway, "db"), [""; 0]);
}

#[test]
fn who_waits_for_a_service_is_woken_when_a_gateway_leads_to_it() {
    let mut world = World::new();
    world.register("web", ServiceKind::Typical);
    let store = world.writer.store().clone();
    let watch = |name| store.watch(Topic::Row(Table::Services, name));
    let (named, by_star, other) = (watch("db"), watch("web"), watch("unknown"));
    world.set(TERMINATING);
    assert!(named.has_changed() && by_star.has_changed() && !other.has_changed());
}
