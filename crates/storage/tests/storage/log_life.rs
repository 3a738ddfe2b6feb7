//! The log in fair weather: what goes in comes out, room is reused, readers see what is there.

use bytes::Bytes;
use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_storage::disk::RealDisk;
use proconsul_storage::log::{Batch, Log, LogError, Progress, ReadError};

use crate::crash_disk::CrashDisk;
use crate::model::{Model, SMALL, Step, entries, entry, hard_state, mark, open, read_all};

#[test]
fn a_new_log_is_empty_and_says_that_it_is_new() {
    let disk = CrashDisk::default();
    let (log, recovered) = open(&disk).unwrap();
    assert!(recovered.created);
    assert_eq!((recovered.first, recovered.last, recovered.snapshot), (Index(1), Index(0), None));
    drop(log);
    assert!(!open(&disk).unwrap().1.created);
}

#[test]
fn what_was_appended_is_there_after_opening() {
    let disk = CrashDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    let membership = Some((Index(2), Bytes::from_static(b"a b c")));
    let state = Some(hard_state(3, 9, 2));
    log.append(&Batch {
        entries: &entries(1, 4, 3),
        hard_state: state,
        membership: membership.clone(),
        snapshot: None,
    })
    .unwrap();
    drop(log);
    let (log, recovered) = open(&disk).unwrap();
    assert_eq!(recovered.entries, entries(1, 4, 3));
    assert_eq!((Some(recovered.hard_state), recovered.membership), (state, membership));
    assert_eq!(read_all(&log), Ok(entries(1, 4, 3)));
}

#[test]
fn a_batch_costs_one_sync_and_a_mere_commit_index_none() {
    let disk = CrashDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    let before = disk.syncs();
    log.append(&Batch { entries: &entries(1, 3, 1), hard_state: Some(hard_state(1, 1, 0)), ..Batch::default() })
        .unwrap();
    assert_eq!(disk.syncs() - before, 1);
    log.append(&Batch { hard_state: Some(hard_state(1, 1, 3)), ..Batch::default() }).unwrap();
    log.append(&Batch::default()).unwrap();
    assert_eq!(disk.syncs() - before, 1);
    log.append(&Batch { hard_state: Some(hard_state(1, 2, 3)), ..Batch::default() }).unwrap();
    assert_eq!(disk.syncs() - before, 2, "a vote is synced before anyone hears of it");
}

#[test]
fn conflicting_entries_are_replaced_from_their_index_on() {
    let disk = CrashDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    log.append(&Batch { entries: &entries(1, 9, 1), ..Batch::default() }).unwrap();
    log.append(&Batch { entries: &entries(5, 6, 2), ..Batch::default() }).unwrap();
    let expected = [entries(1, 4, 1), entries(5, 6, 2)].concat();
    assert_eq!(read_all(&log), Ok(expected.clone()));
    drop(log);
    let (log, recovered) = open(&disk).unwrap();
    assert_eq!(recovered.terms, [(Index(1), entry(1, 1).term), (Index(5), entry(5, 2).term)]);
    assert_eq!(read_all(&log), Ok(expected));
}

#[test]
fn an_installed_snapshot_makes_everything_before_it_void() {
    let disk = CrashDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    log.append(&Batch { entries: &entries(1, 9, 1), hard_state: Some(hard_state(1, 1, 9)), ..Batch::default() })
        .unwrap();
    log.append(&Batch { snapshot: Some(mark(40, 3)), entries: &entries(41, 42, 3), ..Batch::default() }).unwrap();
    assert_eq!(log.term(Index(40)), Some(mark(40, 3).term));
    drop(log);
    let (log, recovered) = open(&disk).unwrap();
    assert_eq!((recovered.snapshot, recovered.first), (Some(mark(40, 3)), Index(41)));
    assert_eq!(recovered.hard_state, hard_state(1, 1, 9), "the vote outlives the entries");
    assert_eq!(read_all(&log), Ok(entries(41, 42, 3)));
}

#[test]
fn compaction_keeps_the_number_of_segments_small_for_ever() {
    let disk = CrashDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    let preparer = log.preparer();
    let state = hard_state(7, 5, 0);
    log.append(&Batch {
        hard_state: Some(state),
        membership: Some((Index(1), Bytes::from_static(b"m"))),
        ..Batch::default()
    })
    .unwrap();
    for index in 1..=2000 {
        log.append(&Batch { entries: &[entry(index, 7)], ..Batch::default() }).unwrap();
        while preparer.step().unwrap() == Progress::More {}
        if log.size().segments > 2 {
            log.compact(Index(index - 5)).unwrap();
        }
        assert!(disk.names().len() <= 5, "{:?}", disk.names());
    }
    drop(log);
    let (log, recovered) = open(&disk).unwrap();
    assert_eq!((recovered.hard_state, recovered.last), (state, Index(2000)));
    assert_eq!(recovered.membership, Some((Index(1), Bytes::from_static(b"m"))));
    assert_eq!(read_all(&log).unwrap().len() as u64, 2000 - recovered.snapshot.unwrap().index.0);
}

