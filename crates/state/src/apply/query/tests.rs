//! Prepared queries: whose name is whose, what a name leads to, and the table under random commands.

use std::sync::Arc;

use proconsul_base::id::{QueryId, SessionId};
use proconsul_base::index::Index;
use proconsul_types::query::{NAME_PREFIX_MATCH, PreparedQuery};
use proconsul_types::session::{Behavior, Session};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::apply::fixture::node;
use crate::command::Command;
use crate::command::catalog::{CatalogCommand, Register};
use crate::command::query::QueryCommand;
use crate::command::session::SessionCommand;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::snapshot;
use crate::store::query::Resolved;
use crate::store::{Store, Writer, create};

fn id(number: u8) -> QueryId {
    QueryId::from_bytes([number; 16])
}

fn session(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

fn query(number: u8, name: &str, template: bool) -> PreparedQuery {
    let mut query = PreparedQuery { id: id(number).to_string(), name: name.to_owned(), ..PreparedQuery::default() };
    if template {
        query.template.kind = NAME_PREFIX_MATCH.to_owned();
    }
    query
}

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

    fn run(&mut self, command: QueryCommand) -> Outcome {
        self.command(&Command::Query(command))
    }

    fn command(&mut self, command: &Command<'_>) -> Outcome {
        self.index = self.index.next();
        let mut told = Outcome::Skipped;
        let bytes = command.encode();
        self.writer.apply([(self.index, &bytes[..])], |outcome| told = outcome).unwrap();
        self.store.view().check().unwrap();
        told
    }

    fn step(&mut self, step: &Step) -> Outcome {
        match step {
            Step::Query(command) => self.run(command.clone()),
            Step::Open(number) => self.open(*number),
            Step::Close(number) => self.close(*number),
        }
    }

    fn open(&mut self, number: u8) -> Outcome {
        let node = Register { node: node("n1"), service: None, checks: Vec::new(), skip_node_update: false };
        self.command(&Command::Catalog(CatalogCommand::Register(node.into())));
        let session = Session {
            id: session(number),
            name: "".into(),
            node: "n1".into(),
            lock_delay: 0,
            behavior: Behavior::Release,
            ttl: "".into(),
            node_checks: None,
            service_checks: None,
            checks: [].into(),
            create_index: Index::ZERO,
            modify_index: Index::ZERO,
        };
        self.command(&Command::Session(SessionCommand::Create(Arc::new(session))))
    }

    fn close(&mut self, number: u8) -> Outcome {
        self.command(&Command::Session(SessionCommand::Destroy(session(number))))
    }

    fn set(&mut self, query: PreparedQuery) -> Outcome {
        self.run(QueryCommand::Set(query.into()))
    }

    fn resolved(&self, name: &str) -> String {
        match self.store.view().resolve_query(name) {
            None => "nothing".to_owned(),
            Some(Resolved::Query(query)) => format!("query {}", query.name),
            Some(Resolved::Template(query)) => format!("template {}", query.name),
            Some(Resolved::TemplateById) => "a template's id".to_owned(),
        }
    }
}

#[test]
fn a_name_belongs_to_one_query_whatever_the_case_of_its_letters() {
    let mut world = World::new();
    assert_eq!(world.set(query(1, "web", false)), Outcome::Done);
    let taken = Outcome::Failed(Failure::QueryNameTaken("WEB".to_owned()));
    assert_eq!(world.set(query(2, "WEB", false)), taken);
    assert_eq!(world.set(query(1, "WEB", false)), Outcome::Done, "its own name it may have");
    let name = id(1).to_string();
    assert_eq!(world.set(query(2, &name, false)), Outcome::Failed(Failure::QueryNameIsId(name)));
    assert_eq!(world.set(query(3, "", true)), Outcome::Done);
    assert_eq!(world.set(query(4, "", true)), Outcome::Failed(Failure::QueryTemplateTaken));
    assert_eq!(world.set(query(5, "", false)), Outcome::Done, "queries without a name may be many");
    assert_eq!(world.set(query(6, "", false)), Outcome::Done);
}

