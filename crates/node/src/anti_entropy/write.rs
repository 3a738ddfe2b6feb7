//! Writing what is due, one after the other.

use proconsul_agent::sync::{self, Deed, Settled, Write};
use proconsul_calls::catalog::CatalogCalls;
use proconsul_calls::error::CallError;

use super::Rounds;

impl<C: CatalogCalls, T> Rounds<C, T> {
    /// Writes everything that is due. What is turned down keeps nothing else from being written; without a server that
    /// answers, the rest waits.
    pub(super) async fn write(&self) -> Result<(), CallError> {
        let mut first_failure = Ok(());
        for deed in self.local.held.look(sync::due) {
            match self.carry_out(&deed.write).await {
                Ok(()) => tell(&deed),
                Err(error @ CallError::PermissionDenied) => {
                    // Trying again before the next full look would be of no use.
                    tracing::warn!(target: "agent", subject = ?deed.settles, %error, "sync blocked by ACLs");
                }
                Err(error @ CallError::Unavailable(_)) => return Err(error),
                Err(error) => {
                    tracing::warn!(target: "agent", subject = ?deed.settles, %error, "sync failed");
                    first_failure = first_failure.and(Err(error));
                    continue;
                }
            }
            self.local.held.change(|state| sync::settle(state, &deed));
        }
        first_failure
    }

    async fn carry_out(&self, write: &Write) -> Result<(), CallError> {
        match write.clone() {
            Write::Register(register) => self.catalog.catalog_register(*register).await,
            Write::Deregister(deregister) => self.catalog.catalog_deregister(deregister).await,
        }
    }
}

fn tell(deed: &Deed) {
    for settled in &deed.settles {
        match settled {
            Settled::Node => tracing::info!(target: "agent", "Synced node info"),
            Settled::Service(service, _) => tracing::info!(target: "agent", %service, "Synced service"),
            Settled::Check(check, _) => tracing::info!(target: "agent", %check, "Synced check"),
            Settled::GoneService(service) => tracing::info!(target: "agent", %service, "Deregistered service"),
            Settled::GoneCheck(check) => tracing::info!(target: "agent", %check, "Deregistered check"),
        }
    }
}
