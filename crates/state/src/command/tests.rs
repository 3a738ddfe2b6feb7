//! The forms of the commands, byte by byte: what is in a log today must be readable for ever.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proconsul_base::id::{RestoreId, SessionId};
use proconsul_base::index::Index;
use proconsul_types::session::{Behavior, Session};
use proconsul_types::txn::{KvOp, KvVerb, Op};
use proptest::collection::vec;
use proptest::prelude::*;

use super::kv::{KvCommand, Put};
use super::restore::{Finish, RestoreCommand};
use super::session::{LockDelayOver, SessionCommand};
use super::tombstone::Reap;
use super::txn::TxnCommand;
use super::{Command, CommandError};

const PUT: Put<'_> = Put { key: "a/b", flags: 42, value: b"hello" };

const ID: SessionId = SessionId::from_bytes([9; 16]);

const RESTORE: RestoreId = RestoreId::from_bytes([8; 16]);

fn session() -> Session {
    Session {
        id: ID,
        name: "".into(),
        node: "n1".into(),
        lock_delay: 7,
        behavior: Behavior::Release,
        ttl: "".into(),
        node_checks: Some(["c".into()].into()),
        service_checks: None,
        checks: [].into(),
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

#[test]
fn every_command_has_its_golden_bytes_and_reads_back() {
    let at = Index(0x0102);
    let forms: [(Command<'_>, &[u8]); 15] = [
        (Command::Kv(KvCommand::Put(PUT)), b"\x01\0\x01\x2a\0\0\0\0\0\0\0\x03\0\0\0a/bhello"),
        (
            Command::Kv(KvCommand::PutCas(PUT, at)),
            b"\x02\0\x01\x02\x01\0\0\0\0\0\0\x2a\0\0\0\0\0\0\0\x03\0\0\0a/bhello",
        ),
        (Command::Kv(KvCommand::Delete("a/b")), b"\x03\0\x01\x03\0\0\0a/b"),
        (Command::Kv(KvCommand::DeleteCas("a/b", at)), b"\x04\0\x01\x02\x01\0\0\0\0\0\0\x03\0\0\0a/b"),
        (Command::Kv(KvCommand::DeleteTree("")), b"\x05\0\x01\0\0\0\0"),
        (
            Command::Kv(KvCommand::Lock(PUT, ID)),
            b"\x30\0\x01\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x2a\0\0\0\0\0\0\0\x03\0\0\0a/bhello",
        ),
        (
            Command::Kv(KvCommand::Unlock(PUT, ID)),
            b"\x31\0\x01\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x2a\0\0\0\0\0\0\0\x03\0\0\0a/bhello",
        ),
        (
            Command::Session(SessionCommand::Create(Arc::new(session()))),
            b"\x32\0\x01\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\0\0\0\0\x02\0\0\0n1\x07\0\0\0\0\0\0\0\0\0\0\0\0\x01\x01\0\0\0\x01\0\0\0c\0\0\0\0\0",
        ),
        (
            Command::Session(SessionCommand::Destroy(ID)),
            b"\x33\0\x01\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09",
        ),
        (
            Command::Session(SessionCommand::LockDelayOver(LockDelayOver { since: at, delay: Duration::from_nanos(3) })),
            b"\x34\0\x01\x02\x01\0\0\0\0\0\0\x03\0\0\0\0\0\0\0",
        ),
        (
            Command::Txn(TxnCommand { ops: vec![Op::Kv(KvOp { verb: KvVerb::Lock, key: "a/b".into(), value: Bytes::from_static(b"hello"), flags: 42, index: at, session: "s".into() }), Op::Never("no".to_owned())] }),
            b"\x40\0\x01\x02\0\0\0\x01\x05\x02\x01\0\0\0\0\0\0\x2a\0\0\0\0\0\0\0\x01\0\0\0s\x03\0\0\0a/b\x05\0\0\0hello\x05\x02\0\0\0no",
        ),
        (Command::Reap(Reap { through: at }), b"\x10\0\x01\x02\x01\0\0\0\0\0\0"),
        (
            Command::Restore(RestoreCommand::Part { id: RESTORE, offset: 258, bytes: b"part" }),
            b"\xa0\0\x01\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x02\x01\0\0\0\0\0\0part",
        ),
        (
            Command::Restore(RestoreCommand::Finish(Finish { id: RESTORE, length: 258, checksum: 3 })),
            b"\xa1\0\x01\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x02\x01\0\0\0\0\0\0\x03\0\0\0",
        ),
        (
            Command::Restore(RestoreCommand::Abandon(RESTORE)),
            b"\xa2\0\x01\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08",
        ),
    ];
    for (command, golden) in forms {
        assert_eq!(command.encode(), golden, "{command:?}");
        assert_eq!(Command::decode(Index(1), golden), Ok(Some(command)));
    }
}

#[test]
fn an_unknown_kind_is_skipped_only_when_it_says_so() {
    assert_eq!(Command::decode(Index(7), b"\x34\x82\x01anything"), Ok(None));
    assert_eq!(Command::decode(Index(7), b""), Ok(None), "a new leader's empty entry");
    let unknown = |kind, version| Err(CommandError::Unknown { index: Index(7), kind, version });
    assert_eq!(Command::decode(Index(7), b"\x34\x02\x01anything"), unknown(0x0234, 1));
    assert_eq!(Command::decode(Index(7), b"\x01\0\x02anything"), unknown(1, 2));
}

#[test]
fn a_body_cut_short_or_with_bytes_left_over_is_malformed() {
    let whole = Command::Kv(KvCommand::DeleteCas("a/b", Index(9))).encode();
    for length in 1..whole.len() {
        let kind = if length < 3 { 0 } else { 4 };
        let malformed = Err(CommandError::Malformed { index: Index(7), kind });
        assert_eq!(Command::decode(Index(7), &whole[..length]), malformed);
    }
    let longer = [&whole[..], b"x"].concat();
    assert_eq!(Command::decode(Index(7), &longer), Err(CommandError::Malformed { index: Index(7), kind: 4 }));
}

proptest! {
    /// What can be read is written back in the same bytes: a command has one form.
    #[test]
    fn any_bytes_are_refused_or_read_whole(kind in prop_oneof![0..0x14_u8, 0x30..0x42_u8], body in vec(prop_oneof![0..3_u8, any::<u8>()], 0..60)) {
        let bytes = [&[kind, 0, 1], &body[..]].concat();
        if let Ok(Some(command)) = Command::decode(Index(1), &bytes) {
            prop_assert_eq!(&command.encode()[..], &bytes[..]);
        }
    }
}
