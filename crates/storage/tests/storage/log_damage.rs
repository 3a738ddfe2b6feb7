//! A torn tail is accepted, anything else is refused.

use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_storage::log::{Batch, Damage, LogError};

use crate::crash_disk::CrashDisk;
use crate::model::{entries, hard_state, open, read_all};

const FIRST: &str = "/raft/log/0000000000000001.log";
const SECOND: &str = "/raft/log/0000000000000002.log";

/// Bytes of a segment's header.
const HEADER: usize = 32;

/// A log with these batches of one entry each.
fn written(batches: u64) -> CrashDisk {
    let disk = CrashDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    for index in 1..=batches {
        let state = Some(hard_state(1, 1, index - 1));
        log.append(&Batch { entries: &entries(index, index, 1), hard_state: state, ..Batch::default() }).unwrap();
    }
    disk
}

/// Where the frames of the first segment end.
fn end_of_frames(disk: &CrashDisk) -> usize {
    let bytes = disk.bytes(FIRST);
    bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| (last + 1).next_multiple_of(8))
}

#[test]
fn a_tail_torn_at_any_byte_loses_only_the_batch_that_was_never_acknowledged() {
    let (before, after) = (written(2), written(3));
    let (start, end) = (end_of_frames(&before), end_of_frames(&after));
    let last = after.bytes(FIRST).iter().rposition(|&byte| byte != 0).unwrap();
    for torn in start..=last {
        for rest in [0x00, 0xff] {
            let disk = after.copy();
            disk.edit(FIRST, |bytes| bytes[torn..end].fill(rest));
            let (mut log, recovered) = open(&disk).unwrap();
            assert_eq!(recovered.last, Index(2), "torn at {torn}");
            log.append(&Batch { entries: &entries(3, 4, 2), ..Batch::default() }).unwrap();
            drop(log);
            let (log, _) = open(&disk).unwrap();
            assert_eq!(read_all(&log), Ok([entries(1, 2, 1), entries(3, 4, 2)].concat()), "torn at {torn}");
        }
    }
}

#[test]
fn a_flipped_bit_in_what_was_synced_is_damage() {
    let (before, after) = (written(2), written(3));
    for at in 0..end_of_frames(&before) {
        for bit in 0..8 {
            let disk = after.copy();
            disk.edit(FIRST, |bytes| bytes[at] ^= 1 << bit);
            let refused = open(&disk).map(|(_, recovered)| recovered);
            assert!(matches!(refused, Err(LogError::Damaged(_))), "bit {bit} of byte {at}: {refused:?}");
        }
    }
}

#[test]
fn what_lies_behind_a_torn_tail_never_lines_up_with_what_is_written_next() {
    let disk = written(1);
    let start = end_of_frames(&disk);
    let (mut log, _) = open(&disk).unwrap();
    for commit in [1, 1] {
        log.append(&Batch { hard_state: Some(hard_state(1, 1, commit)), ..Batch::default() }).unwrap();
    }
    drop(log);
    // Neither was synced; the second one reached the disk, the first one did not.
    disk.edit(FIRST, |bytes| bytes[start..start + 8].fill(0));
    let (mut log, _) = open(&disk).unwrap();
    // As long as the one that was lost, so that the other one would follow.
    log.append(&Batch { hard_state: Some(hard_state(5, 2, 1)), ..Batch::default() }).unwrap();
    drop(log);
    assert_eq!(open(&disk).unwrap().1.hard_state, hard_state(5, 2, 1));
}

