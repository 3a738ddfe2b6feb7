//! Config entries as they change: what is refused, what wakes, and what stays whole under random commands.

use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::config_entry::{ConfigEntry, Kind};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::chain::ChainRequest;
use crate::command::Command;
use crate::command::config::{ConfigCommand, EntryName};
use crate::command::intention::IntentionCommand;
use crate::outcome::Outcome;
use crate::snapshot;
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

    fn run(&mut self, command: &Command<'_>) -> Outcome {
        self.index = self.index.next();
        let mut told = Outcome::Skipped;
        self.writer.apply([(self.index, &command.encode()[..])], |outcome| told = outcome).unwrap();
        self.store.view().check().unwrap();
        told
    }

    fn config(&mut self, command: ConfigCommand) -> String {
        match self.run(&Command::Config(command)) {
            Outcome::Done => "true".to_owned(),
            Outcome::Refused => "false".to_owned(),
            Outcome::Failed(failure) => failure.to_string(),
            other => format!("{other:?}"),
        }
    }

    fn set(&mut self, document: &str) -> String {
        self.config(ConfigCommand::Set(Box::new(entry(document))))
    }

    fn delete(&mut self, kind: Kind, name: &str) -> String {
        self.config(ConfigCommand::Delete(EntryName { kind, name: name.to_owned() }))
    }

    fn shown(&self, kind: Kind, name: &str) -> Option<String> {
        Some(serde_json::to_string(&*self.store.view().config_entry(kind, name)?).unwrap())
    }
}

fn entry(document: &str) -> ConfigEntry {
    let mut entry = ConfigEntry::from_text(document).unwrap();
    entry.normalize();
    entry
}

const WEB: &str = r#"{"Kind":"service-defaults","Name":"web","Protocol":"http"}"#;
const SPLIT: &str = r#"{"Kind":"service-splitter","Name":"web","Splits":[{"Weight":100,"Service":"api"}]}"#;

