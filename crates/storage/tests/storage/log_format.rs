//! The log's bytes, written down: whoever changes them raises the format version.

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind};
use proconsul_base::index::{Index, Term};
use proconsul_storage::log::Batch;

use crate::crash_disk::CrashDisk;
use crate::model::{hard_state, open};

fn hexadecimal(bytes: &[u8]) -> Vec<String> {
    bytes.chunks(16).map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect()).collect()
}

#[test]
fn the_first_segment_has_these_bytes() {
    let disk = CrashDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    let change =
        Entry { index: Index(1), term: Term(2), kind: EntryKind::Membership, data: Bytes::from_static(b"abc") };
    let state = Some(hard_state(2, 0x0102_0304_0506_0708, 0));
    log.append(&Batch { entries: &[change], hard_state: state, ..Batch::default() }).unwrap();
    let membership = Some((Index(1), Bytes::from_static(b"de")));
    log.append(&Batch { membership, ..Batch::default() }).unwrap();
    let expected = [
        "70636c736567000001000000a74efcaf", // magic, version 1, checksum
        "01000000000000000000000000000000", // generation 1
        "adcf14c53b0000009cc2ad9004000000", // frame: tag, 59 bytes, checksum, synced up to 4 * 8
        "10000000080000000000000000000000", // hard state, 8 bytes, commit 0
        "02000000000000000807060504030201", // term 2, vote
        "01000000030000000100000000000000", // membership change, 3 bytes, index 1
        "02000000000000006162630000000000", // term 2, "abc"
        "adcf14c51a000000fbfbae920e000000", // frame: tag, 26 bytes, checksum, synced up to 14 * 8
        "11000000020000000100000000000000", // membership, 2 bytes, index 1
        "00000000000000006465000000000000", // no term, "de"
        "00000000000000000000000000000000", // untouched
    ];
    assert_eq!(hexadecimal(&disk.bytes("/raft/log/0000000000000001.log")[..176]), expected);
}