#[test]
fn readers_are_told_what_is_gone_and_what_is_not_there_yet() {
    let disk = CrashDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    let reader = log.reader();
    log.append(&Batch { entries: &entries(1, 9, 1), ..Batch::default() }).unwrap();
    log.compact(Index(4)).unwrap();
    let gone = reader.entries(Index(4), Index(6), 1000);
    assert!(matches!(gone, Err(ReadError::Compacted { first: Index(5), .. })), "{gone:?}");
    let early = reader.entries(Index(5), Index(11), 1000);
    assert!(matches!(early, Err(ReadError::Unavailable { last: Index(9), .. })), "{early:?}");
    assert_eq!(reader.entries(Index(5), Index(5), 0).unwrap(), []);
    assert_eq!(reader.entries(Index(5), Index(10), 0).unwrap(), entries(5, 5, 1), "always at least one");
    assert_eq!(reader.entries(Index(5), Index(10), 40).unwrap(), entries(5, 6, 1));
}

#[test]
fn readers_follow_while_the_writer_appends_and_compacts() {
    let disk = CrashDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    let reader = log.reader();
    let (preparer, done) = (log.preparer(), std::sync::atomic::AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| preparer.run().unwrap());
        let follower = scope.spawn(|| {
            let mut low = Index(1);
            let mut seen = 0;
            loop {
                let finished = done.load(std::sync::atomic::Ordering::Acquire);
                match reader.entries(low, low.next(), 1000) {
                    Ok(found) => {
                        assert_eq!(found, [entry(low.0, 1)]);
                        low = low.next();
                        seen += 1;
                    }
                    Err(ReadError::Compacted { first, .. }) => low = first,
                    Err(ReadError::Unavailable { .. }) if finished => return seen,
                    Err(ReadError::Unavailable { .. }) => std::thread::yield_now(),
                    Err(error) => panic!("{error}"),
                }
            }
        });
        for index in 1..=3000 {
            log.append(&Batch { entries: &[entry(index, 1)], ..Batch::default() }).unwrap();
            if log.size().segments > 2 {
                log.compact(Index(index - 3)).unwrap();
            }
        }
        done.store(true, std::sync::atomic::Ordering::Release);
        assert!(follower.join().unwrap() > 0);
        drop(log);
    });
}

#[test]
fn after_a_disk_error_the_log_refuses_everything() {
    let disk = CrashDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    disk.fail_after(1);
    let failed = log.append(&Batch { entries: &entries(1, 1, 1), ..Batch::default() });
    assert!(matches!(failed, Err(LogError::Io { action: "sync log file", .. })), "{failed:?}");
    disk.fail_after(100);
    let after = log.append(&Batch { entries: &entries(1, 1, 1), ..Batch::default() });
    assert!(matches!(after, Err(LogError::Stopped(_))), "{after:?}");
    assert!(matches!(log.compact(Index(0)), Err(LogError::Stopped(_))));
}

#[test]
fn any_sequence_of_operations_reads_back_as_the_model_says() {
    for seed in 0..200 {
        let mut rng = Rng::seeded(seed);
        let disk = CrashDisk::default();
        let (mut log, _) = open(&disk).unwrap();
        let mut model = Model::default();
        for _ in 0..60 {
            let step = model.next_step(&mut rng);
            model.run(&step);
            step.run(&mut log).unwrap_or_else(|error| panic!("seed {seed}: {step:?}: {error}"));
            assert_eq!(read_all(&log), Ok(model.entries.clone()), "seed {seed}: after {step:?}");
            if matches!(step, Step::Reopen) {
                drop(log);
                let opened = open(&disk).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
                model.compare(&opened.1, &opened.0).unwrap_or_else(|difference| panic!("seed {seed}: {difference}"));
                log = opened.0;
            }
        }
    }
}

#[test]
fn the_real_disk_gives_back_what_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("raft/log");
    let (mut log, recovered) = Log::open(RealDisk, &place, SMALL).unwrap();
    assert!(recovered.created);
    let preparer = log.preparer();
    std::thread::scope(|scope| {
        scope.spawn(|| preparer.run().unwrap());
        for index in 1..=200 {
            log.append(&Batch { entries: &[entry(index, 1)], ..Batch::default() }).unwrap();
            if log.size().segments > 2 {
                log.compact(Index(index - 1)).unwrap();
            }
        }
        drop(log);
    });
    let (log, recovered) = Log::open(RealDisk, &place, SMALL).unwrap();
    assert_eq!(recovered.last, Index(200));
    let first = recovered.first;
    assert!(first > Index(1), "older entries were compacted");
    assert_eq!(log.reader().entries(first, Index(201), usize::MAX).unwrap(), entries(first.0, 200, 1));
}
