//! The form of the catalog's tables in a snapshot, byte by byte.

use proconsul_base::index::Index;
use proconsul_types::service::Service;

use crate::command::Command;
use crate::command::catalog::tests::{check_bytes, node_bytes, register, service_bytes};
use crate::command::catalog::{CatalogCommand, Register};
use crate::snapshot::read;
use crate::store::{View, create};

/// A node made at 5, with a proxy of `web` and one check of its own.
fn state() -> View {
    let (mut writer, store) = create();
    let mut register = register();
    register.checks.truncate(1);
    let command = Command::Catalog(CatalogCommand::Register(Box::new(register))).encode();
    writer.apply([(Index(5), &command[..])], drop).unwrap();
    store.view()
}

fn index(index: u64) -> [u8; 8] {
    index.to_le_bytes()
}

fn record(parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&(body.len() as u32).to_le_bytes()[..], &body].concat()
}

#[test]
fn the_tables_have_their_golden_bytes_and_read_back() {
    let made = [index(5), index(5)].concat();
    let golden = [
        &b"proconsul state\n\x01\0\x05\0\0\0\0\0\0\0"[..],
        b"\x20\0\x08\0\0\0\x05\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0",
        &record(&[&made, &node_bytes()]),
        b"\x21\0\x10\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0",
        &record(&[&made, &made, b"\x02\0\0\0n1", &service_bytes()]),
        b"\x22\0\x08\0\0\0\x05\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0",
        &record(&[&made, b"\x02\0\0\0n1", &check_bytes()]),
        b"\xff\xff",
    ]
    .concat();
    let mut bytes = Vec::new();
    state().write_to(&mut bytes).unwrap();
    assert_eq!(bytes, golden);
    assert_eq!(read(&mut &bytes[..]).unwrap(), state());
}

/// The last end of a name, and changes that are seen without being an instance's own, come back as they were.
#[test]
fn what_readers_have_seen_comes_back() {
    let (mut writer, store) = create();
    let register = register();
    let service = register.service.clone().map(|service| Service { id: "p2".into(), name: "q".into(), ..service });
    let commands = [
        CatalogCommand::Register(Box::new(register.clone())),
        CatalogCommand::Register(Box::new(Register { service, ..register })),
        CatalogCommand::DeregisterService { node: "n1", id: "p1" },
        CatalogCommand::DeregisterCheck { node: "n1", id: "c" },
    ];
    for (command, index) in commands.into_iter().zip(1..) {
        writer.apply([(Index(index), &Command::Catalog(command).encode()[..])], drop).unwrap();
    }
    let indexes = |view: &View| ["p", "q", "none"].map(|name| view.service_index(name, true).0);
    let mut bytes = Vec::new();
    store.view().write_to(&mut bytes).unwrap();
    let restored = read(&mut &bytes[..]).unwrap();
    assert_eq!((indexes(&restored), restored.connect_index("web", true)), ([3, 4, 3], Index(4)));
    assert_eq!(restored, store.view());
}
