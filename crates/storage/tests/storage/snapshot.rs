//! Snapshots are complete or not there, and say so themselves.

use std::io::{Read, Write};
use std::path::Path;

use bytes::Bytes;
use proconsul_base::index::{Index, Term};
use proconsul_base::rand::Rng;
use proconsul_storage::snapshot::{SnapshotMeta, Snapshots};

use crate::crash_disk::CrashDisk;
use crate::model::mark;

fn open(disk: &CrashDisk) -> Snapshots<CrashDisk> {
    Snapshots::open(disk.clone(), Path::new("/raft/snapshots")).unwrap()
}

fn meta(index: u64) -> SnapshotMeta {
    SnapshotMeta { index: Index(index), term: Term(3), membership: Bytes::from_static(b"a b c") }
}

/// A snapshot with so many bytes that tell their place.
fn write(snapshots: &Snapshots<CrashDisk>, index: u64, length: usize) -> Vec<u8> {
    let state: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
    let mut writer = snapshots.create(&meta(index)).unwrap();
    writer.write_all(&state).unwrap();
    assert_eq!(writer.finish().unwrap(), mark(index, 3));
    state
}

fn read(snapshots: &Snapshots<CrashDisk>, index: u64) -> Result<Vec<u8>, String> {
    let mut reader = snapshots.read(mark(index, 3)).map_err(|error| error.to_string())?;
    assert_eq!(*reader.meta(), meta(index));
    let mut state = Vec::new();
    reader.read_to_end(&mut state).map_err(|error| error.to_string())?;
    Ok(state)
}

#[test]
fn what_was_written_is_read_back() {
    for length in [0, 1, 65_535, 65_536, 65_537, 200_000] {
        let disk = CrashDisk::default();
        let state = write(&open(&disk), 7, length);
        assert_eq!(read(&open(&disk), 7), Ok(state));
    }
}

#[test]
fn the_bytes_of_a_small_snapshot_are_these() {
    let disk = CrashDisk::default();
    write(&open(&disk), 7, 3);
    let bytes = disk.bytes("/raft/snapshots/3-7.snap");
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let header = "70636c736e61700001000000de4a00fc0700000000000000030000000000000005000000000000006120622063";
    let block = "03000000d52e1d66000102";
    let end = "00000000879df6380300000000000000";
    assert_eq!(text, format!("{header}{block}{end}"));
}

#[test]
fn the_two_newest_are_kept() {
    let disk = CrashDisk::default();
    let snapshots = open(&disk);
    for index in [5, 9, 100] {
        write(&snapshots, index, 10);
    }
    assert_eq!(snapshots.list().unwrap(), [mark(100, 3), mark(9, 3)]);
    assert_eq!(snapshots.newest().unwrap(), Some(mark(100, 3)));
}

#[test]
fn every_flipped_bit_and_every_missing_byte_is_noticed() {
    let disk = CrashDisk::default();
    write(&open(&disk), 7, 100);
    let name = "/raft/snapshots/3-7.snap";
    let length = disk.bytes(name).len();
    for at in 0..length {
        let (flipped, shorter) = (disk.copy(), disk.copy());
        flipped.edit(name, |bytes| bytes[at] ^= 0x10);
        assert!(read(&open(&flipped), 7).is_err(), "byte {at} was flipped");
        shorter.edit(name, |bytes| bytes.truncate(at));
        assert!(read(&open(&shorter), 7).is_err(), "only {at} bytes were left");
    }
    disk.edit(name, |bytes| bytes.push(0));
    assert!(read(&open(&disk), 7).is_err(), "a byte was added");
}

#[test]
fn a_received_file_is_verified_before_it_counts() {
    let (here, there) = (CrashDisk::default(), CrashDisk::default());
    let (source, target) = (open(&here), open(&there));
    let state = write(&source, 7, 150_000);
    let raw = source.raw(mark(7, 3)).unwrap();
    let mut bytes = vec![0; raw.length() as usize];
    assert_eq!(raw.read_at(0, &mut bytes).unwrap(), bytes.len());

    let mut incomplete = target.receive(mark(7, 3)).unwrap();
    incomplete.write(&bytes[..100_000]).unwrap();
    assert!(incomplete.finish().is_err());
    assert_eq!(there.names(), Vec::<String>::new(), "nothing of it stays");

    let mut receiver = target.receive(mark(7, 3)).unwrap();
    for part in bytes.chunks(4096) {
        receiver.write(part).unwrap();
    }
    assert_eq!(receiver.offset(), bytes.len() as u64);
    assert_eq!(receiver.finish().unwrap(), meta(7));
    assert_eq!(read(&target, 7), Ok(state));
}

#[test]
fn an_unfinished_snapshot_leaves_nothing_behind() {
    let disk = CrashDisk::default();
    let mut writer = open(&disk).create(&meta(7)).unwrap();
    writer.write_all(&[1; 100]).unwrap();
    drop(writer);
    assert_eq!(disk.names(), Vec::<String>::new());
}

#[test]
fn a_crash_at_any_step_leaves_the_old_snapshot_or_the_new_one_too() {
    let whole = CrashDisk::default();
    let expected = write(&open(&whole), 5, 70_000);
    let before = whole.operations();
    write(&open(&whole), 7, 70_000);
    for at in 0..=whole.operations() - before {
        let disk = CrashDisk::default();
        let snapshots = open(&disk);
        write(&snapshots, 5, 70_000);
        disk.fail_after(at);
        let finished = snapshots.create(&meta(7)).ok().and_then(|mut writer| {
            writer.write_all(&expected).ok()?;
            writer.finish().ok()
        });
        let found = disk.after_crash(&mut Rng::seeded(at));
        let snapshots = open(&found);
        assert_eq!(read(&snapshots, 5), Ok(expected.clone()));
        match snapshots.newest().unwrap() {
            Some(newest) if newest == mark(7, 3) => assert_eq!(read(&snapshots, 7), Ok(expected.clone())),
            other => assert_eq!((other, finished), (Some(mark(5, 3)), None), "operation {at}"),
        }
        assert!(found.names().iter().all(|name| name.ends_with(".snap")), "{:?}", found.names());
    }
}
