//! A store under test: commands go in one by one, and after each the whole state is checked.

use std::sync::Arc;

use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_types::check::Check;
use proconsul_types::kv::KvEntry;
use proconsul_types::node::Node;
use proconsul_types::session::{Behavior, Session};

use crate::command::Command;
use crate::command::catalog::{CatalogCommand, Register};
use crate::command::kv::{KvCommand, Put};
use crate::command::session::SessionCommand;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::store::{Store, Writer, create};

/// The log begins at index 10.
pub(super) struct World {
    writer: Writer,
    pub(super) store: Arc<Store>,
    pub(super) index: Index,
}

impl World {
    pub(super) fn new() -> Self {
        let (writer, store) = create();
        Self { writer, store, index: Index(9) }
    }

    /// With the node `n`, which has a passing check `c`, at index 10.
    pub(super) fn with_node() -> Self {
        let mut world = Self::new();
        world.register("n", "c", "passing");
        world
    }

    pub(super) fn run(&mut self, command: Command<'_>) -> Outcome {
        self.index = self.index.next();
        let bytes = command.encode();
        let mut outcome = Outcome::Skipped;
        self.writer.apply([(self.index, &bytes[..])], |told| outcome = told).unwrap();
        self.store.view().check().unwrap();
        outcome
    }

    pub(super) fn register(&mut self, name: &str, check: &str, status: &str) {
        let register = Register {
            node: node(name),
            service: None,
            checks: vec![self::check(name, check, status)],
            skip_node_update: false,
        };
        assert_eq!(self.run(Command::Catalog(CatalogCommand::Register(Box::new(register)))), Outcome::Done);
    }

    pub(super) fn deregister(&mut self, node: &str, check: Option<&str>) {
        let command = match check {
            Some(id) => CatalogCommand::DeregisterCheck { node, id },
            None => CatalogCommand::DeregisterNode { node },
        };
        assert_eq!(self.run(Command::Catalog(command)), Outcome::Done);
    }

    pub(super) fn create(&mut self, session: Session) -> Result<(), Failure> {
        match self.run(Command::Session(SessionCommand::Create(Arc::new(session)))) {
            Outcome::Failed(failure) => Err(failure),
            outcome => {
                assert_eq!(outcome, Outcome::Done);
                Ok(())
            }
        }
    }

    pub(super) fn destroy(&mut self, number: u8) {
        assert_eq!(self.run(Command::Session(SessionCommand::Destroy(id(number)))), Outcome::Done);
    }

    pub(super) fn put(&mut self, key: &str, value: &str) {
        assert_eq!(self.run(Command::Kv(KvCommand::Put(put(key, value)))), Outcome::Done);
    }

    pub(super) fn lock(&mut self, key: &str, value: &str, number: u8) -> Outcome {
        self.run(Command::Kv(KvCommand::Lock(put(key, value), id(number))))
    }

    pub(super) fn unlock(&mut self, key: &str, value: &str, number: u8) -> Outcome {
        self.run(Command::Kv(KvCommand::Unlock(put(key, value), id(number))))
    }

    pub(super) fn entry(&self, key: &str) -> Option<Arc<KvEntry>> {
        self.store.kv_get(key).0
    }

    /// How often the lock was taken, the value, who holds the lock, and when the key was changed last.
    pub(super) fn brief(&self, key: &str) -> Option<(u64, String, Option<SessionId>, u64)> {
        let entry = self.entry(key)?;
        let value = String::from_utf8(entry.value.to_vec()).unwrap();
        Some((entry.lock_index, value, entry.session, entry.modify_index.0))
    }
}

pub(super) fn put<'a>(key: &'a str, value: &'a str) -> Put<'a> {
    Put { key, flags: 0, value: value.as_bytes() }
}

pub(super) const fn id(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

/// A session of the node `n` that is bound to its check `c`, with a lock-delay of 15 s.
pub(super) fn session(number: u8) -> Session {
    Session {
        id: id(number),
        name: "".into(),
        node: "n".into(),
        lock_delay: 15_000_000_000,
        behavior: Behavior::Release,
        ttl: "".into(),
        node_checks: Some(["c".into()].into()),
        service_checks: None,
        checks: [].into(),
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

pub(super) fn node(name: &str) -> Node {
    Node {
        id: None,
        name: name.into(),
        address: "192.0.2.1".into(),
        datacenter: "dc1".into(),
        tagged_addresses: None,
        meta: None,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

pub(super) fn check(node: &str, id: &str, status: &str) -> Check {
    Check { node: node.into(), id: id.into(), status: status.into(), ..Check::default() }
}
