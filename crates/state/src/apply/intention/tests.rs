//! Intentions one by one and as config entries: two forms of one truth.

use proconsul_base::index::Index;
use proconsul_types::config_entry::{ConfigEntry, Kind};
use proconsul_types::intention::{Intention, Pair};

use crate::command::Command;
use crate::command::config::{ConfigCommand, EntryName};
use crate::command::intention::IntentionCommand;
use crate::outcome::Outcome;
use crate::store::intention::Side;
use crate::store::{Writer, create};

struct World {
    writer: Writer,
    index: Index,
}

impl World {
    fn new() -> Self {
        Self { writer: create().0, index: Index(9) }
    }

    fn run(&mut self, command: &Command<'_>) -> String {
        self.index = self.index.next();
        let mut told = Outcome::Skipped;
        self.writer.apply([(self.index, &command.encode()[..])], |outcome| told = outcome).unwrap();
        self.writer.store().view().check().unwrap();
        match told {
            Outcome::Done => "done".to_owned(),
            Outcome::Failed(failure) => failure.to_string(),
            other => format!("{other:?}"),
        }
    }

    fn create(&mut self, id: &str, source: &str, destination: &str) -> String {
        self.run(&Command::Intention(IntentionCommand::Create(Box::new(intention(id, source, destination)))))
    }

    /// The sources, destinations and indexes of all intentions.
    fn listed(&self) -> Vec<String> {
        let shown = |(source, destination, indexes): (&str, &str, (u64, u64))| {
            format!("{source}>{destination} {}-{}", indexes.0, indexes.1)
        };
        let records = self.writer.store().view().intentions();
        let records = records.iter().map(|record| {
            let Intention { source_name, destination_name, .. } = &record.intention;
            shown((source_name, destination_name, (record.create_index, record.modify_index)))
        });
        records.collect()
    }

    fn entry(&self, name: &str) -> Option<String> {
        let record = self.writer.store().view().config_entry(Kind::ServiceIntentions, name)?;
        Some(serde_json::to_string(&*record).unwrap())
    }
}

fn intention(id: &str, source: &str, destination: &str) -> Intention {
    Intention {
        id: id.to_owned(),
        source_ns: "default".to_owned(),
        source_name: source.to_owned(),
        destination_ns: "default".to_owned(),
        destination_name: destination.to_owned(),
        source_type: "consul".to_owned(),
        action: "allow".to_owned(),
        ..Intention::default()
    }
}

fn pair(source: &str, destination: &str) -> Pair {
    intention("", source, destination).pair()
}

#[test]
fn the_most_exact_intentions_come_first_and_equals_by_name() {
    let mut world = World::new();
    for (id, source, destination) in
        [("1", "*", "*"), ("2", "web", "*"), ("3", "*", "db"), ("4", "web", "db"), ("5", "api", "db")]
    {
        assert_eq!(world.create(id, source, destination), "done");
    }
    assert_eq!(world.listed(), ["api>db 14-14", "web>db 13-13", "*>db 12-12", "web>* 11-11", "*>* 10-10"]);
    let view = world.writer.store().view();
    let names = |side, name: &str| -> Vec<String> {
        let records = view.matching_intentions(side, "default", name);
        records.iter().map(|record| record.intention.id.clone()).collect()
    };
    assert_eq!(names(Side::Destination, "db"), ["5", "4", "3", "2", "1"]);
    assert_eq!(names(Side::Destination, "x"), ["2", "1"]);
    assert_eq!(names(Side::Source, "web"), ["4", "3", "2", "1"]);
}

#[test]
fn a_pair_has_one_intention() {
    let mut world = World::new();
    world.create("1", "web", "db");
    world.create("2", "api", "db");
    let text = "duplicate intention found: ALLOW default/web => default/db (ID: 1, Precedence: 9)";
    assert_eq!(world.create("3", "web", "db"), text);
    let update =
        |id: &str, source: &str| Command::Intention(IntentionCommand::Update(Box::new(intention(id, source, "db"))));
    assert_eq!(world.run(&update("2", "web")), text);
    assert_eq!(world.run(&update("2", "new")), "done");
    assert_eq!(world.listed(), ["new>db 11-14", "web>db 10-10"]);
    assert_eq!(world.run(&update("9", "other")), "Cannot modify non-existent intention: '9'");
}

#[test]
fn pairs_are_told_apart_without_regard_to_case() {
    let mut world = World::new();
    world.create("1", "Web", "db");
    let text = "duplicate intention found: ALLOW default/Web => default/db (ID: 1, Precedence: 9)";
    assert_eq!(world.create("2", "web", "DB"), text);
    let found = world.writer.store().view().matching_intentions(Side::Source, "DEFAULT", "WEB");
    assert_eq!(found.len(), 1);
    assert!(world.entry("DB").is_some());
}

#[test]
fn the_digest_is_the_one_that_consul_1_8_7_shows() {
    let mut world = World::new();
    let mut described = intention("78d4d621-e885-315d-0d39-d56d4efbcc0f", "*", "*");
    described.action = "deny".to_owned();
    described.description = "d".to_owned();
    described.meta.insert("a".to_owned(), "b".to_owned());
    world.run(&Command::Intention(IntentionCommand::Create(Box::new(described))));
    let records = world.writer.store().view().intentions();
    assert_eq!(records[0].intention.hash, "AIby1z5HiebZu6ESVF8/OTjbp1ZRE4XOabs6474Euy8=");
}

#[test]
fn a_config_entry_and_the_intentions_of_its_service_are_one() {
    let mut world = World::new();
    world.create("1", "web", "db");
    world.create("2", "old", "db");
    let set = |document: &str| {
        let mut entry = ConfigEntry::from_text(document).unwrap();
        entry.normalize();
        Command::Config(ConfigCommand::Set(Box::new(entry)))
    };
    let document = r#"{"Kind":"service-intentions","Name":"db","Sources":[{"Name":"*","Action":"deny"},{"Name":"web","Action":"allow"}],"Meta":{"a":"b"}}"#;
    assert_eq!(world.run(&set(document)), "done");
    assert_eq!(world.listed(), ["web>db 10-12", "*>db 12-12"], "what the entry does not say is gone");
    let shown = concat!(
        r#"{"Kind":"service-intentions","Name":"db","Sources":[{"Name":"web","Action":"allow","Precedence":9,"Type":"consul"},"#,
        r#"{"Name":"*","Action":"deny","Precedence":8,"Type":"consul"}],"Meta":{"a":"b"},"CreateIndex":10,"ModifyIndex":12}"#,
    );
    assert_eq!(world.entry("db").as_deref(), Some(shown));
    let kept = world.writer.store().view().intention("1").unwrap().intention.pair();
    assert_eq!(kept, pair("web", "db"));
    world.run(&set(document));
    assert_eq!(world.entry("db").as_deref(), Some(shown), "written again as it was, it is not changed");

    world.run(&Command::Intention(IntentionCommand::Delete(pair("*", "db"))));
    assert!(!world.entry("db").unwrap().contains("deny"));
    let name = EntryName { kind: Kind::ServiceIntentions, name: "db".to_owned() };
    world.run(&Command::Config(ConfigCommand::Delete(name)));
    assert_eq!((world.entry("db"), world.listed().len()), (None, 0));
}
