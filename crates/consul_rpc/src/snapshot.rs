//! Snapshots: a connection of their own, a request, an archive in one direction or the other.

use std::io;
use std::time::Duration;

use proconsul_calls::error::CallError;
use proconsul_calls::pieces::Pieces;
use proconsul_calls::read::{Answer, Consistency, ReadOptions};
use proconsul_calls::snapshot::{Restore, SnapshotCalls, SnapshotError};
use proconsul_gopack::{from_slice, to_vec};
use proconsul_records::options::{QueryMeta, name};
use proconsul_records::snapshot::{RESTORE, SAVE, SnapshotRequest, SnapshotResponse, Verdict};
use proconsul_rpc::consul::{Carrier, CarryError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a connection was not served to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unserved {
    /// It broke off, or was silent for too long.
    #[error("snapshot stream: {0}")]
    Stream(#[from] io::Error),
    /// The answer could not be sent to its end.
    #[error("failed to stream snapshot: {0}")]
    Answer(#[from] CarryError),
    /// What came is no request.
    #[error("failed to decode request: {0}")]
    Request(#[from] proconsul_gopack::ReadError),
    /// The answer has no form.
    #[error("failed to encode response: {0}")]
    Response(#[from] proconsul_gopack::WriteError),
}

/// Serves one connection.
pub(crate) async fn serve<D, S>(door: &D, stream: S) -> Result<(), Unserved>
where
    D: SnapshotCalls + Sync,
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut carrier = Carrier::new(stream);
    let request = timeout(PATIENCE, carrier.value()).await.map_err(io::Error::from)??;
    let SnapshotRequest { allow_stale, datacenter, op, .. } = from_slice(&request)?;
    let datacenter = name(&datacenter);
    let answered = match op {
        SAVE => {
            let consistency = if allow_stale { Consistency::Stale { at_most: None } } else { Consistency::Default };
            let answer = door.snapshot_save(ReadOptions { datacenter, consistency, wait: None }).await;
            answer.map(|Answer { index, contact, value }| (QueryMeta::new(index, contact), Some(value)))
        }
        RESTORE if allow_stale => Err(SnapshotError::Stale.into()),
        RESTORE => {
            let restored = door.snapshot_restore(Restore { datacenter, archive: &mut carrier }).await;
            restored.map(|()| (QueryMeta::default(), None))
        }
        other => Err(CallError::Failed(format!("unrecognized snapshot op {other}"))),
    };
    let (error, embedded, mut archive) = match answered {
        Ok((meta, archive)) => (String::new(), meta, archive),
        Err(error) => (error.to_string(), QueryMeta::default(), None),
    };
    let response = to_vec(&SnapshotResponse { own: Verdict { error }, embedded })?;
    let archive = archive.as_mut().map(|archive| &mut **archive as &mut dyn Pieces);
    Ok(carrier.send(&response, archive).await?)
}

#[cfg(test)]
mod tests;
