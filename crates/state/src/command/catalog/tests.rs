//! The forms of the catalog's commands, byte by byte.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::id::NodeId;
use proconsul_base::index::Index;
use proconsul_types::check::{Check, CheckDefinition};
use proconsul_types::node::Node;
use proconsul_types::service::{Proxy, Service, ServiceAddress, ServiceKind, Weights};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{CatalogCommand, Register};
use crate::command::{Command, CommandError};

/// A registration with something in every field.
pub(crate) fn register() -> Register {
    let named = |name: &str, text: &str| Some(Arc::new(BTreeMap::from([(name.to_owned(), text.to_owned())])));
    let at = ServiceAddress { address: "h".to_owned(), port: 258 };
    let node = Node {
        id: Some(NodeId::from_bytes([7; 16])),
        name: "n1".into(),
        address: "1.2.3.4".into(),
        datacenter: "dc1".into(),
        tagged_addresses: named("wan", "w"),
        meta: None,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    };
    let service = Service {
        kind: ServiceKind::ConnectProxy,
        id: "p1".into(),
        name: "p".into(),
        node: "n1".into(),
        tags: ["t".into(), "".into()].into(),
        address: "a".into(),
        tagged_addresses: Some(Arc::new(BTreeMap::from([("lan".to_owned(), at)]))),
        meta: named("k", "v"),
        port: -1,
        weights: Weights { passing: 1, warning: 2 },
        enable_tag_override: true,
        proxy: Arc::new(Proxy { destination_service_name: "web".to_owned(), ..Proxy::default() }),
        connect_native: false,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    };
    let check = Check {
        node: "n1".into(),
        id: "c".into(),
        name: "C".into(),
        status: "passing".into(),
        notes: "n".into(),
        output: "o".into(),
        service_id: "".into(),
        service_name: "s".into(),
        service_tags: ["t".into()].into(),
        kind: "ttl".into(),
        definition: Some(Arc::new(CheckDefinition { ttl: 9, ..CheckDefinition::default() })),
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    };
    let bare = Check { id: "d".into(), definition: None, ..check.clone() };
    Register { node, service: Some(service), checks: vec![check, bare], skip_node_update: true }
}

/// A proxy and a definition in full, as their texts stand in the bytes.
pub(crate) const PROXY: &str = concat!(
    r#"{"destination_service_name":"web","destination_service_id":"","local_service_address":"","local_service_port":0,"#,
    r#""config":null,"upstreams":[],"mesh_gateway_mode":"","expose_checks":false,"expose_paths":[]}"#,
);
const DEFINITION: &str = concat!(
    r#"{"http":"","tls_skip_verify":false,"header":null,"method":"","body":"","tcp":"","interval":0,"output_max_size":0,"#,
    r#""timeout":0,"deregister_critical_service_after":0,"script_args":[],"docker_container_id":"","shell":"","#,
    r#""grpc":"","grpc_use_tls":false,"alias_node":"","alias_service":"","ttl":9}"#,
);

pub(crate) fn node_bytes() -> Vec<u8> {
    [&b"\x01"[..], &[7; 16], b"\x02\0\0\0n1\x07\0\0\x001.2.3.4\x03\0\0\0dc1\x01\x01\0\0\0\x03\0\0\0wan\x01\0\0\0w\0"]
        .concat()
}

pub(crate) fn service_bytes() -> Vec<u8> {
    [
        &b"\x01\x02\0\0\0p1\x01\0\0\0p\x02\0\0\0\x01\0\0\0t\0\0\0\0\x01\0\0\0a"[..],
        b"\x01\x01\0\0\0\x03\0\0\0lan\x01\0\0\0h\x02\x01\0\0\0\0\0\0",
        b"\x01\x01\0\0\0\x01\0\0\0k\x01\0\0\0v\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x01\0\x01\xcc\0\0\0",
        PROXY.as_bytes(),
    ]
    .concat()
}

pub(crate) fn check_bytes() -> Vec<u8> {
    [
        &b"\x01\0\0\0c\x01\0\0\0C\x07\0\0\0passing\x01\0\0\0n\x01\0\0\0o\0\0\0\0\x01\0\0\0s"[..],
        b"\x03\0\0\0ttl\x01\0\0\0\x01\0\0\0t\x01\x22\x01\0\0",
        DEFINITION.as_bytes(),
    ]
    .concat()
}

fn bare_check_bytes() -> &'static [u8] {
    b"\x01\0\0\0d\x01\0\0\0C\x07\0\0\0passing\x01\0\0\0n\x01\0\0\0o\0\0\0\0\x01\0\0\0s\x03\0\0\0ttl\x01\0\0\0\x01\0\0\0t\0"
}

fn golden(command: CatalogCommand<'_>, bytes: &[u8]) {
    let command = Command::Catalog(command);
    assert_eq!(command.encode(), bytes, "{command:?}");
    assert_eq!(Command::decode(Index(1), bytes), Ok(Some(command)));
}

#[test]
fn every_command_has_its_golden_bytes_and_reads_back() {
    let parts = [&b"\x20\0\x01\x01"[..], &node_bytes(), b"\x01", &service_bytes(), b"\x02\0\0\0", &check_bytes()];
    let whole = [&parts.concat(), bare_check_bytes()].concat();
    golden(CatalogCommand::Register(Box::new(register())), &whole);
    let bare = Register { service: None, checks: Vec::new(), skip_node_update: false, ..register() };
    let whole = [&b"\x20\0\x01\0"[..], &node_bytes(), b"\0\0\0\0\0"].concat();
    golden(CatalogCommand::Register(Box::new(bare)), &whole);
    golden(CatalogCommand::DeregisterNode { node: "n1" }, b"\x21\0\x01\x02\0\0\0n1");
    golden(CatalogCommand::DeregisterService { node: "n1", id: "s" }, b"\x22\0\x01\x02\0\0\0n1\x01\0\0\0s");
    golden(CatalogCommand::DeregisterCheck { node: "n1", id: "c" }, b"\x23\0\x01\x02\0\0\0n1\x01\0\0\0c");
}

#[test]
fn a_registration_cut_short_is_malformed() {
    let whole = Command::Catalog(CatalogCommand::Register(Box::new(register()))).encode();
    for length in 3..whole.len() {
        let malformed = Err(CommandError::Malformed { index: Index(7), kind: 0x20 });
        assert_eq!(Command::decode(Index(7), &whole[..length]), malformed, "cut at {length}");
    }
}

proptest! {
    /// What can be read is written back in the same bytes, however the bytes of a registration are changed.
    #[test]
    fn damaged_bytes_are_refused_or_read_whole(changes in vec((3..1200_usize, any::<u8>()), 1..4)) {
        let mut bytes = Command::Catalog(CatalogCommand::Register(Box::new(register()))).encode().to_vec();
        for (place, byte) in changes {
            let place = place % bytes.len();
            bytes[place] = byte;
        }
        // The texts of documents may be read from another form than the one they are written in.
        if let Ok(Some(command)) = Command::decode(Index(1), &bytes) {
            let again = command.encode();
            prop_assert_eq!(Command::decode(Index(1), &again), Ok(Some(command)));
        }
    }
}