#[test]
fn any_bytes_in_place_of_frames_are_refused_or_void() {
    for seed in 0..2000 {
        let mut rng = Rng::seeded(seed);
        let disk = written(2);
        let end = end_of_frames(&disk);
        disk.edit(FIRST, |bytes| {
            for _ in 0..=rng.below(20) {
                // Words rather than bytes, so that lengths and tags are hit.
                let at = (HEADER + rng.place(end + 64 - HEADER)) & !3;
                let from = HEADER + rng.place(end - HEADER - 4);
                let word = if rng.chance(1, 2) { bytes[from..from + 4].to_vec() } else { vec![rng.u64() as u8; 4] };
                bytes[at..at + 4].copy_from_slice(&word);
            }
        });
        match open(&disk) {
            Ok((log, recovered)) => {
                assert_eq!(read_all(&log).map(|found| found.len() as u64), Ok(recovered.last.0), "seed {seed}")
            }
            Err(error) => assert!(matches!(error, LogError::Damaged(_)), "seed {seed}: {error}"),
        }
    }
}

#[test]
fn damage_is_told_with_file_and_place() {
    let disk = written(3);
    disk.edit(FIRST, |bytes| bytes[HEADER + 20] ^= 1);
    let Err(LogError::Damaged(damaged)) = open(&disk).map(|_| ()) else { panic!("damage was accepted") };
    assert_eq!((damaged.offset, damaged.damage), (HEADER as u64, Damage::Checksum));
    assert!(damaged.to_string().contains("0000000000000001.log is damaged at byte 32"), "{damaged}");
}

#[test]
fn the_end_of_a_full_segment_is_no_torn_tail() {
    let disk = written(12);
    assert!(disk.names().contains(&SECOND.to_owned()));
    let end = end_of_frames(&disk);
    disk.edit(FIRST, |bytes| bytes[end - 9] ^= 1);
    let refused = open(&disk).map(|(_, recovered)| recovered);
    assert!(
        matches!(&refused, Err(LogError::Damaged(damaged)) if damaged.file.ends_with("0000000000000001.log")),
        "{refused:?}"
    );
}

#[test]
fn a_missing_segment_is_damage() {
    let disk = written(40);
    assert!(disk.names().len() > 3, "{:?}", disk.names());
    for missing in [FIRST, SECOND] {
        let disk = disk.copy();
        proconsul_storage::disk::Disk::remove(&disk, missing.as_ref()).unwrap();
        let Err(LogError::Damaged(damaged)) = open(&disk).map(|_| ()) else { panic!("{missing} was not missed") };
        assert_eq!((damaged.damage, damaged.file.to_str()), (Damage::Missing, Some(missing)));
    }
}

#[test]
fn a_segment_under_another_name_is_damage() {
    let disk = written(12);
    let bytes = disk.bytes(FIRST);
    disk.edit(SECOND, |second| *second = bytes);
    let Err(LogError::Damaged(damaged)) = open(&disk).map(|_| ()) else { panic!("a copy was accepted") };
    assert_eq!(damaged.damage, Damage::Generation(1));
}

#[test]
fn a_format_of_the_future_is_refused_by_number() {
    let disk = written(1);
    disk.edit(FIRST, |bytes| {
        bytes[8] = 2;
        let sum = crc32c::crc32c_append(crc32c::crc32c(&bytes[..12]), &bytes[16..HEADER]);
        bytes[12..16].copy_from_slice(&sum.to_le_bytes());
    });
    let Err(LogError::Damaged(damaged)) = open(&disk).map(|_| ()) else { panic!("version 2 was accepted") };
    assert_eq!(damaged.damage, Damage::Version(2));
}

#[test]
fn what_a_recycled_segment_held_before_is_never_read() {
    let disk = CrashDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    for index in 1..=400 {
        log.append(&Batch { entries: &entries(index, index, 1), ..Batch::default() }).unwrap();
        if log.size().segments > 2 {
            log.compact(Index(index - 1)).unwrap();
            drop(log);
            // The stale frames of the recycled file follow directly behind the newest one.
            let opened = open(&disk.copy()).unwrap();
            assert_eq!(opened.1.last, Index(index));
            log = open(&disk).unwrap().0;
        }
    }
    let newest = disk.names().iter().filter(|name| name.ends_with(".log")).max().cloned().unwrap();
    assert!(newest.as_str() > "/raft/log/0000000000000005.log", "segments were recycled: {newest}");
}
