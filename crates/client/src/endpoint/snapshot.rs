//! Snapshots, on a connection of their own to one server: an archive goes through as it comes.

use std::io;

use proconsul_calls::error::{CallError, ForwardError};
use proconsul_calls::pieces::Pieces;
use proconsul_calls::read::{Answer, Consistency, ReadOptions};
use proconsul_calls::snapshot::{Restore, SnapshotCalls, SnapshotError};
use proconsul_gopack as gopack;
use proconsul_records::snapshot::{RESTORE, SAVE, SnapshotRequest, SnapshotResponse};
use proconsul_rpc::consul::{Carrier, CarryError};

use super::Client;
use super::ask::unreadable;
use crate::forward::Transport;

impl<T: Transport, L: Send + Sync + 'static> SnapshotCalls for Client<T, L> {
    async fn snapshot_save(&self, options: ReadOptions) -> Result<Answer<Box<dyn Pieces>>, CallError> {
        let allow_stale = matches!(options.consistency, Consistency::Stale { .. });
        let datacenter = self.datacenter(options.datacenter.as_deref());
        let request = SnapshotRequest { allow_stale, datacenter, op: SAVE, token: String::new() };
        let (carrier, response) = self.carry(&request, None).await?;
        let archive: Box<dyn Pieces> = Box::new(carrier);
        Ok(response.embedded.answer(archive))
    }

    async fn snapshot_restore(&self, restore: Restore<'_>) -> Result<(), CallError> {
        let datacenter = self.datacenter(restore.datacenter.as_deref());
        let request = SnapshotRequest { datacenter, op: RESTORE, ..SnapshotRequest::default() };
        self.carry(&request, Some(restore.archive)).await.map(drop)
    }
}

impl<T: Transport, L: Send + Sync + 'static> Client<T, L> {
    /// Sends a request, and the archive behind it; what the server says to it, and what it sends behind that.
    async fn carry(
        &self,
        request: &SnapshotRequest,
        archive: Option<&mut dyn Pieces>,
    ) -> Result<(Carrier<T::Carrier>, SnapshotResponse), CallError> {
        let request = gopack::to_vec(request).map_err(|_| CallError::TooDeep)?;
        let mut carrier = Carrier::new(self.forward.carrier().await?);
        let response = match carrier.send(&request, archive).await {
            Ok(()) => carrier.value().await.map_err(|error| lost(&error))?,
            // A server that has seen enough closes its end; what it has to say is there all the same.
            Err(CarryError::Stream(error)) => carrier.value().await.map_err(|_gone| lost(&error))?,
            Err(CarryError::Pieces(error)) => return Err(lost(&error)),
        };
        let response: SnapshotResponse =
            gopack::from_slice(&response).map_err(|error| unreadable("Snapshot", &error))?;
        match &*response.own.error {
            "" => Ok((carrier, response)),
            "Permission denied" => Err(CallError::PermissionDenied),
            "No path to datacenter" => Err(CallError::NoPathToDatacenter),
            text => Err(SnapshotError::Archive(text.to_owned()).into()),
        }
    }
}

fn lost(error: &io::Error) -> CallError {
    ForwardError::Lost(format!("failed to copy snapshot in: {error}")).into()
}
