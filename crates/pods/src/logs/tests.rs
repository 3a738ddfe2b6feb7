//! Lines in and out, across parts, rotation and instances.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::write::Cutter;
use super::*;
use crate::status::{ContainerProcess, ContainerState, PodProcesses};

fn started(pod_dir: &Path, instance: u32) {
    let state = ContainerState::Running { pid: 1, started_at: SystemTime::now() };
    let container = ContainerProcess { name: "c".to_owned(), instance, state, last: None };
    PodProcesses { containers: vec![container] }.save(pod_dir).unwrap();
}

async fn read(pod_dir: &Path, options: LogOptions) -> String {
    let mut reader = LogReader::open(pod_dir, "c", options).await.unwrap();
    let mut all = Vec::new();
    while let Some(lines) = reader.next().await.unwrap() {
        all.extend(lines);
    }
    String::from_utf8(all).unwrap()
}

#[test]
fn a_stream_is_cut_into_stamped_lines_and_long_ones_into_parts() {
    let now = UNIX_EPOCH + Duration::from_nanos(1);
    let mut cutter = Cutter::new("stdout");
    assert_eq!(cutter.cut(b"one\ntw", now), b"1970-01-01T00:00:00.000000001Z stdout F one\n");
    assert_eq!(cutter.cut(b"o\n", now), b"1970-01-01T00:00:00.000000001Z stdout F two\n");
    let long = String::from_utf8(cutter.cut(&[b'x'; 20_000], now)).unwrap();
    assert!(long.contains(" stdout P xxx") && long.ends_with("x\n"), "{}", long.len());
    let end = String::from_utf8(cutter.finish()).unwrap();
    assert!(end.contains(" stdout F x") && end.len() < 4000, "{end}");
    assert_eq!(cutter.finish(), b"");
}

#[tokio::test]
async fn a_log_is_read_across_its_files_from_the_tail_or_in_full() {
    let dir = tempfile::tempdir().unwrap();
    started(dir.path(), 0);
    let mut log = LogWriter::open(dir.path(), "c", 0).unwrap().with_files_of(120);
    let mut cutter = Cutter::new("stderr");
    for number in 0..9 {
        log.write(&cutter.cut(format!("line {number}\n").as_bytes(), SystemTime::now())).unwrap();
    }
    let all = read(dir.path(), LogOptions::default()).await;
    assert_eq!(all.lines().count(), 9, "{all}");
    let tail = read(dir.path(), LogOptions { tail: Some(4), ..LogOptions::default() }).await;
    assert_eq!(tail, "line 5\nline 6\nline 7\nline 8\n");
    assert_eq!(read(dir.path(), LogOptions { tail: Some(0), ..LogOptions::default() }).await, "");
    let limited = LogOptions { tail: Some(4), limit_bytes: Some(9), ..LogOptions::default() };
    assert_eq!(read(dir.path(), limited).await, "line 5\nli");
    let stamped = read(dir.path(), LogOptions { tail: Some(1), timestamps: true, ..LogOptions::default() }).await;
    assert!(stamped.ends_with("Z line 8\n") && stamped.starts_with('2'), "{stamped}");
    let later = SystemTime::now() + Duration::from_secs(60);
    assert_eq!(read(dir.path(), LogOptions { since: Some(later), ..LogOptions::default() }).await, "");
}

#[tokio::test]
async fn old_files_go_and_the_previous_instance_stays() {
    let dir = tempfile::tempdir().unwrap();
    let mut cutter = Cutter::new("stdout");
    for instance in 0..3 {
        let mut log = LogWriter::open(dir.path(), "c", instance).unwrap().with_files_of(1);
        for number in 0..9 {
            let line = format!("{instance}.{number}\n");
            log.write(&cutter.cut(line.as_bytes(), SystemTime::now())).unwrap();
        }
    }
    started(dir.path(), 2);
    let of = |which| LogOptions { which, ..LogOptions::default() };
    assert_eq!(read(dir.path(), of(Which::Current)).await, "2.5\n2.6\n2.7\n2.8\n");
    assert_eq!(read(dir.path(), of(Which::Previous)).await, "1.5\n1.6\n1.7\n1.8\n");
    started(dir.path(), 0);
    let error = LogReader::open(dir.path(), "c", of(Which::Previous)).await.unwrap_err();
    assert_eq!(error.to_string(), "previous terminated container \"c\" not found");
    let error = LogReader::open(dir.path(), "d", LogOptions::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "container \"d\" has not started yet");
}
