//! `/v1/snapshot`: the state out as an archive, and in from one. Archives pass through without being held.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::{Method, StatusCode};
use proconsul_calls::door::Door;
use proconsul_calls::error::CallError;
use proconsul_calls::pieces::Pieces;
use proconsul_calls::read::{Answer, Consistency, ReadOptions};
use proconsul_calls::snapshot::{Restore, SnapshotError};

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::{self, Reply};

pub(crate) async fn answer<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let datacenter = cx.query.filled("dc").map(Into::into);
    let is_stale = cx.query.has("stale");
    if *cx.method == Method::PUT {
        if is_stale {
            return Err(CallError::from(SnapshotError::Stale).into());
        }
        let mut upload = Upload(&mut cx.body);
        cx.door.snapshot_restore(Restore { datacenter, archive: &mut upload }).await?;
        return Ok(reply::empty(StatusCode::OK));
    }
    let consistency = if is_stale { Consistency::Stale { at_most: None } } else { Consistency::Default };
    let options = ReadOptions { datacenter, consistency, wait: None };
    let Answer { index, contact, value } = cx.door.snapshot_save(options).await?;
    Ok(reply::with_read(reply::archive(value), index.0, contact))
}

/// The body of a request, piece by piece.
struct Upload<'a>(&'a mut Incoming);

impl Pieces for Upload<'_> {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            match ready!(Pin::new(&mut *self.0).poll_frame(cx)).transpose() {
                Ok(None) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(io::Error::other(error)))),
                Ok(Some(frame)) => match frame.into_data() {
                    Ok(piece) if !piece.is_empty() => return Poll::Ready(Some(Ok(piece))),
                    _ => {}
                },
            }
        }
    }
}
