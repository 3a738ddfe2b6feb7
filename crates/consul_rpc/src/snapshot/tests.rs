//! Connections that carry snapshots, against the bytes of Consul 1.8.7.

use std::task::{Context, Poll};

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_base::index::Index;
use proconsul_calls::pieces;
use proconsul_calls::read::Contact;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::*;

/// A door with one archive in it, which keeps what is restored.
#[derive(Default)]
struct Door(Mutex<Vec<u8>>);

struct Archive(Option<Bytes>);

impl Pieces for Archive {
    fn poll_piece(&mut self, _: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

impl SnapshotCalls for Door {
    async fn snapshot_save(&self, options: ReadOptions) -> Result<Answer<Box<dyn Pieces>>, CallError> {
        if options.datacenter.as_deref() != Some("dc1") {
            return Err(CallError::NoPathToDatacenter);
        }
        let contact = Contact { known_leader: true, last_contact: Duration::ZERO };
        Ok(Answer { index: Index(12), contact, value: Box::new(Archive(Some(Bytes::from_static(b"\x1f\x8barchive")))) })
    }

    async fn snapshot_restore(&self, restore: Restore<'_>) -> Result<(), CallError> {
        while let Some(piece) = pieces::next(restore.archive).await {
            self.0.lock().extend_from_slice(&piece.expect("the test sends all"));
        }
        match self.0.lock().starts_with(b"\x1f\x8b") {
            true => Ok(()),
            false => {
                Err(SnapshotError::Archive("failed to decompress snapshot: gzip: invalid header".to_owned()).into())
            }
        }
    }
}

/// All that is answered to these bytes.
async fn answer(door: &Door, request: &[u8]) -> Vec<u8> {
    let (mut near, far) = duplex(1 << 16);
    near.write_all(request).await.unwrap();
    near.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let (served, read) = tokio::join!(serve(door, far), near.read_to_end(&mut answer));
    served.unwrap();
    read.unwrap();
    answer
}

fn request(op: u8, is_stale: bool, datacenter: &str) -> Vec<u8> {
    let mut bytes = b"\x84\xaaAllowStale".to_vec();
    bytes.push(if is_stale { 0xc3 } else { 0xc2 });
    bytes.extend_from_slice(b"\xaaDatacenter\xa3");
    bytes.extend_from_slice(datacenter.as_bytes());
    bytes.extend_from_slice(&[0xa2, b'O', b'p', op]);
    bytes.extend_from_slice(b"\xa5Token\xa0");
    bytes
}

const DONE: &[u8] = b"\x85\xb0ConsistencyLevel\xa0\xa5Error\xa0\xa5Index\x00\xabKnownLeader\xc2\xabLastContact\x00";

fn refused(text: &[u8]) -> Vec<u8> {
    let head = b"\x85\xb0ConsistencyLevel\xa0\xa5Error";
    [head, text, b"\xa5Index\x00\xabKnownLeader\xc2\xabLastContact\x00"].concat()
}

#[tokio::test]
async fn a_save_is_answered_with_how_fresh_it_is_and_the_archive() {
    let head = b"\x85\xb0ConsistencyLevel\xa0\xa5Error\xa0\xa5Index\x0c\xabKnownLeader\xc3\xabLastContact\x00";
    let expected = [&head[..], b"\x1f\x8barchive"].concat();
    assert_eq!(answer(&Door::default(), &request(0, false, "dc1")).await, expected);
}

#[tokio::test]
async fn what_comes_behind_a_request_is_restored() {
    let door = Door::default();
    let sent = [&request(1, false, "dc1")[..], b"\x1f\x8b", &[7; 40_000]].concat();
    assert_eq!(answer(&door, &sent).await, DONE);
    assert_eq!(door.0.lock().len(), 40_002);
}

#[tokio::test]
async fn refusals_are_told_in_the_place_of_an_answer() {
    let sent = [&request(1, false, "dc1")[..], b"hello this is none"].concat();
    let no_gzip = refused(b"\xda\x003failed to decompress snapshot: gzip: invalid header");
    assert_eq!(answer(&Door::default(), &sent).await, no_gzip);
    let stale = refused(b"\xbdstale not allowed for restore");
    assert_eq!(answer(&Door::default(), &request(1, true, "dc1")).await, stale);
    let elsewhere = refused(b"\xb5No path to datacenter");
    assert_eq!(answer(&Door::default(), &request(0, true, "dc9")).await, elsewhere);
    let unknown = refused(b"\xbaunrecognized snapshot op 7");
    assert_eq!(answer(&Door::default(), &request(7, false, "dc1")).await, unknown);
}

#[tokio::test]
async fn what_is_no_request_ends_the_connection() {
    let (mut near, far) = duplex(1024);
    near.write_all(b"\xc1nothing").await.unwrap();
    assert!(matches!(serve(&Door::default(), far).await, Err(Unserved::Stream(_) | Unserved::Request(_))));
}
