//! Saving and restoring through the door, over a fake log.

use std::io;
use std::task::{Context, Poll};

use bytes::Bytes;
use proconsul_archive as archive;
use proconsul_calls::error::{CallError, Unavailable};
use proconsul_calls::kv::{Change, Get, KvCalls as _, When, Write};
use proconsul_calls::pieces::{self, Pieces};
use proconsul_calls::read::{Consistency, ReadOptions};
use proconsul_calls::snapshot::{Restore, SnapshotCalls as _, SnapshotError};
use tokio::task::yield_now;

use super::PATIENCE;
use crate::endpoint::Server;
use crate::fake::{FakeLocal, FakeReplica, server};

type Fake = Server<FakeReplica, FakeLocal>;

/// An archive in pieces of a few bytes; it may break off.
struct Sent {
    bytes: Bytes,
    breaks: bool,
}

impl Sent {
    fn whole(bytes: &[u8]) -> Self {
        Self { bytes: Bytes::copy_from_slice(bytes), breaks: false }
    }
}

impl Pieces for Sent {
    fn poll_piece(&mut self, _: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let length = self.bytes.len().min(100);
        Poll::Ready(match length {
            0 if self.breaks => Some(Err(io::ErrorKind::ConnectionReset.into())),
            0 => None,
            length => Some(Ok(self.bytes.split_to(length))),
        })
    }
}

async fn put(server: &Fake, key: &str) {
    let put = Change::Put { key: key.into(), value: Bytes::from_static(b"v"), flags: 0, when: When::Always };
    assert!(server.kv_write(Write { datacenter: None, change: put }).await.unwrap());
}

/// The index of a key's last change, if it is there.
async fn key(server: &Fake, key: &str) -> Option<u64> {
    let answer = server.kv_get(Get { key, options: ReadOptions::default() }).await.unwrap();
    answer.value.map(|entry| entry.modify_index.0)
}

async fn save(server: &Fake) -> Vec<u8> {
    let answer = server.snapshot_save(ReadOptions::default()).await.unwrap();
    assert_eq!(answer.index, server.store.applied());
    let (mut pieces, mut bytes) = (answer.value, Vec::new());
    while let Some(piece) = pieces::next(&mut *pieces).await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    bytes
}

async fn restore(server: &Fake, mut archive: Sent) -> Result<(), CallError> {
    server.snapshot_restore(Restore { datacenter: None, archive: &mut archive }).await
}

#[tokio::test]
async fn what_is_saved_is_restored_and_what_came_after_is_gone() {
    let (server, _) = server();
    put(&server, "a").await;
    let saved = save(&server).await;
    let meta = archive::inspect(&mut &saved[..]).unwrap();
    assert_eq!((&*meta.id, meta.index, meta.term), ("2-10-1795455200500", 10, 2));
    put(&server, "b").await;
    restore(&server, Sent::whole(&saved)).await.unwrap();
    assert_eq!((key(&server, "a").await, key(&server, "b").await), (Some(10), None));
    put(&server, "c").await;
    assert_eq!(key(&server, "c").await, Some(14), "behind the restore's two commands");
}

#[tokio::test]
async fn what_is_no_whole_archive_changes_nothing() {
    let (server, _) = server();
    put(&server, "a").await;
    let saved = save(&server).await;
    put(&server, "b").await;
    let applied = server.store.applied();
    let refused = |text: &str| Err(CallError::Snapshot(SnapshotError::Archive(text.to_owned())));
    let no_gzip = restore(&server, Sent::whole(b"hello world")).await;
    assert_eq!(no_gzip, refused("failed to decompress snapshot: gzip: invalid header"));
    let cut = Sent::whole(&saved[..saved.len() - 9]);
    assert_eq!(restore(&server, cut).await, refused("unexpected EOF"));
    let broken = Sent { breaks: true, ..Sent::whole(&saved[..saved.len() / 2]) };
    assert!(matches!(restore(&server, broken).await, Err(CallError::Snapshot(SnapshotError::Archive(_)))));
    let mut elsewhere = Sent::whole(&saved);
    let elsewhere = Restore { datacenter: Some("dc9".into()), archive: &mut elsewhere };
    assert_eq!(server.snapshot_restore(elsewhere).await, Err(CallError::NoPathToDatacenter));
    assert_eq!((server.store.applied(), key(&server, "b").await), (applied, Some(11)));
}

#[tokio::test(start_paused = true)]
async fn without_a_leader_nothing_is_saved_but_what_is_here_nor_restored() {
    let (server, replica) = server();
    put(&server, "a").await;
    let saved = save(&server).await;
    replica.contact.lock().known_leader = false;
    let no_leader = CallError::Unavailable(Unavailable::NoLeader);
    assert_eq!(server.snapshot_save(ReadOptions::default()).await.err(), Some(no_leader.clone()));
    let stale = ReadOptions { consistency: Consistency::Stale { at_most: None }, ..ReadOptions::default() };
    assert!(server.snapshot_save(stale).await.is_ok());
    assert_eq!(restore(&server, Sent::whole(&saved)).await, Err(no_leader));
}

#[tokio::test]
async fn a_step_that_gets_no_answer_is_made_again() {
    let (server, replica) = server();
    put(&server, "a").await;
    let saved = save(&server).await;
    // Each step takes place, and nobody is told of the first few.
    *replica.unanswered.lock() = 3;
    restore(&server, Sent::whole(&saved)).await.unwrap();
    assert_eq!((server.store.replacements(), key(&server, "a").await), (1, Some(10)));
}

#[tokio::test]
async fn a_saver_who_goes_away_holds_nothing_up() {
    let (server, _) = server();
    put(&server, "a").await;
    drop(server.snapshot_save(ReadOptions::default()).await.unwrap());
    yield_now().await;
    assert!(!save(&server).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_sends_nothing_any_more_is_not_waited_for() {
    struct Silent;
    impl Pieces for Silent {
        fn poll_piece(&mut self, _: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
            Poll::Pending
        }
    }
    let (server, _) = server();
    let mut silent = Silent;
    let restore = server.snapshot_restore(Restore { datacenter: None, archive: &mut silent });
    // Paused time does not pass by itself while a thread waits for the archive.
    let (refused, ()) = tokio::join!(restore, tokio::time::advance(2 * PATIENCE));
    assert!(matches!(refused, Err(CallError::Snapshot(SnapshotError::Archive(_)))), "{refused:?}");
}