#[test]
fn an_entry_is_made_changed_and_removed_with_its_indexes() {
    let mut world = World::new();
    assert_eq!(world.set(WEB), "true");
    let shown = |create: u64, modify: u64| {
        let rest = r#""Protocol":"http","MeshGateway":{},"Expose":{}"#;
        let head = r#"{"Kind":"service-defaults","Name":"web""#;
        Some(format!(r#"{head},{rest},"CreateIndex":{create},"ModifyIndex":{modify}}}"#))
    };
    assert_eq!(world.shown(Kind::ServiceDefaults, "WEB"), shown(10, 10));
    assert_eq!(world.set(WEB), "true");
    assert_eq!(world.store.view().config_index(), Index(10), "written again as it was, it is not changed");
    world.set(r#"{"Kind":"service-defaults","Name":"web","Protocol":"grpc"}"#);
    world.set(WEB);
    assert_eq!(world.shown(Kind::ServiceDefaults, "web"), shown(10, 13));
    assert_eq!(world.delete(Kind::ServiceDefaults, "Web"), "true");
    assert_eq!((world.shown(Kind::ServiceDefaults, "web"), world.store.view().config_index()), (None, Index(14)));
    assert_eq!(world.delete(Kind::ServiceDefaults, "web"), "true");
    assert_eq!(world.store.view().config_index(), Index(14), "what is not there is not removed");
}

#[test]
fn conditions_hold_or_nothing_is_changed() {
    let mut world = World::new();
    let set = |at| ConfigCommand::SetCas(Box::new(entry(WEB)), Index(at));
    let name = || EntryName { kind: Kind::ServiceDefaults, name: "web".to_owned() };
    assert_eq!(world.config(set(7)), "false");
    assert_eq!(world.config(set(0)), "true");
    assert_eq!(world.config(set(0)), "false");
    assert_eq!(world.config(set(11)), "true");
    for at in [0, 10] {
        assert_eq!(world.config(ConfigCommand::DeleteCas(name(), Index(at))), "false");
    }
    assert_eq!(world.config(ConfigCommand::DeleteCas(name(), Index(11))), "true");
    assert_eq!(world.config(ConfigCommand::DeleteCas(name(), Index(11))), "false");
}

#[test]
fn only_changes_wake_those_who_wait() {
    let mut world = World::new();
    let store = world.store.clone();
    let watch = store.watch(Topic::Table(Table::ConfigEntries));
    world.delete(Kind::ServiceDefaults, "web");
    assert!(!watch.has_changed());
    world.set(WEB);
    assert!(watch.has_changed());
    let watch = store.watch(Topic::Table(Table::ConfigEntries));
    world.set(WEB);
    assert!(!watch.has_changed());
}

#[test]
fn a_change_that_breaks_a_chain_is_refused() {
    let mut world = World::new();
    let tcp =
        r#"discovery chain "web" uses a protocol "tcp" that does not permit advanced routing or splitting behavior"#;
    assert_eq!(world.set(SPLIT), tcp);
    world.set(WEB);
    let mixed = r#"discovery chain "web" uses inconsistent protocols; service "api" has "tcp" which is not "http""#;
    assert_eq!(
        world.set(r#"{"Kind":"service-splitter","Name":"web","Splits":[{"Weight":50},{"Weight":50,"Service":"api"}]}"#),
        mixed
    );
    world.set(r#"{"Kind":"service-defaults","Name":"api","Protocol":"http"}"#);
    assert_eq!(world.set(SPLIT), "true");
    assert_eq!(
        world.delete(Kind::ServiceDefaults, "api"),
        tcp,
        "api's chain alone is whole, but web's splitter names it"
    );
    assert_eq!(world.set(r#"{"Kind":"service-defaults","Name":""}"#), "serviceName is required");
}

#[test]
fn gateways_lead_to_services_that_speak_what_their_ports_speak() {
    let mut world = World::new();
    let gateway = r#"{"Kind":"ingress-gateway","Name":"g","Listeners":[{"Port":1,"Protocol":"http","Services":[{"Name":"web"},{"Name":"*"}]}]}"#;
    let text = r#"service "web" has protocol "tcp", which does not match defined listener protocol "http""#;
    assert_eq!(world.set(gateway), text);
    world.set(WEB);
    assert_eq!(world.set(gateway), "true");
    assert_eq!(world.delete(Kind::ServiceDefaults, "web"), text);
    assert_eq!(
        world.set(r#"{"Kind":"terminating-gateway","Name":"g"}"#),
        r#"cannot create a "terminating-gateway" config entry with name "g", a "ingress-gateway" config entry with that name already exists"#
    );
    let nameless = "failed inserting config entry: object missing primary index";
    assert_eq!(world.set(r#"{"Kind":"ingress-gateway"}"#), nameless);
}

/// Documents of a small world: every service is named by others, in every way.
fn documents() -> impl Strategy<Value = String> {
    let service = || select(vec!["a", "b", "c", "D"]);
    let subset = || select(vec!["", "v1", "v2"]);
    let defaults = (service(), select(vec!["", "tcp", "http"])).prop_map(|(name, protocol)| {
        format!(r#"{{"Kind":"service-defaults","Name":"{name}","Protocol":"{protocol}"}}"#)
    });
    let proxies = select(vec!["", "http"])
        .prop_map(|protocol| format!(r#"{{"Kind":"proxy-defaults","Config":{{"protocol":"{protocol}"}}}}"#));
    let router = (service(), service(), subset()).prop_map(|(name, to, subset)| {
        format!(
            r#"{{"Kind":"service-router","Name":"{name}","Routes":[{{"Destination":{{"Service":"{to}","ServiceSubset":"{subset}"}}}}]}}"#
        )
    });
    let splitter = (service(), service(), subset()).prop_map(|(name, to, subset)| {
        format!(
            r#"{{"Kind":"service-splitter","Name":"{name}","Splits":[{{"Weight":40}},{{"Weight":60,"Service":"{to}","ServiceSubset":"{subset}"}}]}}"#
        )
    });
    let redirect = (service(), service()).prop_map(|(name, to)| {
        format!(r#"{{"Kind":"service-resolver","Name":"{name}","Redirect":{{"Service":"{to}"}}}}"#)
    });
    let resolver = (service(), service(), subset()).prop_map(|(name, to, subset)| {
        format!(
            r#"{{"Kind":"service-resolver","Name":"{name}","Subsets":{{"v1":{{}},"v2":{{}}}},"DefaultSubset":"{subset}","Failover":{{"*":{{"Service":"{to}"}}}}}}"#
        )
    });
    let gateway = (select(vec!["ingress", "terminating"]), service()).prop_map(|(kind, to)| match kind {
        "ingress" => {
            format!(
                r#"{{"Kind":"ingress-gateway","Name":"g","Listeners":[{{"Port":1,"Services":[{{"Name":"{to}"}}]}}]}}"#
            )
        }
        _ => format!(r#"{{"Kind":"terminating-gateway","Name":"g","Services":[{{"Name":"{to}"}}]}}"#),
    });
    let intentions = (service(), service(), select(vec!["allow", "deny"])).prop_map(|(name, source, action)| {
        format!(
            r#"{{"Kind":"service-intentions","Name":"{name}","Sources":[{{"Name":"{source}","Action":"{action}"}},{{"Name":"*","Action":"deny"}}]}}"#
        )
    });
    prop_oneof![defaults, proxies, router, splitter, redirect, resolver, gateway, intentions]
}

fn commands() -> impl Strategy<Value = Command<'static>> {
    let names = (select(Kind::ALL.to_vec()), select(vec!["A", "b", "c", "d", "g", "global"]));
    let name = || names.clone().prop_map(|(kind, name)| EntryName { kind, name: name.to_owned() });
    let intention = |document: String| {
        let ConfigEntry::ServiceIntentions(entry) = entry(&document) else { return None };
        let source = entry.sources.first()?;
        let pair = source.pair(&entry.name);
        Some(proconsul_types::intention::Intention {
            id: pair.source_name.clone(),
            source_ns: pair.source_ns,
            source_name: pair.source_name,
            destination_ns: pair.destination_ns,
            destination_name: pair.destination_name,
            action: source.action.clone(),
            ..Default::default()
        })
    };
    let intentions = (0..4, documents()).prop_filter_map("an intention", move |(what, document)| {
        let intention = intention(document)?;
        Some(Command::Intention(match what {
            0 => IntentionCommand::Create(Box::new(intention)),
            1 => IntentionCommand::Update(Box::new(intention)),
            2 => IntentionCommand::Upsert(Box::new(intention)),
            _ => IntentionCommand::Delete(intention.pair()),
        }))
    });
    prop_oneof![
        6 => documents().prop_map(|document| Command::Config(ConfigCommand::Set(Box::new(entry(&document))))),
        1 => (documents(), 0..30_u64).prop_map(|(document, at)| Command::Config(ConfigCommand::SetCas(Box::new(entry(&document)), Index(at)))),
        1 => name().prop_map(|name| Command::Config(ConfigCommand::Delete(name))),
        1 => (name(), 0..30_u64).prop_map(|(name, at)| Command::Config(ConfigCommand::DeleteCas(name, Index(at)))),
        1 => intentions,
    ]
}

fn bytes(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.view().write_to(&mut bytes).unwrap();
    bytes
}

proptest! {
    #[test]
    fn random_commands_leave_every_server_with_the_same_whole_state(commands in vec(commands(), 1..40)) {
        let (mut one, mut other) = (World::new(), World::new());
        let mut newest = Index::ZERO;
        for command in &commands {
            prop_assert_eq!(one.run(command), other.run(command));
            let view = one.store.view();
            prop_assert!(view.config_index() >= newest, "an index goes back");
            newest = view.config_index();
            for service in ["a", "B", "c", "d"] {
                let request = ChainRequest { service, datacenter: "dc1", used_in: "dc1", ..ChainRequest::default() };
                // Whether it compiles is not said: Consul checks what a change touches, and no further.
                let _ = view.discovery_chain(&request);
            }
        }
        let written = bytes(&one.store);
        prop_assert_eq!(&written, &bytes(&other.store));
        let read = snapshot::read(&mut &written[..]).unwrap();
        prop_assert_eq!(&read, &one.store.view());
    }
}
