//! The form of a snapshot, byte by byte, and what is refused.

use std::time::Duration;

use bytes::Bytes;
use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_types::check::Check;
use proconsul_types::config_entry::ConfigEntry;
use proconsul_types::kv::KvEntry;
use proconsul_types::node::Node;
use proconsul_types::session::{Behavior, ServiceCheck, Session};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{SnapshotError, read};
use crate::command::Command;
use crate::command::config::ConfigCommand;
use crate::command::session::LockDelayOver;
use crate::store::{View, create};
use crate::table::Tables;
use crate::table::checks::Checks;
use crate::table::kv::KvTable;
use crate::table::nodes::Nodes;
use crate::table::sessions::Sessions;

const HOLDER: SessionId = SessionId::from_bytes([7; 16]);

fn state() -> View {
    let mut tables = Tables {
        applied: Index(9),
        kv: KvTable::restored(Index(8)),
        sessions: Sessions::restored(Index(8)),
        ..Tables::default()
    };
    let entry = KvEntry {
        lock_index: 1,
        key: "a/b".into(),
        flags: 2,
        value: Bytes::from_static(b"value"),
        session: None,
        create_index: Index(3),
        modify_index: Index(4),
    };
    tables.kv.restore(KvEntry { key: "a/c".into(), session: Some(HOLDER), ..entry.clone() });
    tables.kv.restore(entry);
    tables.tombstones.insert(Index(8), "a/d".into());
    tables.sessions.restore(Session {
        id: HOLDER,
        name: "s".into(),
        node: "n1".into(),
        lock_delay: 5,
        behavior: Behavior::Delete,
        ttl: "10s".into(),
        node_checks: None,
        service_checks: Some([ServiceCheck { id: "c".into(), namespace: "".into() }].into()),
        checks: ["c".into()].into(),
        create_index: Index(3),
        modify_index: Index(3),
    });
    tables.catalog.nodes = Nodes::restored(Index(2));
    tables.catalog.nodes.restore(Node {
        id: None,
        name: "n1".into(),
        address: "".into(),
        datacenter: "".into(),
        tagged_addresses: None,
        meta: None,
        create_index: Index(1),
        modify_index: Index(2),
    });
    tables.catalog.checks = Checks::restored(Index(2));
    tables.catalog.checks.restore(Check {
        node: "n1".into(),
        id: "c".into(),
        create_index: Index(2),
        modify_index: Index(2),
        ..Check::default()
    });
    let end = LockDelayOver { since: Index(8), delay: Duration::from_nanos(6) };
    tables.lock_delays.insert("a/b".into(), end);
    View { tables }
}

fn golden() -> Vec<u8> {
    [
        &b"proconsul state\n\x01\0\x09\0\0\0\0\0\0\0"[..],
        b"\x01\0\x08\0\0\0\x08\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0",
        b"\x2d\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0\0\x03\0\0\0a/bvalue",
        b"\x3d\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0\x01",
        &[7; 16],
        b"\x03\0\0\0a/cvalue",
        b"\x02\0\0\0\0\0\x01\0\0\0\0\0\0\0\x0f\0\0\0\x08\0\0\0\0\0\0\0\x03\0\0\0a/d",
        b"\x30\0\x08\0\0\0\x08\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0",
        b"\x4b\0\0\0\x03\0\0\0\0\0\0\0",
        &[7; 16],
        b"\x01\0\0\0s\x02\0\0\0n1\x05\0\0\0\0\0\0\0\x01\x03\0\0\x0010s",
        b"\0\x01\x02\0\0\0\x01\0\0\0c\0\0\0\0\x01\0\0\0\x01\0\0\0c",
        b"\x31\0\0\0\0\0\x01\0\0\0\0\0\0\0",
        b"\x17\0\0\0\x08\0\0\0\0\0\0\0\x06\0\0\0\0\0\0\0\x03\0\0\0a/b",
        b"\x20\0\x08\0\0\0\x02\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0",
        b"\x21\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\0\x02\0\0\0n1\0\0\0\0\0\0\0\0\0\0",
        b"\x22\0\x08\0\0\0\x02\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0",
        b"\x3c\0\0\0\x02\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x02\0\0\0n1\x01\0\0\0c",
        &[0; 33],
        b"\xff\xff",
    ]
    .concat()
}

#[test]
fn a_state_has_its_golden_bytes_and_reads_back() {
    let mut bytes = Vec::new();
    state().write_to(&mut bytes).unwrap();
    assert_eq!(bytes, golden());
    let mut longer: &[u8] = &[&bytes[..], b"what follows"].concat();
    assert_eq!(read(&mut longer).unwrap(), state());
    assert_eq!(longer, b"what follows");
}

#[test]
fn a_snapshot_cut_short_anywhere_is_refused() {
    let bytes = golden();
    for length in 0..bytes.len() {
        assert!(matches!(read(&mut &bytes[..length]), Err(SnapshotError::Read(_))), "cut at {length}");
    }
}

#[test]
fn an_unknown_table_is_skipped_only_when_it_says_so() {
    let table = |kind: &[u8]| {
        let mut bytes = golden();
        bytes.truncate(bytes.len() - 2);
        bytes.extend_from_slice(kind);
        bytes.extend_from_slice(b"\x01\0\0\0h\x01\0\0\0\0\0\0\0\x02\0\0\0xx\xff\xff");
        read(&mut &bytes[..])
    };
    assert_eq!(table(b"\x44\x80").unwrap(), state());
    assert!(matches!(table(b"\x44\x00"), Err(SnapshotError::Section(0x44))));
}

#[test]
fn what_is_no_snapshot_of_this_version_is_refused() {
    let with = |place: usize, byte: u8| {
        let mut bytes = golden();
        bytes[place] = byte;
        read(&mut &bytes[..])
    };
    assert!(matches!(with(0, b'P'), Err(SnapshotError::Mark)));
    assert!(matches!(with(16, 2), Err(SnapshotError::Version(2))));
    assert!(matches!(with(18, 1), Err(SnapshotError::Broken(_))), "changed after the last command");
    assert!(matches!(with(51, 0xff), Err(SnapshotError::Record(1))), "a record longer than any");
}

#[test]
fn a_document_that_grew_while_it_was_kept_is_read_again() {
    // Five bytes a number in the request, nineteen in the record.
    let document =
        format!(r#"{{"Kind":"proxy-defaults","Name":"global","Config":{{"a":[{}1]}}}}"#, "1e15,".repeat(200_000));
    let mut entry = ConfigEntry::from_text(&document).unwrap();
    entry.normalize();
    let (mut writer, store) = create();
    let command = Command::Config(ConfigCommand::Set(Box::new(entry))).encode();
    assert!(command.len() > 3 * document.len());
    writer.apply([(Index(7), &command[..])], drop).unwrap();
    let mut bytes = Vec::new();
    store.view().write_to(&mut bytes).unwrap();
    assert_eq!(read(&mut &bytes[..]).unwrap(), store.view());
}

proptest! {
    /// Whatever a damaged disk or a bad peer gives, the answer is an error or a whole state.
    #[test]
    fn damaged_bytes_give_an_error_or_a_whole_state(changes in vec((0..400_usize, any::<u8>()), 1..8)) {
        let mut bytes = golden();
        for (place, byte) in changes {
            let place = place % bytes.len();
            bytes[place] = byte;
        }
        if let Ok(view) = read(&mut &bytes[..]) {
            prop_assert_eq!(view.check(), Ok(()));
        }
    }
}