#[test]
fn an_id_comes_before_a_name_and_a_name_before_the_longest_template() {
    let mut world = World::new();
    for (number, name, template) in [(1, "geo", true), (2, "geo-db", true), (3, "geo-x", false), (4, "", true)] {
        world.set(query(number, name, template));
    }
    assert_eq!(world.resolved("GEO-X"), "query geo-x");
    assert_eq!(world.resolved("geo-db"), "template geo-db");
    assert_eq!(world.resolved("geo-db-1"), "template geo-db");
    assert_eq!(world.resolved("geo-d"), "template geo");
    assert_eq!(world.resolved("öther"), "template ");
    assert_eq!(world.resolved(&id(3).to_string()), "query geo-x");
    assert_eq!(world.resolved(&id(1).to_string()), "a template's id");
    assert_eq!(world.resolved(&id(9).to_string()), "template ", "an id that is none may be a name");
    assert_eq!(world.resolved(""), "nothing");
}

#[test]
fn a_changed_query_keeps_the_index_that_made_it() {
    let mut world = World::new();
    world.set(query(1, "web", false));
    world.set(query(1, "api", false));
    let view = world.store.view();
    let kept = view.query(id(1)).unwrap();
    assert_eq!((kept.create_index, kept.modify_index, view.queries_index()), (10, 11, Index(11)));
    assert_eq!((world.resolved("web"), world.resolved("api")), ("nothing".to_owned(), "query api".to_owned()));
    assert_eq!(world.run(QueryCommand::Delete(id(7))), Outcome::Done);
    assert_eq!(world.store.view().queries_index(), Index(11), "nothing was deleted");
    world.run(QueryCommand::Delete(id(1)));
    assert_eq!((world.resolved("api"), world.store.view().queries_index()), ("nothing".to_owned(), Index(13)));
}

#[test]
fn a_query_goes_with_its_session() {
    let mut world = World::new();
    let bound = |number| PreparedQuery { session: session(1).to_string(), ..query(number, "", false) };
    assert_eq!(world.set(bound(1)), Outcome::Failed(Failure::InvalidSession(session(1).to_string())));
    world.open(1);
    for query in [bound(1), query(2, "stays", false), bound(3)] {
        assert_eq!(world.set(query), Outcome::Done);
    }
    world.close(1);
    let view = world.store.view();
    assert_eq!((view.queries().count(), view.queries_index()), (1, world.index));
}

#[derive(Clone, Debug)]
enum Step {
    Query(QueryCommand),
    Open(u8),
    Close(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let set = (0..6_u8, "[ab]?[ab]?", any::<bool>(), 0..3_u8).prop_map(|(id, name, template, number)| {
        let session = if number == 0 { String::new() } else { self::session(number).to_string() };
        Step::Query(QueryCommand::Set(Box::new(PreparedQuery { session, ..query(id, &name, template) })))
    });
    prop_oneof![
        4 => set,
        1 => (0..6_u8).prop_map(|number| Step::Query(QueryCommand::Delete(id(number)))),
        1 => (1..3_u8).prop_map(Step::Open),
        1 => (1..3_u8).prop_map(Step::Close),
    ]
}

fn written(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.view().write_to(&mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_same_commands_give_the_same_bytes(steps in vec(step(), 1..40), cut in 0..40_usize) {
        let (mut first, mut second) = (World::new(), World::new());
        for (place, step) in steps.into_iter().enumerate() {
            if place == cut {
                let restored = snapshot::read(&mut &written(&second.store)[..]).unwrap();
                prop_assert_eq!(&restored, &second.store.view());
                (second.writer, second.store) = create();
                second.writer.replace(restored);
            }
            prop_assert_eq!(first.step(&step), second.step(&step));
        }
        prop_assert_eq!(written(&first.store), written(&second.store));
    }
}
